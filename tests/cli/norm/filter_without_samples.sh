tilseq norm $DATA/counts.tsv --filter expr:arm
