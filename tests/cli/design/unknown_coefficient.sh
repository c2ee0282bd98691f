tilseq design $DATA/samples.tsv --design '~ arm' -c x=armC
