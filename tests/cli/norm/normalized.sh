tilseq norm $DATA/counts.tsv -m poscounts --to normalized --no-provenance -q | head -n 3 | awk -F "\t" -v OFS="\t" 'NR > 1 { for (i = 2; i <= NF; i++) $i = sprintf("%.8g", $i) } { print }'
