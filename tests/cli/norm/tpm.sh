cut -f 1 $DATA/counts.tsv | awk 'NR == 1 { print $1 "\tlength" } NR > 1 { print $1 "\t" 500 + NR }' > lengths.tsv
tilseq norm $DATA/counts.tsv --to tpm --lengths lengths.tsv --no-provenance -q | head -n 3 | awk -F "\t" -v OFS="\t" 'NR > 1 { for (i = 2; i <= NF; i++) $i = sprintf("%.8g", $i) } { print }'
