#!/bin/sh
# make_assignments.sh -- writes assignments.txt beside it: what featureCounts -R CORE says of each fragment of sim.sam and
# corner.sam, sorted, genes of a line sorted too; a head line of each says the input and tilseq's options. Needs subread
# (VERSIONS). Run in this folder; tests/count_goldens.sh compares.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >assignments.txt
core() {                # input, tilseq's options, featureCounts' options
    input=$1 ours=$2
    shift 2
    featureCounts -p --countReadPairs "$@" -R CORE --Rpath "$work" -a "$input.gtf" -o "$work/out" "$input.sam" >/dev/null 2>&1
    { echo "== $input	$ours"; sh sort_genes.sh <"$work/$input.sam.featureCounts"; } >>assignments.txt
}
for input in sim corner; do
    core $input '-s unstranded' -s 0
    core $input '-s reverse -M all' -s 2 -M
    core $input '-s unstranded -O all' -s 0 -O
    core $input '-s forward -O largest-all' -s 1 -O --largestOverlap
    core $input '-s unstranded -O largest-all --min-overlap 5' -s 0 -O --largestOverlap --minOverlap 5
done
