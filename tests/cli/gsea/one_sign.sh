awk '{ printf "%s\t%g\n", $1, $2 * $2 + 0.01 }' $DATA/ranks.rnk > lrt.rnk
tilseq gsea -g $DATA/sets.gmt --ranks lrt.rnk --min-size 2 --no-provenance | cut -f1-3,9
tilseq gsea -g $DATA/sets.gmt --ranks lrt.rnk --min-size 2 --score-type pos -q --no-provenance | cut -f1-3,9
