# logarithms are refused by every engine, rounded too
awk -F'\t' -v OFS='\t' 'NR > 1 { for (i = 2; i <= NF; i++) $i = sprintf("%.2f", log($i + 1)) } { print }' $DATA/counts.tsv >log.tsv
"$TILSEQ" de log.tsv $DATA/samples.tsv --design '~ arm' -c arm:B:A -m voom -o out
"$TILSEQ" de log.tsv $DATA/samples.tsv --design '~ arm' -c arm:B:A -m limma-trend --round -o out
