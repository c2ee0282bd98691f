tilseq score ${DATA%/data}/../golden/score/expression.tsv -g ${DATA%/data}/../golden/score/sets.gmt --scale cohort-free --no-provenance -q
