#!/bin/sh
# headers.sh -- every public header compiles alone, as C11 and as C++, without a warning.
set -eu
include="${srcdir:-.}/include"
failed=0
for header in "$include"/tilseq/*.h; do
    name=tilseq/$(basename "$header")
    echo "#include <$name>" | ${CC:-cc} -std=c11 -pedantic -Wall -Wextra -Werror -I"$include" -fsyntax-only -x c - ||
        { echo "headers: $name does not compile alone as C" >&2; failed=1; }
    if command -v ${CXX:-c++} >/dev/null 2>&1; then
        echo "#include <$name>" | ${CXX:-c++} -Wall -Wextra -Werror -I"$include" -fsyntax-only -x c++ - ||
            { echo "headers: $name does not compile alone as C++" >&2; failed=1; }
    fi
done
exit $failed
