tilseq score ${DATA%/data}/../golden/score/counts.tsv --kcdf none
