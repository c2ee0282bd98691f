#!/bin/sh
# run_kills.sh [N] -- a run that is killed at any moment goes on to what an undisturbed one gives.
#
# N times (20): tilseq run from reads is killed by SIGKILL at a random moment, one to three times, then left to end. All
# files but run.json, the record of what happened, must be those of an undisturbed run, to the byte, and no temporary
# may be left. SEED makes other moments.
set -u
n=${1:-20}
tilseq=${TILSEQ:-$(pwd)/tilseq}
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-kills-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
"$tilseq" simulate -q --patients 3 --genes 60 --reads fastq --fragments 2000 --seed 7 -o sim || exit 1
run() {
    "$tilseq" run sim/samples.tsv -t sim/transcripts.fa -a sim/genes.gtf -g sim/sets.gmt --min-size 2 \
        --pair patient --time timepoint -@ 2 -q -o out 2>/dev/null
}
start=$(date +%s%N)
run || { echo "run_kills: the undisturbed run fails"; exit 1; }
length=$((($(date +%s%N) - start) / 1000000))
mv out whole
awk -v n="$n" -v seed="${SEED:-1}" -v length_ms="$length" 'BEGIN {
    srand(seed)
    for (i = 0; i < n; i++) {
        k = 1 + int(3 * rand()); line = ""
        for (j = 0; j < k; j++) line = line sprintf(" %.3f", rand() * length_ms / 1000)
        print line
    } }' >moments
failed=0 kills=0
while read -r moments; do
    rm -rf out
    for moment in $moments; do
        run &
        pid=$!
        sleep "$moment"
        # the program is the child of the shell that run() became
        child=$(ps -o pid= --ppid $pid 2>/dev/null | head -n 1)
        if kill -9 ${child:-$pid} 2>/dev/null; then kills=$((kills + 1)); fi
        wait $pid 2>/dev/null
    done
    run || { echo "run_kills: after $moments s the run does not go on"; failed=$((failed + 1)); continue; }
    if ! diff -rq -x run.json whole out >differ; then
        echo "run_kills: after $moments s:"; cat differ; failed=$((failed + 1))
    fi
    if find out -name '.*.tmp' -o -name .tilseq.lock | grep -q .; then
        echo "run_kills: after $moments s left: $(find out -name '.*.tmp' -o -name .tilseq.lock)"; failed=$((failed + 1))
    fi
done <moments
echo "$n runs, $kills kills, $failed failed"
[ $failed -eq 0 ] && [ $kills -gt 0 ]
