tilseq power $DATA/samples.tsv
