awk '{ printf "%s\t%.0f\n", $1, $2 }' $DATA/ranks.rnk > tied.rnk
sort -r tied.rnk > other.rnk
tilseq gsea -g $DATA/sets.gmt --ranks tied.rnk --min-size 2 --no-provenance > a.tsv
tilseq gsea -g $DATA/sets.gmt --ranks other.rnk --min-size 2 --no-provenance > b.tsv
cmp a.tsv b.tsv && cut -f1-5 a.tsv
tilseq gsea -g $DATA/sets.gmt --ranks tied.rnk --min-size 2 --ties input --no-provenance -q | cut -f1-3
