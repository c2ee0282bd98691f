tilseq design $DATA/samples.tsv --pair patient
