#!/bin/sh
# A small trial with known truth, from reads to answers: 24 melanoma-like patients in two arms, biopsied before and on
# treatment; most of arm B respond, few of arm A. What changed on treatment, and more in which arm?
#
#   sh run.sh [DIR]      results in DIR (default: results/ beside this script); the page is DIR/run/report.html
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tilseq=${TILSEQ:-$here/../../tilseq}
dir=${1:-$here/results}

"$tilseq" simulate --seed 7 --patients 24 --genes 1500 --reads fastq --fragments 60000 -o "$dir/biopsies"
"$tilseq" run "$dir/biopsies/samples.tsv" \
    -t "$dir/biopsies/transcripts.fa" -a "$dir/biopsies/genes.gtf" \
    --pair patient --arm arm --time timepoint --reference timepoint=pre \
    --title "A simulated immunotherapy trial" -o "$dir/run"

echo
echo "What changed (first columns of $dir/run/gsea/*.gsea.tsv, best sets first):"
for table in "$dir"/run/gsea/*.gsea.tsv; do
    name=$(basename "$table" .gsea.tsv)
    grep -v '^##' "$table" | awk -F '\t' 'NR > 1 && $6 != "NA" { print $6 "\t" $1 "\t" $4 }' |
        LC_ALL=C sort -g | head -n 3 |
        awk -F '\t' -v name="$name" '{ printf "  %-16s %-32s NES %6.2f  padj %.1e\n", name, $2, $3, $1 }'
done
echo
echo "The page: $dir/run/report.html"
