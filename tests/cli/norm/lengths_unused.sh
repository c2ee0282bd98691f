tilseq norm $DATA/counts.tsv --lengths $DATA/counts.tsv
