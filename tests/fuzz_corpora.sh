#!/bin/sh
# fuzz_corpora.sh -- every fuzz target over its corpus: tests/fuzz/fuzz_x over tests/fuzz/corpus/x.
set -u
failed=0 n=0
for source in "${srcdir:-.}"/tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    target=${builddir:-.}/tests/fuzz/$name
    corpus=${srcdir:-.}/tests/fuzz/corpus/${name#fuzz_}
    [ -d "$corpus" ] || { echo "no corpus for $name"; failed=1; continue; }
    [ -x "$target" ] || { echo "$name was not built"; failed=1; continue; }
    "$target" "$corpus" >/dev/null || { echo "$name failed on its corpus"; failed=1; }
    n=$((n + 1))
done
echo "$n fuzz targets run over their corpora"
[ $n -gt 0 ] && [ $failed -eq 0 ]
