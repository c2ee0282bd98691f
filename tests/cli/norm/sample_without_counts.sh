awk "BEGIN { OFS = FS = \"\t\" } NR > 1 { \$3 = 0 } { print }" $DATA/counts.tsv > zero.tsv; tilseq norm zero.tsv -o out.tsv; code=$?; ls; exit $code
