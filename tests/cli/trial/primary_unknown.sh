tilseq trial $DATA/counts.tsv $DATA/samples.tsv -g $DATA/sets.gmt --primary NOBODY --pair patient --time time -o out
