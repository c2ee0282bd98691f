tilseq norm $DATA/counts.tsv -q --no-provenance | awk -F "\t" -v OFS="\t" 'NR > 1 { for (i = 2; i <= NF; i++) $i = sprintf("%.8g", $i) } { print }'
