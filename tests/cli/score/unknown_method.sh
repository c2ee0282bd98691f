tilseq score ${DATA%/data}/../golden/score/counts.tsv -m ssgse
