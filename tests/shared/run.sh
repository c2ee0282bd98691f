#!/bin/sh
# run.sh PROGRAM... -- compares with the real goldens in $TILSEQ_SHARED (default: ../shared beside the top folder).
# Each program or script prints lines "golden: NAME N compared"; LISTED below says how many each must compare,
# so that a golden that went missing cannot pass in silence. Exit 0 and SKIP lines where the folder is absent.
set -u
: "${srcdir:=.}" "${builddir:=.}"
TILSEQ_SHARED=${TILSEQ_SHARED:-$(dirname "$(cd "$srcdir" && pwd)")/shared}
export TILSEQ_SHARED srcdir builddir
scripts=$(ls "$srcdir"/tests/shared/*.sh 2>/dev/null | grep -v '/run\.sh$')
failed=0 total=0 skipped=0

if [ ! -d "$TILSEQ_SHARED" ]; then
    for test in "$@" $scripts; do
        echo "SKIP: golden $(basename "$test" .sh) (no folder $TILSEQ_SHARED)"
        skipped=$((skipped + 1))
    done
    echo "golden: 0 compared, $skipped skipped"
    exit 0
fi

log=$(mktemp "${TMPDIR:-/tmp}/tilseq-golden-XXXXXX")
trap 'rm -f "$log"' EXIT
for test in "$@" $scripts; do
    name=$(basename "$test" .sh)
    case $test in
        *.sh) sh "$test" >"$log" 2>&1 ;;
        *) "$builddir/$test" >"$log" 2>&1 ;;
    esac
    status=$?
    n=$(sed -n 's/^golden: .* \([0-9]*\) compared.*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
    want=$(awk -F'\t' -v name="$name" '$1 == name { print $2 }' "$srcdir/tests/shared/LISTED")
    total=$((total + n))
    if [ $status -ne 0 ] || [ -z "$want" ] || [ "$n" -lt "$want" ]; then
        echo "FAIL: golden $name ($n compared, ${want:-not listed in tests/shared/LISTED} wanted, exit $status)"
        tail -n 30 "$log"
        failed=1
    else
        grep '^golden: ' "$log"
        echo "PASS: golden $name"
    fi
done
echo "golden: $total compared, 0 skipped"
exit $failed
