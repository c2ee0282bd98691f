#!/bin/sh
# bad_inputs.sh -- every row of bad_inputs/manifest.tsv whose command exists ends as it says: the exit code,
# a message that names the file, nothing left behind after a failure.
set -u
shared=$TILSEQ_SHARED/bad_inputs
tilseq=${TILSEQ:-$(cd "$builddir" && pwd)/tilseq}
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-bad-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$shared" || exit 99
n=0 failed=0

"$tilseq" index -t good/tx.fa -o "$work/index" >/dev/null 2>&1

# The files of the case, any of which the message should name: the command's words that lie in its folder.
case_files() {
    for word in $1; do case $word in "$2"/*) echo "${word##*/}" ;; esac; done
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
    case_files "$command" "$id" >"$work/names"
    [ ! -s "$work/names" ] || [ $got -eq 2 ] || grep -q -F -f "$work/names" "$work/stderr" ||
        { echo "$id: the message names none of $(tr '\n' ' ' <"$work/names"):"; tail -n 1 "$work/stderr"; failed=1; }
}

tab=$(printf '\t')
tail -n +2 manifest.tsv >"$work/manifest"
while IFS="$tab" read -r id area what files command wanted exits; do
    case $id in P*) continue ;; esac
    # M29's commands test no sets and have nothing to refuse; these do
    [ "$id" != M29 ] || command='tilseq score M29/counts.tsv -g M29/sets.gmt -o OUT'
    rest=$command
    while [ -n "$rest" ]; do
        one=${rest%% ;; *}
        case $rest in *" ;; "*) rest=${rest#* ;; } ;; *) rest= ;; esac
        run_one "$id" "$one" "$exits"
    done
done <"$work/manifest"
echo "golden: bad_inputs $n compared"
[ $n -gt 0 ] && [ $failed -eq 0 ]
