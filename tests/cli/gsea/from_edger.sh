tilseq de $DATA/counts.tsv $DATA/samples.tsv --design '~ time' -c time:on:pre -m edger-ql --filter none -q --no-provenance -o out
awk -F '\t' -v OFS='\t' 'NR > 1 && $6 != "NA" { print $1, ($4 < 0 ? -1 : 1) * $6 }' out/time_on_vs_pre.de.tsv >signed.rnk
tilseq gsea -g $DATA/sets.gmt --de out/time_on_vs_pre.de.tsv --min-size 2 --no-provenance -o by_de.tsv
tilseq gsea -g $DATA/sets.gmt --ranks signed.rnk --min-size 2 -q --no-provenance -o by_ranks.tsv
for t in by_de by_ranks; do awk -F '\t' 'NR > 1 { printf "%s %d %.3f\n", $1, $2, $3 }' $t.tsv >$t; done
cmp by_de by_ranks && cat by_de
