#!/bin/sh
# Nivolumab in melanoma (Riaz et al. 2017, GSE91061): from a count matrix. 43 patients with biopsies before and on treatment, in
# two cohorts: what changed in each, and is the difference shown? The matrix is not part of tilseq: TILSEQ_SHARED names a
# folder with data/counts/riaz (counts.tsv.gz, samples.tsv, genes.tsv); without it nothing is done (exit 77).
#
#   TILSEQ_SHARED=... sh run.sh [DIR]      results in DIR (default: results/ beside this script)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tilseq=${TILSEQ:-$here/../../tilseq}
dir=${1:-$here/results}
data=${TILSEQ_SHARED:-}/data/counts/riaz
[ -f "$data/counts.tsv.gz" ] || { echo "02_riaz_matrix: no $data/counts.tsv.gz: nothing is run"; exit 77; }

mkdir -p "$dir"
# the plan first: what is compared, before a result is seen
"$tilseq" plan "$data/samples.tsv" --exclude dup=TRUE --pair patient --time timepoint --arm cohort \
    --reference cohort=NAIVE --title "Nivolumab in melanoma, before and on treatment" -q -o "$dir/plan.yaml"
"$tilseq" run "$data/samples.tsv" --plan "$dir/plan.yaml" --counts "$data/counts.tsv.gz" --genes "$data/genes.tsv" -o "$dir/run"

echo
echo "Effector programme, by patient:"
for question in on_in_NAIVE on_in_PROG; do
    awk -F '\t' -v q="$question" '/^##/ { next } !head { for (i = 1; i <= NF; i++) at[$i] = i; head = 1; next }
        $1 == "EFFECTOR_CORE" { printf "  %-14s %+.2f SD (log2 %+.2f [%.2f, %.2f]), p over the family %.2g\n",
            q, $at["effect_sd"], $at["effect"], $at["ci_low"], $at["ci_high"], $at["p_family"] }' "$dir/run/trial/$question.trial.tsv"
done
echo "The page: $dir/run/report.html"
