#!/bin/sh
# CT26 tumours in mice: two arms, killed on day 7 or day 14, so that no mouse has two visits. Does the arm change the signatures
# on each day, and is the day's effect another in the treated? TILSEQ_SHARED names a folder with data/counts/ct26
# (counts.tsv.gz, samples.tsv, genes.tsv); without it nothing is done (exit 77).
#
#   TILSEQ_SHARED=... sh run.sh [DIR]      results in DIR (default: results/ beside this script)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tilseq=${TILSEQ:-$here/../../tilseq}
dir=${1:-$here/results}
data=${TILSEQ_SHARED:-}/data/counts/ct26
[ -f "$data/counts.tsv.gz" ] || { echo "03_ct26_mice: no $data/counts.tsv.gz: nothing is run"; exit 77; }

mkdir -p "$dir"
for day in day7 day14; do
    "$tilseq" run "$data/samples.tsv" --counts "$data/counts.tsv.gz" --genes "$data/genes.tsv" --include day=$day --subset \
        --design '~ arm' -c arm:treat:isotype --reference arm=isotype --title "CT26, $day" -o "$dir/$day"
done
"$tilseq" run "$data/samples.tsv" --counts "$data/counts.tsv.gz" --genes "$data/genes.tsv" --design '~ day + day:arm' \
    --reference arm=isotype --reference day=day7 -c 'later=dayday14:armtreat - dayday7:armtreat' --title "CT26, arms by days" -o "$dir/both"
echo
for run in day7 day14 both; do
    for table in "$dir/$run"/de/*.de.tsv; do
        awk -F '\t' -v name="$run $(basename "$table" .de.tsv)" '/^##/ { next }
            !head { for (i = 1; i <= NF; i++) at[$i] = i; head = 1; next }
            $at["padj"] != "NA" && $at["padj"] < 0.1 { n++ } END { printf "%-28s %d genes at FDR 0.1\n", name, n }' "$table"
    done
done
