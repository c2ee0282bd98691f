awk -v OFS="\t" '$1 == "S2" { $3 = "B" } 1' $DATA/samples.tsv > s.tsv
tilseq trial $DATA/counts.tsv s.tsv -g $DATA/sets.gmt --pair patient --time time --arm arm -o out; e=$?; ls out 2>/dev/null; exit $e
