tilseq gsea -g $DATA/sets.gmt --ranks $DATA/ranks.rnk --gsea-param 0 --score-type pos --min-size 2 --no-provenance | cut -f1-5
