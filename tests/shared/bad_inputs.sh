#!/bin/sh
# bad_inputs.sh -- every row of bad_inputs/manifest.tsv whose command exists ends as it says: the exit code,
# a message that names the file, nothing left behind after a failure.
set -u
shared=$TILSEQ_SHARED/bad_inputs
tilseq=${TILSEQ:-$builddir/tilseq}
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-bad-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$shared" || exit 99
n=0 failed=0

"$tilseq" index -t good/tx.fa -o "$work/index" >/dev/null 2>&1

# The file of the case that the message should name: the last of the command's words that lies in its folder.
named_file() {
    for word in $1; do case $word in "$2"/*) echo "${word##*/}" ;; esac; done | tail -n 1
}

run_one() {
    id=$1 command=$2 want=$3
    rm -rf "$work/out"
    mkdir "$work/out"
    line=$(printf '%s' "$command" | sed "s|OUT|$work/out/result|; s|INDEX|$work/index|")
    name=${line#tilseq }
    name=${name%% *}
    "$tilseq" "$name" --help >/dev/null 2>&1 || return 0
    eval "set -- ${line#tilseq }"
    timeout 60 "$tilseq" "$@" >"$work/stdout" 2>"$work/stderr"
    got=$?
    n=$((n + 1))
    case "|$want|" in
        *"|$got|"*) ;;
        *) echo "$id: exit $got, wanted $want: $command"; tail -n 3 "$work/stderr"; failed=1 ;;
    esac
    [ $got -ne 0 ] || return 0
    left=$(ls -A "$work/out")
    [ -z "$left" ] || { echo "$id: exit $got but left $left: $command"; failed=1; }
    [ "$(grep -c '^tilseq ' "$work/stderr")" -ge 1 ] || { echo "$id: no message: $command"; failed=1; }
    file=$(named_file "$command" "$id")
    [ -z "$file" ] || [ $got -eq 2 ] || grep -q "$file" "$work/stderr" ||
        { echo "$id: the message does not name $file:"; tail -n 1 "$work/stderr"; failed=1; }
}

tab=$(printf '\t')
tail -n +2 manifest.tsv >"$work/manifest"
while IFS="$tab" read -r id area what files command wanted code; do
    case $id in P*) continue ;; esac
    rest=$command
    while [ -n "$rest" ]; do
        one=${rest%% ;; *}
        case $rest in *" ;; "*) rest=${rest#* ;; } ;; *) rest= ;; esac
        run_one "$id" "$one" "$code"
    done
done <"$work/manifest"
echo "golden: bad_inputs $n compared"
exit $failed
