tilseq gsea -g $DATA/sets.gmt --ranks $DATA/ranks.rnk --min-size 2 --precise --no-provenance | cut -f1-7
