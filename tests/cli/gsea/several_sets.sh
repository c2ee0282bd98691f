printf 'TREG\tother\tCTLA4\tIFNG\nNEW\tother\tIFNG\tPRF1\n' > more.gmt
for how in first merge; do
    tilseq gsea -g $DATA/sets.gmt -g more.gmt --duplicates $how --ranks $DATA/ranks.rnk --min-size 1 --no-provenance | cut -f1-3
done
tilseq gsea -g $DATA/sets.gmt -g more.gmt --ranks $DATA/ranks.rnk
