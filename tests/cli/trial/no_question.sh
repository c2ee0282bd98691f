tilseq trial $DATA/counts.tsv $DATA/samples.tsv -g $DATA/sets.gmt -o out
