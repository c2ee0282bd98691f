#!/bin/sh
# check_all.sh -- make check and make check-golden; closes with one line of how many passed.
set -u
cd "$(dirname "$0")/.."
log=check_all.tmp
passed=0 failed=0 skipped=0

# counts the results that automake and the golden runner print
count() {
    passed=$((passed + $(grep -c '^PASS: ' $log)))
    failed=$((failed + $(grep -cE '^(FAIL|ERROR|XPASS): ' $log)))
    skipped=$((skipped + $(grep -c '^SKIP: ' $log)))
}

run() {
    echo "== $*"
    status=0
    "$@" >$log 2>&1 || status=$?
    grep -E '^(PASS|FAIL|ERROR|SKIP|XPASS|golden): ?' $log
    count
    if [ $status -ne 0 ]; then
        [ "$(grep -cE '^(FAIL|ERROR): ' $log)" -gt 0 ] || { failed=$((failed + 1)); tail -n 40 $log; }
        for name in $(sed -n 's/^\(FAIL\|ERROR\): //p' $log); do
            name=${name%% *}
            for file in "${name%.sh}.log" "$name.log"; do
                [ ! -f "$file" ] || { echo "--- $file"; tail -n 60 "$file"; }
            done
        done
    fi
}

run make -s -k -j"$(nproc)" check
run make -s -k check-golden
if sh tests/untracked.sh >$log 2>&1; then echo "PASS: tests/untracked.sh"; passed=$((passed + 1))
elif [ -n "${CI:-}" ]; then cat $log; echo "FAIL: tests/untracked.sh"; failed=$((failed + 1)); fi
rm -f $log
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
