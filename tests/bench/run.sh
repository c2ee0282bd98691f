#!/bin/sh
# run.sh -- every benchmark in this folder: ours and the peer in turn on the same input in one call; CPU and wall seconds,
# peak memory, the ratio, and the floor (reading or inflating alone). Exit 77 where all peers are missing.
#
#   make bench                       all
#   sh tests/bench/run.sh de count   some
set -u
here=$(cd "$(dirname "$0")" && pwd)
: "${srcdir:=$here/../..}" "${builddir:=.}"
TILSEQ=${TILSEQ:-$builddir/tilseq}
TILSEQ_SHARED=${TILSEQ_SHARED:-$(dirname "$(cd "$srcdir" && pwd)")/shared}
export srcdir builddir TILSEQ TILSEQ_SHARED
[ $# -gt 0 ] || set -- $(cd "$here" && ls bench_*.sh 2>/dev/null | sed 's/^bench_//; s/\.sh$//')
ran=0 failed=0
for name in "$@"; do
    echo "== $name"
    sh "$here/bench_$name.sh"
    case $? in
        0) ran=$((ran + 1)) ;;
        77) echo "$name: left out; ./bootstrap bench --with-peers installs what it is compared with" ;;
        *) failed=1 ;;
    esac
done
[ $failed -eq 0 ] || exit 1
[ $ran -gt 0 ] || exit 77
