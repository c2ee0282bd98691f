printf 'gene_id\tgene_name\tbaseMean\tlog2FoldChange\tlfcSE\tstat\tpvalue\tpadj\tstatus\n' > de.tsv
awk '{ s = $2 < 0 ? -$2 : $2; printf "ENSG%011d.4\t%s\t10\t%s\t1\t%s\t0.1\t%s\tok\n", NR, $1, $2, $2, (s > 0.8 ? 0.01 : 0.5) }' $DATA/ranks.rnk >> de.tsv
printf 'ENSG00000000900.1\tIFNG\t10\t3\t1\t3\t0.1\t0.02\tok\nENSG00000000901.1\tNA\t0\tNA\tNA\tNA\tNA\tNA\tall_zero\n' >> de.tsv
tilseq gsea -g $DATA/sets.gmt --de de.tsv --min-size 2 --no-provenance | cut -f1-5
tilseq gsea -g $DATA/sets.gmt --de de.tsv --rank-by log2FoldChange --method ora --min-size 2 --no-provenance
tilseq gsea -g $DATA/sets.gmt --de de.tsv --method ora --score-type neg --alpha 0.05 --min-size 2 --no-provenance -q | cut -f1-5
printf 'gene_id\tsymbol\nENSG00000000003\tCTLA4\n' > genes.tsv
tilseq gsea -g $DATA/sets.gmt --de de.tsv --genes genes.tsv --min-size 1 --no-provenance -q | cut -f1-5
