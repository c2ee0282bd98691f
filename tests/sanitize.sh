#!/bin/sh
# sanitize.sh -- unit, law, fuzz-corpus and command-line tests in a build with ASan and UBSan, and the threaded
# tests in one with TSan. Builds stand in build-asan/ and build-tsan/ under the current folder.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-sanitize-XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
# A clean copy: an in-tree build would not let the same sources be configured elsewhere.
(cd "$top" && git ls-files -z 2>/dev/null | xargs -0 tar cf -) | tar xf - -C "$work"
cd "$work"
autoreconf -fi >/dev/null 2>&1
build() {
    mkdir "$1"
    cd "$1"
    shift
    ../configure --quiet --disable-shared CFLAGS='-O1 -g' "$@"
    make -s -j"$(nproc)"
    cd ..
}
# the end of the log of every test that failed
check() {
    make -C "$1" -s -k -j"$(nproc)" "$2" && return 0
    for result in $(cd "$1" && grep -lE '^:test-result: (FAIL|ERROR)' $(find tests -name '*.trs')); do
        echo "--- $1/${result%.trs}.log"
        tail -n 60 "$1/${result%.trs}.log"
    done
    return 1
}
# Shadow memory is larger than any limit that a case sets. One round with threads sees what a round without would.
export TILSEQ_SANITIZED=yes TILSEQ_CLI_THREADS=4
build build-asan --enable-asan --enable-ubsan
ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1 check build-asan check-sanitized
build build-tsan --enable-tsan
check build-tsan check-threads
