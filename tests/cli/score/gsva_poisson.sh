tilseq score ${DATA%/data}/../golden/score/counts.tsv -g ${DATA%/data}/../golden/score/sets.gmt -m gsva --kcdf poisson --no-provenance -q
