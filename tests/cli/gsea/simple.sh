tilseq gsea -g $DATA/sets.gmt --ranks $DATA/ranks.rnk --method simple --permutations 500 --seed 7 --min-size 2 --no-provenance | cut -f1-7
