#!/bin/sh
# library.sh -- the library as its users meet it: installed into a folder, found by pkg-config, it
# exports what its headers name and nothing else, compiles as C11 and C++17, answers NULL with
# TIL_EUSAGE, and a program outside the tree gets the table that tilseq de writes.
set -eu
here=$(cd "${srcdir:-.}" && pwd)
build=$(cd "${builddir:-.}" && pwd)
tilseq=${TILSEQ:-$build/tilseq}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
die() { echo "library: $*" >&2; exit 1; }

command -v pkg-config >/dev/null || { echo "library: no pkg-config: skipped"; exit 77; }
(unset MAKEFLAGS MAKELEVEL; ${MAKE:-make} -C "$build" install DESTDIR="$work/root" >"$work/install.log" 2>&1) ||
    { tail -n 20 "$work/install.log" >&2; die "make install fails"; }
pc=$(find "$work/root" -name tilseq.pc)
prefix=$(sed -n 's/^prefix=//p' "$pc")
flags() {
    PKG_CONFIG_PATH=$(dirname "$pc") pkg-config --define-variable=prefix="$work/root$prefix" "$@" tilseq
}
cflags=$(flags --cflags) libs=$(flags --libs)
lib=$(find "$work/root" -name 'libtilseq.so.*' | head -n 1)
[ -n "$lib" ] || { echo "library: no shared library here: skipped"; exit 77; }
LD_LIBRARY_PATH=$(dirname "$lib")${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH

# ---- symbols
headers=$(find "$work/root" -path '*/tilseq/*.h' | sort)
sh "$here/include/exports.sh" $headers >"$work/declared"
nm -D --defined-only "$lib" | sed -n 's/^[0-9a-f]* [TDBRV] //p' | LC_ALL=C sort >"$work/exported"
[ "$(wc -l <"$work/declared")" -gt 100 ] || die "few names in the headers: include/exports.sh no longer reads them"
diff "$work/declared" "$work/exported" >&2 || die "headers (<) and library (>) name different things"

# ---- one header for all, C and C++
all=$(find "$work/root" -path '*/tilseq/tilseq.h')
for header in $headers; do
    name=$(basename "$header")
    [ "$name" = tilseq.h ] || grep -q "<tilseq/$name>" "$all" || die "tilseq.h does not include $name"
done
warn="-Wall -Wextra -Wpedantic -Werror"
cat >"$work/all.c" <<'C'
#include <tilseq/tilseq.h>
#include <stdio.h>
int main(void)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_de_input_t de = TIL_DE_INPUT_INIT;
    til_gsea_options_t gsea = TIL_GSEA_OPTIONS_INIT;
    til_norm_wishes_t norm = TIL_NORM_WISHES_INIT;
    printf("%s %g %g %g %d\n", til_version(), de.alpha, gsea.gsea_param, norm.prior_count, ctx.n_threads);
    return 0;
}
C
want="$("$tilseq" --version | sed -n '1s/^tilseq //p') 0.1 1 2 1"
${CC:-cc} -std=c11 $warn $cflags "$work/all.c" -o "$work/all" $libs
[ "$("$work/all")" = "$want" ] || die "in C: $("$work/all"), not $want"
if command -v ${CXX:-c++} >/dev/null 2>&1; then
    ${CXX:-c++} -std=c++17 $warn $cflags -x c++ "$work/all.c" -o "$work/all" $libs
    [ "$("$work/all")" = "$want" ] || die "in C++: $("$work/all"), not $want"
fi

# ---- the manual page names every function
page=$(find "$work/root" -name tilseq.3)
[ -n "$page" ] || die "no tilseq.3 is installed"
while read -r name; do grep -q "$name" "$page" || die "tilseq.3 does not have $name"; done <"$work/declared"

# ---- NULL everywhere
{
    printf '#include <stdio.h>\n#include <tilseq/tilseq.h>\nint main(void)\n{\n'
    printf '    int n = 0, bad = 0;\n    setvbuf(stdout, NULL, _IONBF, 0);\n    til_ctx_t ctx = TIL_CTX_INIT;\n'
    sh "$here/include/exports.sh" -d $headers | awk '
        { match($0, /til_[a-z0-9_]+\(/); name = substr($0, RSTART, RLENGTH - 1); arguments = substr($0, RSTART + RLENGTH) }
        name == "til_fail" || name == "til_say" { next }
        { n = gsub(/,/, ",", arguments); zeros = ""; for (i = 0; i < n; i++) zeros = zeros ", 0" }
        /til_status_t til_/ && arguments ~ /^til_ctx_t/ {
            printf "    ctx.message[0] = 0; n++; puts(\"%s\");\n", name
            printf "    if (%s(&ctx%s) != TIL_EUSAGE || ctx.message[0] == 0) { puts(\"wrong: %s\"); bad++; }\n", name, zeros, name
        }
        /til_status_t til_/ { next }
        name ~ /_(clear|free|find|find_scale)$/ || name ~ /_(column|variable)$/ { printf "    n++; puts(\"%s\");\n    (void)%s(0%s);\n", name, name, zeros }'
    printf '    printf("%%d\\n", n);\n    return bad > 0 || n < 80;\n}\n'
} >"$work/null.c"
${CC:-cc} -std=c11 $cflags "$work/null.c" -o "$work/null" $libs
"$work/null" >"$work/null.out" || {
    grep '^wrong' "$work/null.out" >&2 || :
    die "called with NULL, these do not say TIL_EUSAGE, or the last one crashed: $(tail -n 1 "$work/null.out")"
}

# ---- a program outside the tree
${CC:-cc} -std=c11 $warn $cflags "$here/tests/consumer/de.c" -o "$work/de" $libs
data=$here/tests/cli/data
"$work/de" "$data/counts.tsv" "$data/samples.tsv" '~ arm' arm:B:A "$work/mine.tsv"
"$tilseq" de "$data/counts.tsv" "$data/samples.tsv" --design '~ arm' -c arm:B:A --method deseq2 --no-provenance -q -o "$work/tool"
cmp "$work/mine.tsv" "$work/tool/arm_B_vs_A.de.tsv" || die "the consumer's table is not that of tilseq de"
if "$work/de" "$data/nosuch.tsv" "$data/samples.tsv" '~ arm' arm:B:A "$work/none.tsv" 2>"$work/err"; then die "a missing file is no failure"; fi
grep -q 'nosuch.tsv' "$work/err" || die "the message does not name the file: $(cat "$work/err")"
echo "library: $(wc -l <"$work/exported") symbols, $(tail -n 1 "$work/null.out") calls with NULL, consumer agrees"
