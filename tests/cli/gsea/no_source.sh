tilseq gsea -g $DATA/sets.gmt
