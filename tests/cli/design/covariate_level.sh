tilseq design $DATA/samples.tsv --design '~ age' -c age:63:51
