tilseq design $DATA/samples.tsv --design '~ 0 + arm + time' --reference arm=B --include batch=b1
