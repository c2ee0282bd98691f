tilseq de $DATA/counts.tsv $DATA/samples.tsv --design '~ time' -c time:on:pre --method voom --block patient --filter none --no-provenance -o out && grep -c block_correlation out/facts.tsv
cut -f 1,4-7 out/time_on_vs_pre.de.tsv | head -n 4 | awk -F "\t" -v OFS="\t" 'NR > 1 { for (i = 2; i <= NF; i++) $i = sprintf("%.8g", $i) } { print }'
