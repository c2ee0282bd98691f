tilseq score ${DATA%/data}/../golden/score/counts.tsv -m mean --scale range
