tilseq sets check ${DATA%/data}/../golden/score/sets.gmt ${DATA%/data}/../golden/score/counts.tsv --no-provenance -q
