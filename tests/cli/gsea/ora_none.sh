printf 'gene_id\tstat\tpadj\n' > de.tsv
awk '{ printf "%s\t%s\t0.5\n", $1, $2 }' $DATA/ranks.rnk >> de.tsv
tilseq gsea -g $DATA/sets.gmt --de de.tsv --method ora --min-size 2 --no-provenance
