tilseq norm $DATA/counts.tsv -m medianratio
