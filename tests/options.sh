#!/bin/sh
# options.sh [COMMAND] -- every option of every command changes something: an option that is parsed and ignored cannot
# pass, nor can one that tests/options/FLIPS has no row for.
#
# A row: command<TAB>option<TAB>exits<TAB>words of the command. In the words {A|B} is A in the first run and B in the
# second; exits are those of the two runs (0 3: the second is refused). OUT is the place of the output, IN/ is
# tests/cli/data, MADE/ what make_inputs below makes of it. The results of the two runs -- standard output and all files, exit
# code -- must differ; records of the command line (cmd_info.json, meta_info.json, run.json) do not count.
# The options every command has are tested on the first row of each command: --quiet and --verbose change
# the log, --threads changes nothing, --provenance moves what results come from, --no-provenance takes it away.
set -u
here=$(cd "${srcdir:-.}/tests" && pwd)
tilseq=${TILSEQ:-$(pwd)/tilseq}
export LC_ALL=C
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-options-XXXXXX")
trap 'rm -rf "$work"' EXIT
tab=$(printf '\t')
failed=0 n=0

say() { echo "options: $*"; failed=$((failed + 1)); }

. "$here/options/inputs.sh"
make_inputs "$here/cli/data" "$work/made" || exit 1

# The words of one of the two runs: {A|B} is A (1) or B (2).
side() {    # words, 1 or 2
    printf '%s\n' "$1" | sed "s/{\([^{|}]*\)|\([^{}]*\)}/\\$2/g; s|IN/|$here/cli/data/|g; s|MADE/|$work/made/|g"
}

# Runs `words` into the folder $2, OUT being $2/files/out; leaves stdout, err, code beside it.
run() {
    rm -rf "$2"
    mkdir -p "$2/files"
    eval "set -- \"$2\" $(printf '%s' "$1" | sed "s|OUT|'$2/files/out'|g")"
    folder=$1
    shift
    timeout 120 "$tilseq" "$@" >"$folder/stdout" 2>"$folder/err" </dev/null
    code=$?
    n=$((n + 1))
}

# One text of everything a run gave but its log and records of its command line.
results() {
    (cd "$1" && find stdout files -type f | sort | grep -v -e 'cmd_info\.json' -e 'meta_info\.json' -e '/run\.json' |
        while IFS= read -r f; do echo "== $f"; cat "$f"; done) | sed "s|$1||g"
}

# The log without clock times and the closing line.
log_of() { sed -e 's/^\(\[[^]]*\]\) *[0-9.]*s /\1/' -e '/ done: version /d' -e "s|$1||g" "$1/err"; }

flip() {    # command, option, exits, words
    run "$1 $(side "$4" 1) --no-provenance" "$work/a"
    code_a=$code
    run "$1 $(side "$4" 2) --no-provenance" "$work/b"
    if [ "$code_a $code" != "$3" ]; then
        say "$1 --$2: exits $code_a $code, wanted $3: $(grep -h '^tilseq ' "$work/a/err" "$work/b/err" | tail -n 1)"
    elif [ "$code_a" = "$code" ]; then
        results "$work/a" >"$work/results_a"
        results "$work/b" >"$work/results_b"
        cmp -s "$work/results_a" "$work/results_b" && say "$1 --$2 changes nothing: $4"
    fi
}

common() {  # command, words
    line="$1 $(side "$2" 1)"
    run "$line -@ 1" "$work/a"
    [ $code = 0 ] || say "$1: exit $code: $(tail -n 1 "$work/a/err")"
    results "$work/a" >"$work/plain"
    run "$line -@ 4" "$work/b"
    results "$work/b" | cmp -s "$work/plain" - || say "$1 --threads changes the result"
    run "$line -q" "$work/b"
    [ ! -s "$work/b/err" ] && [ -s "$work/a/err" ] || say "$1 --quiet: $(head -n 1 "$work/b/err")"
    run "$line -v" "$work/b"
    log_of "$work/a" >"$work/log_a"
    log_of "$work/b" >"$work/log_b"
    cmp -s "$work/log_a" "$work/log_b" && say "$1 --verbose says no more"
    run "$line --no-provenance" "$work/b"
    results "$work/b" | cmp -s "$work/plain" - && say "$1 --no-provenance changes nothing"
    has_lines "$work/b" && say "$1 --no-provenance leaves ##tilseq lines"
    has_json "$work/b" && say "$1 --no-provenance leaves a provenance.json"
    results "$work/b" >"$work/none"
    run "$line --provenance none" "$work/b"
    results "$work/b" | cmp -s "$work/none" - || say "$1 --provenance none is not --no-provenance"
    run "$line --provenance inline" "$work/b"
    has_lines "$work/b" || has_json "$work/b" || say "$1 --provenance inline writes nothing"
}

has_lines() { grep -rqs -e '^##tilseq' "$1/files" "$1/stdout"; }
has_json() { find "$1/files" -name '*provenance.json' | grep -q .; }

only=${1:-}
commands=$("$tilseq" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
for command in $commands; do
    [ -z "$only" ] || [ "$only" = "$command" ] || continue
    options=$("$tilseq" "$command" --help | sed -n 's/^  \(-.,\|   \) --\([a-z0-9-]*\).*/\2/p')
    for option in $options; do
        case $option in threads|quiet|verbose|provenance|no-provenance|help) continue ;; esac
        grep -q "^$command$tab$option$tab" "$here/options/FLIPS" ||
            say "$command --$option has no row in tests/options/FLIPS"
    done
    grep "^$command$tab" "$here/options/FLIPS" >"$work/rows"
    first=yes
    while IFS="$tab" read -r _ option exits words; do
        printf '%s\n' "$options" | grep -qx -e "$option" || say "$command has no option --$option"
        if [ $first = yes ]; then common "$command" "$words"; fi
        first=no
        flip "$command" "$option" "$exits" "$words"
    done <"$work/rows"
done
echo "$n runs"
[ $n -gt 0 ] && [ $failed -eq 0 ]
