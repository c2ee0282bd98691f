tilseq design $DATA/samples.tsv --design '~ arm +'
