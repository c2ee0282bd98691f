printf "A\tna\tCd8a\tIfng\tGzmb\n" > m.gmt; tilseq gsea -g m.gmt --ranks $DATA/ranks.rnk
