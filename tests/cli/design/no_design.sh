tilseq design $DATA/samples.tsv
