tilseq gsea -g $DATA/sets.gmt --counts $DATA/counts.tsv --method fry
