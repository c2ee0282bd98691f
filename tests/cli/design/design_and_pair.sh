tilseq design $DATA/samples.tsv --design '~ arm' --pair patient --time time
