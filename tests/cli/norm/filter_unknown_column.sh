tilseq norm $DATA/counts.tsv --samples $DATA/samples.tsv --filter expr:nosuch
