#!/bin/sh
# bench_count.sh -- tilseq count beside featureCounts on the human-scale set (58,288 genes, 200,401 transcripts; GTF of
# 334 MB), by name and by position, at 1 and 2 threads, annotation load apart; floor: libdeflate over all blocks. All are run
# in turn, TILSEQ_BENCH_ROUNDS (3) times; the smallest figure of each counts. TILSEQ_BENCH_PAIRS (1000000) pairs of 2 x 100;
# TILSEQ_BENCH_DIR keeps the files for the next time. Exit 1 when counts differ.
set -u
simulator=$TILSEQ_SHARED/bench/simtx.c
pairs=${TILSEQ_BENCH_PAIRS:-1000000}
[ -f "$simulator" ] || { echo "count: no $simulator"; exit 77; }
command -v samtools >/dev/null || { echo "count: samtools makes the files and is not installed"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT
data=${TILSEQ_BENCH_DIR:-$work}
set_name=$data/human$pairs
if [ ! -s "$set_name.pos.bam" ]; then
    mkdir -p "$data"
    ${CC:-cc} -O2 -o "$work/simtx" "$simulator" -lm 2>/dev/null || exit 77
    gzip -dc "$TILSEQ_SHARED/bench/model.tsv.gz" >"$work/model.tsv"
    "$work/simtx" ref "$work/model.tsv" 20261120 "$set_name" 2>/dev/null
    "$work/simtx" reads "$work/model.tsv" 20261120 "$work/reads" "$pairs" 777 100 rf sam 2>/dev/null |
        samtools view -b -o "$set_name.name.bam" - || exit 1
    samtools sort -m 500M -o "$set_name.pos.bam" "$set_name.name.bam" 2>/dev/null || exit 1
    rm -f "$work"/reads* "$set_name.transcripts.fa" "$set_name.tx2gene.tsv"
fi
printf '@SQ\tSN:chr1\tLN:300000000\nr\t77\t*\t0\t0\t*\t*\t0\t0\tACGT\tIIII\nr\t141\t*\t0\t0\t*\t*\t0\t0\tACGT\tIIII\n' >"$work/none.sam"
have_floor=no
${CC:-cc} -O2 -o "$work/floor" "$here/bgzf_floor.c" -ldeflate 2>/dev/null && have_floor=yes

# CPU seconds, wall seconds and peak MB of a command.
measure() {
    /usr/bin/time -f '%U %S %e %M' -o "$work/time" "$@" >/dev/null 2>"$work/err" || { cat "$work/err" >&2; exit 1; }
    awk '{ printf "%.2f %.2f %.0f\n", $1 + $2, $3, $4 * 1024 / 1e6 }' "$work/time"
}

ours() { measure "$TILSEQ" count -q -s reverse -a "$set_name.gtf" -@ "$1" -o "$work/ours" "$2"; }
theirs() { measure featureCounts -T "$1" -p --countReadPairs -s 2 -a "$set_name.gtf" -o "$work/theirs" "$2"; }

have_peer=no
command -v featureCounts >/dev/null && have_peer=yes
rounds=${TILSEQ_BENCH_ROUNDS:-3}

# Notes a measurement under a name; smallest() is the best CPU, wall and memory of all of that name.
note() { echo "$2" >>"$work/figures.$1"; }
smallest() {
    [ -s "$work/figures.$1" ] || { echo "0 0 0"; return; }
    awk '{ for (i = 1; i <= 3; i++) if (NR == 1 || $i < m[i]) m[i] = $i } END { print m[1], m[2], m[3] }' "$work/figures.$1"
}

same_counts() {
    grep -v '^##' "$work/ours" | tail -n +2 | cut -f 1,4 >"$work/a"
    tail -n +3 "$work/theirs" | cut -f 1,7 | cmp -s - "$work/a" || { echo "count: the counts differ"; exit 1; }
}

round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    note load "$(ours 1 "$work/none.sam")"
    [ $have_peer = no ] || note their-load "$(theirs 1 "$work/none.sam")"
    for order in name pos; do
        cat "$set_name.$order.bam" >/dev/null
        [ $have_floor = no ] || note "floor.$order" "$(measure "$work/floor" "$set_name.$order.bam")"
        for threads in 1 2; do
            note "ours.$order.$threads" "$(ours $threads "$set_name.$order.bam")"
            [ $have_peer = no ] || note "theirs.$order.$threads" "$(theirs $threads "$set_name.$order.bam")"
            [ $have_peer = no ] || same_counts
        done
    done
done
load=$(smallest load)
their_load=$(smallest their-load)
echo "count: annotation and index alone: ${load%% *} CPU s; featureCounts ${their_load%% *}"
for order in name pos; do
    floor=$(smallest "floor.$order")
    for threads in 1 2; do
        echo "$(smallest ours.$order.$threads) $(smallest theirs.$order.$threads) ${floor%% *} ${load%% *} ${their_load%% *}" |
            awk -v o=$order -v t=$threads '{
                printf "count by %s, -@ %d: %.2f CPU s, %.2f wall, %d MB", o, t, $1, $2, $3
                if ($4 > 0) printf "; featureCounts %.2f CPU s, %.2f wall, %d MB: %.3f of its CPU, %.3f of its wall; annotation apart %.3f", $4, $5, $6, $1 / $4, $2 / $5, ($1 - $8) / ($4 - $9)
                if ($7 > 0) printf "; annotation apart %.2f times the floor of %.2f", ($1 - $8) / $7, $7
                printf "\n" }'
    done
done
[ $have_peer = yes ] || exit 77
