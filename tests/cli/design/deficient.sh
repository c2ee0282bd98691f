tilseq design $DATA/samples.tsv --design '~ patient + arm'
