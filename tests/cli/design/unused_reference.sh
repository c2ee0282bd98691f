tilseq design $DATA/samples.tsv --design '~ arm' --reference time=on
