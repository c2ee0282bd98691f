printf "gene_id\tx\nA\t1\n" > de.tsv; tilseq gsea -g $DATA/sets.gmt --de de.tsv
