#!/bin/sh
# dist.sh -- the tarball holds what git tracks and what autoconf makes of it, nothing that lies about:
# results of a demo may be of patients.
set -eu
cd "${srcdir:-.}"
git rev-parse --is-inside-work-tree >/dev/null 2>&1 && [ -e .git ] || { echo "dist: not a clone: skipped"; exit 77; }
build=${builddir:-.}
work=$(mktemp -d)
left=example_runs/01_immunotherapy/results_of_dist_test
trap 'rm -rf "$work" "$left"' EXIT
mkdir "$left"
echo patient >"$left/secret.log"   # *.log is ignored by git, as results are
(unset MAKEFLAGS MAKELEVEL; ${MAKE:-make} -s -C "$build" distdir distdir="$work/tilseq" >"$work/log" 2>&1) ||
    { tail -n 20 "$work/log" >&2; exit 1; }
(cd "$work/tilseq" && find . -type f | sed 's|^\./||' | LC_ALL=C sort) >"$work/packed"
git ls-files | LC_ALL=C sort >"$work/tracked"
made='^(configure|aclocal\.m4|config\.h\.in|Makefile\.in|MANIFEST|build-aux/.*|m4/l(ibtool|t.*)\.m4)$'
comm -23 "$work/packed" "$work/tracked" | grep -vE "$made" >"$work/extra" || :
while read -r f; do [ -e "$f" ] && echo "$f" || :; done <"$work/tracked" >"$work/present"
comm -13 "$work/packed" "$work/present" >"$work/missing"
[ ! -s "$work/extra" ] || { echo "dist: packed and not tracked by git:" >&2; head -n 20 "$work/extra" >&2; exit 1; }
[ ! -s "$work/missing" ] || { echo "dist: tracked and not packed:" >&2; head -n 20 "$work/missing" >&2; exit 1; }
echo "dist: $(wc -l <"$work/packed") files, $(du -sk "$work/tilseq" | cut -f 1) kB"
