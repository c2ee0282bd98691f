tilseq score ${DATA%/data}/../golden/score/expression.tsv -g ${DATA%/data}/../golden/score/sets.gmt -m plage --min-size 3 --no-provenance -q | rounded
