tilseq gsea -g $DATA/sets.gmt --ranks $DATA/ranks.rnk --score-type neg --min-size 2 --no-provenance | cut -f1-5
