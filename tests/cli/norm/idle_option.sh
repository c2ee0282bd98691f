tilseq norm $DATA/counts.tsv --prior-count 3
