#!/bin/sh
# bench_corners.sh -- inputs made to cost tilseq count more than others: each at n and at 10 n records; CPU seconds, peak MB, and how
# much dearer a record of the larger one is. Exit 1 when that is more than 1.6 (time, above .2 s) or when the memory for
# missing mates of a file by name grows. featureCounts is run beside where it is installed. TILSEQ_BENCH_RECORDS (200000): n.
set -u
small=${TILSEQ_BENCH_RECORDS:-200000}
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT
failed=0 have_peer=no
command -v featureCounts >/dev/null && have_peer=yes
printf 'G\tc0\t1\t100000\t+\n' >"$work/genes.saf"

record() { # name flag contig pos mate_contig mate_pos, as awk's print
    echo "print \"r\" $1 \"\\t$2\\t\" $3 \"\\t\" $4 \"\\t60\\t10M\\t\" $5 \"\\t\" $6 \"\\t0\\t*\\t*\""
}
header='function head(order, contigs) { print "@HD\tVN:1.6\t" order; for (c = 0; c < contigs; c++) print "@SQ\tSN:c" c "\tLN:100000" }'

# mates on the last of many contigs, each of which has a read of its own without a mate
contigs() {
    awk -v n="$1" "$header"'BEGIN { k = int(n / 6); head("SO:coordinate", k)
        for (i = 0; i < n / 3; i++) '"$(record i 65 '"c0"' '1 + i % 90000' '"c" k - 1' '1 + i % 90000')"'
        for (c = 1; c < k; c++) { '"$(record 'i++' 65 '"c" c' 100 '"="' 200)"'; '"$(record 'i++' 65 '"c" c' 300 '"="' 400)"' }
        for (i = 0; i < n / 3; i++) '"$(record i 129 '"c" k - 1' '1 + i % 90000' '"c0"' '1 + i % 90000')"' }'
}
# all of one name and place: first ends, then second ones
one_name() {
    awk -v n="$1" "$header"'BEGIN { head("SO:unsorted", 1)
        for (i = 0; i < n / 2; i++) '"$(record 0 65 '"c0"' 10 '"="' 10)"'
        for (i = 0; i < n / 2; i++) '"$(record 0 129 '"c0"' 10 '"="' 10)"' }'
}
# by name, the mates left out
mates_missing() {
    awk -v n="$1" "$header"'BEGIN { head("SO:queryname", 1)
        for (i = 0; i < n; i++) '"$(record i 65 '"c0"' '1 + i % 90000' '"="' '1 + i % 90000')"' }'
}
# the same in a file that does not say that it is by name
waiting() { mates_missing "$1" | sed '1s/queryname/unsorted/'; }
# a header that lies: read twice
stale() {
    awk -v n="$1" "$header"'BEGIN { head("SO:coordinate", 2)
        for (i = 0; i < n / 2; i++) '"$(record i 129 '"c1"' 10 '"c0"' 10)"'
        for (i = 0; i < n / 2; i++) '"$(record i 65 '"c0"' 10 '"c1"' 10)"' }'
}
# operations of one CIGAR
cigars() {
    awk -v n="$1" 'BEGIN { print "@SQ\tSN:c0\tLN:100000000"; printf "r\t0\tc0\t1\t60\t"
        for (i = 0; i < n; i++) printf "1M1D"; print "1M\t*\t0\t0\t*\t*" }'
}

cpu() { /usr/bin/time -f '%U %S %M' -o "$work/time" "$@" >/dev/null 2>"$work/err" || { cat "$work/err" >&2; exit 1; }
    awk '{ printf "%.2f %.0f\n", $1 + $2, $3 / 1000 }' "$work/time"; }

echo "kind	n	CPU s	MB	10 n: CPU s	MB	dearer	featureCounts CPU s, MB"
for kind in contigs one_name mates_missing waiting stale cigars; do
    $kind "$small" >"$work/small.sam"
    $kind $((10 * small)) >"$work/large.sam"
    set -- $(cpu "$TILSEQ" count -q -@ 1 -s unstranded -a "$work/genes.saf" -o "$work/o" "$work/small.sam") \
        $(cpu "$TILSEQ" count -q -@ 1 -s unstranded -a "$work/genes.saf" -o "$work/o" "$work/large.sam")
    peer=
    [ $have_peer = no ] || [ $kind = cigars ] || peer=$(cpu featureCounts -F SAF -p --countReadPairs -a "$work/genes.saf" -o "$work/f" "$work/large.sam")
    awk -v kind=$kind -v n="$small" -v a="$1" -v am="$2" -v b="$3" -v bm="$4" -v peer="$peer" 'BEGIN {
        dearer = a > 0 ? b / a / 10 : 1
        printf "%s\t%d\t%s\t%s\t%s\t%s\t%.2f\t%s\n", kind, n, a, am, b, bm, dearer, peer
        exit (b > .2 && a >= .03 && dearer > 1.6) || (kind == "mates_missing" && bm > am + 20) }' || failed=1
done
exit $failed
