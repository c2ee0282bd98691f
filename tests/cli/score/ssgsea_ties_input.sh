# tied genes in the order of rows, as GSVA has them
tilseq score ${DATA%/data}/../golden/score/expression.tsv -g ${DATA%/data}/../golden/score/sets.gmt --no-provenance -q --ties input
