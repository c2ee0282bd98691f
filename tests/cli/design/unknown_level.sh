tilseq design $DATA/samples.tsv --design '~ arm' -c arm:C:A
