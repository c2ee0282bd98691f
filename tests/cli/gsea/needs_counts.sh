tilseq gsea -g $DATA/sets.gmt --ranks $DATA/ranks.rnk --method fry
