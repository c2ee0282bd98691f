tilseq trial $DATA/counts.tsv $DATA/samples.tsv -g $DATA/sets.gmt --arm arm
