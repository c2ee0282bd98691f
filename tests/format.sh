#!/bin/sh
# format.sh -- the sources are as .clang-format has them. Only version 14 decides: others format otherwise.
set -eu
cd "${srcdir:-.}"
for tool in "${CLANG_FORMAT:-}" clang-format-14 clang-format; do
    [ -n "$tool" ] && "$tool" --version 2>/dev/null | grep -q 'version 14\.' && break
    tool=
done
[ -n "$tool" ] || { echo "format: no clang-format 14 here: skipped"; exit 77; }
wrong=0
for f in $(find src include tests -name '*.[ch]' ! -name '*_data.c' | LC_ALL=C sort); do
    case $f in */powers_of_ten.h | */prior_tables.c) continue ;; esac    # written by programs
    "$tool" --assume-filename="$f" <"$f" | cmp -s - "$f" || {
        echo "format: $f: run $tool -i on it" >&2
        wrong=1
    }
done
exit $wrong
