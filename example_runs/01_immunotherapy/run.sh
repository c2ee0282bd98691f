#!/bin/sh
# A small trial with known truth: 30 melanoma-like patients in two arms, biopsied before and on treatment; most of
# arm B respond, few of arm A. What changed on treatment, and more in which arm?
#
#   sh run.sh [DIR]      results in DIR (default: results/ beside this script); the page is DIR/run/report.html
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tilseq=${TILSEQ:-$here/../../tilseq}
dir=${1:-$here/results}

"$tilseq" simulate --seed 7 --patients 30 --genes 4000 -o "$dir/biopsies"
"$tilseq" run "$dir/biopsies/samples.tsv" --counts "$dir/biopsies/counts.tsv" \
    --pair patient --arm arm --time timepoint --reference timepoint=pre \
    --title "A simulated immunotherapy trial" -o "$dir/run"

echo
echo "What changed (the first columns of $dir/run/gsea/*.gsea.tsv, best sets first):"
for table in "$dir"/run/gsea/*.gsea.tsv; do
    name=$(basename "$table" .gsea.tsv)
    grep -v '^##' "$table" | awk -F '\t' -v name="$name" '
        NR > 1 && $6 != "NA" { print $6 "\t" $1 "\t" $4 }' | sort -g | head -n 3 |
        awk -F '\t' -v name="$name" '{ printf "  %-16s %-32s NES %6.2f  padj %.1e\n", name, $2, $3, $1 }'
done
echo
echo "The page: $dir/run/report.html"
