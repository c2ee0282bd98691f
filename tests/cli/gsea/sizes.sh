tilseq gsea -g $DATA/sets.gmt --ranks $DATA/ranks.rnk --min-size 4 --max-size 15 --no-provenance | cut -f1,2,5,9
