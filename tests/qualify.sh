#!/bin/sh
# qualify.sh -- tilseq qualify passes here, writes the same bytes at any thread count, and fails with exit 70, a page and
# a line for the check when a library below it is wrong in one number by a millionth, or dies (process/wrong_blas.c).
set -u
here=$(cd "${srcdir:-.}/tests" && pwd)
tilseq=${TILSEQ:-$(pwd)/tilseq}
export LC_ALL=C
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-qualify-XXXXXX")
trap 'rm -rf "$work"' EXIT
failed=0

say() { echo "qualify: $*"; failed=$((failed + 1)); }

"$tilseq" qualify -o "$work/one" -@ 1 2>"$work/err" || { cat "$work/err"; say "does not pass"; }
"$tilseq" qualify -o "$work/four" -@ 4 -q 2>"$work/quiet" || say "does not pass with 4 threads"
[ ! -s "$work/quiet" ] || say "-q says: $(head -n 1 "$work/quiet")"
for file in qualify.json qualify.html; do
    cmp -s "$work/one/$file" "$work/four/$file" || say "$file differs between thread counts"
done
left=$(find "$work/one" -mindepth 1 ! -name 'qualify.*' ! -name provenance.json)
[ -z "$left" ] || say "left $left"

# the page stands alone, can be signed, and says every check and library that the document has
page=$work/one/qualify.html
grep -qi -e '<script' -e 'src=' -e 'href="[^#]' "$page" && say "the page is not self-contained"
grep -q 'approved by' "$page" || say "the page has no place to sign"
grep -q '"n_orphans": 0' "$work/one/qualify.json" || say "there are orphans"
grep -q '"verdict": "passed"' "$work/one/qualify.json" || say "the verdict is not passed"
n=$(grep -c '^ *"requirement": ' "$work/one/qualify.json")
[ "$n" -ge 50 ] && [ "$(grep -c '<tr id=' "$page")" = "$n" ] || say "$n checks in the document, not as many on the page"
[ "$(grep -c ' passed [A-Z]*-[0-9]*: ' "$work/err")" = "$n" ] || say "not a line for each of $n checks"
program=$(grep -A 1 '"path"' "$work/one/qualify.json" | sed -n '1s/.*"path": "\(.*\)",$/\1/p')
digest=$(sha256sum "$program" | cut -d ' ' -f 1)
grep -q "\"sha256\": \"$digest\"" "$work/one/qualify.json" || say "the digest of $program is not $digest"
grep -q '"path": ".*libopenblas' "$work/one/qualify.json" || grep -q '"path": ".*blas' "$work/one/qualify.json" ||
    say "the BLAS is not among the libraries"

# a folder that cannot be used is the environment's fault, not a failed check
: >"$work/file"
"$tilseq" qualify -q -o "$work/file/x" 2>/dev/null
[ $? = 4 ] || say "a file where the folder should be is not exit 4"

# libraries that are wrong
nm "$tilseq" 2>/dev/null | grep -q __asan_init && { echo "qualify: sanitized: the wrong libraries are left out"; exit $failed; }
${CC:-cc} -O1 -shared -fPIC "$here/process/wrong_blas.c" -o "$work/wrong_blas.so" -ldl 2>"$work/cc" || {
    echo "qualify: no C compiler: the wrong libraries are left out"; exit $failed; }
LD_PRELOAD=$work/wrong_blas.so "$tilseq" qualify -q -o "$work/right" || say "fails under a preload that changes nothing"
grep -q '"path": ".*wrong_blas.so"' "$work/right/qualify.json" || say "the preloaded library is not listed"
while read -r what check; do
    WRONG=$what LD_PRELOAD=$work/wrong_blas.so "$tilseq" qualify -o "$work/$what" 2>"$work/err"
    code=$?
    [ $code = 70 ] || say "a wrong $what is exit $code"
    grep -q "FAILED $check: " "$work/err" || say "a wrong $what is not seen by $check"
    grep -q '"verdict": "failed"' "$work/$what/qualify.json" || say "a wrong $what has no document that says so"
    grep -q 'FAILED' "$work/$what/qualify.html" || say "a wrong $what has no page that says so"
done <<'WRONG'
dgemm IQ-04
dgemm OQ-19
crash IQ-04
dsyevr IQ-06
dgesdd IQ-07
WRONG
[ $failed -eq 0 ] && echo "qualify: $n checks, 4 wrong libraries seen"
exit $((failed > 0))
