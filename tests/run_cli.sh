#!/bin/sh
# run_cli.sh [--accept] [CASE.sh...] -- command-line cases, each in its own scratch folder, at 1 and 4 threads.
#
# A case is tests/cli/<command>/<case>.sh beside
#   <case>.stdout   what it must print, numbers to nine digits (absent: nothing); the same bytes for 1 and 4 threads
#   <case>.stderr   glob patterns, one a line; each must match some line of stderr (absent: not looked at)
#   <case>.exit     its exit code (absent: 0)
# $DATA is tests/cli/data; `tilseq` runs the program under test with the thread count of the round appended; `rounded`
# keeps nine digits of each number, for what LAPACK's kernels compute otherwise on another processor (1e-9 is promised).
# TILSEQ_CLI_THREADS="N..." asks for other thread counts than 1 and 4.
# --accept rewrites .stdout and .exit from what the program does now: read the diff before you commit it.
set -u
here=$(cd "${srcdir:-.}/tests" && pwd)
program=${TILSEQ:-$(pwd)/tilseq}
DATA=$here/cli/data
export DATA
accept=no
[ "${1:-}" != --accept ] || { accept=yes; shift; }
scratch=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-cli-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
n=0 failed=0

make_wrapper() {
    cat >"$scratch/bin/tilseq" <<WRAPPER
#!/bin/sh
case \${1:-} in
    completion|manual|help|-*|'') exec "$program" "\$@" ;;
    *) exec "$program" "\$@" -@ $1 ;;
esac
WRAPPER
    chmod +x "$scratch/bin/tilseq"
}

cat >"$scratch/bin/rounded" <<'ROUNDED'
#!/bin/sh
awk -F'\t' -v OFS='\t' '{
    for (i = 1; i <= NF; i++)
        if (length($i) > 10 && $i ~ /^-?[0-9]+\.[0-9]+(e-?[0-9]+)?$/) $i = sprintf("%.9g", $i)
    print }'
ROUNDED
chmod +x "$scratch/bin/rounded"

matches() {     # file of patterns, file of lines
    while IFS= read -r pattern; do
        found=no
        while IFS= read -r line; do
            case $line in $pattern) found=yes; break ;; esac
        done <"$2"
        [ $found = yes ] || { echo "    no line of stderr matches: $pattern"; sed 's/^/    | /' "$2"; return 1; }
    done <"$1"
}

# What was printed is what was expected, to the byte or, where an eigenvector or libm differs on this processor, to nine
# digits; and it is the same to the byte for any number of threads.
prints() {      # expected
    cmp -s "$1" "$scratch/stdout" && return 0
    "$scratch/bin/rounded" <"$1" >"$scratch/expected.9"
    "$scratch/bin/rounded" <"$scratch/stdout" >"$scratch/stdout.9"
    cmp -s "$scratch/expected.9" "$scratch/stdout.9"
}

same_for_threads() {    # name, threads
    kept=$scratch/kept/$(echo "$1" | tr / _)
    mkdir -p "$scratch/kept"
    [ "$2" != 1 ] && [ -f "$kept" ] || { cp "$scratch/stdout" "$kept"; return 0; }
    cmp -s "$kept" "$scratch/stdout"
}

run_case() {    # case script, threads
    base=${1%.sh}
    name=${base#"$here"/cli/}
    rm -rf "$scratch/work"
    mkdir "$scratch/work"
    (cd "$scratch/work" && PATH="$scratch/bin:$PATH" sh "$1" >"$scratch/stdout" 2>"$scratch/stderr")
    code=$?
    if [ $accept = yes ] && [ "$2" = 1 ]; then
        if [ -s "$scratch/stdout" ]; then cp "$scratch/stdout" "$base.stdout"; else rm -f "$base.stdout"; fi
        if [ $code -ne 0 ]; then echo $code >"$base.exit"; else rm -f "$base.exit"; fi
    fi
    want=0
    [ ! -f "$base.exit" ] || want=$(cat "$base.exit")
    expected=/dev/null
    [ ! -f "$base.stdout" ] || expected=$base.stdout
    n=$((n + 1))
    if [ "$code" != "$want" ]; then
        echo "FAIL $name (-@ $2): exit $code, wanted $want"; sed 's/^/    | /' "$scratch/stderr"; failed=$((failed + 1))
    elif ! prints "$expected"; then
        echo "FAIL $name (-@ $2): stdout differs"; diff "$expected" "$scratch/stdout" | head -n 20; failed=$((failed + 1))
    elif ! same_for_threads "$name" "$2"; then
        echo "FAIL $name (-@ $2): stdout differs from that of one thread"; failed=$((failed + 1))
    elif [ -f "$base.stderr" ] && ! matches "$base.stderr" "$scratch/stderr"; then
        echo "FAIL $name (-@ $2): stderr"; failed=$((failed + 1))
    fi
}

[ $# -gt 0 ] || set -- "$here"/cli/*/*.sh
for threads in ${TILSEQ_CLI_THREADS:-1 4}; do
    make_wrapper $threads
    for case in "$@"; do
        case $case in /*) ;; *) case=$(pwd)/$case ;; esac
        [ ! -f "$case" ] || run_case "$case" $threads
    done
done
echo "$n command-line cases run, $failed failed"
[ $n -gt 0 ] && [ $failed -eq 0 ]
