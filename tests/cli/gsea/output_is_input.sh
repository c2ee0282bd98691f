cp $DATA/ranks.rnk r.rnk; tilseq gsea -g $DATA/sets.gmt --ranks r.rnk -o r.rnk; e=$?; cmp r.rnk $DATA/ranks.rnk && exit $e
