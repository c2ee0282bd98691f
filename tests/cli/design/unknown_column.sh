tilseq design $DATA/samples.tsv --design '~ sex'
