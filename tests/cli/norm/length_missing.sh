head -n 5 $DATA/counts.tsv | cut -f 1-4 > c.tsv; cut -f 1 c.tsv | head -n 3 | sed "s/$/\t100/" > l.tsv; tilseq norm c.tsv --to tpm --lengths l.tsv -o out.tsv; code=$?; ls; exit $code
