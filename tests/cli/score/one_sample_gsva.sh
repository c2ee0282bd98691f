# a method that compares samples says so of one sample, and of genes that do not vary
printf 'gene_id\ts\nG1\t1.5\nG2\t2.5\nG3\t3.5\n' > one.tsv
printf 'gene_id\ts\tt\nG1\t1.5\t1.5\nG2\t2.5\t2.5\nG3\t3.5\t3.5\nG4\t1.5\t2.5\n' > const.tsv
printf 'A\tna\tG1\tG2\tG3\n' > m.gmt
for m in gsva zscore plage; do
    tilseq score one.tsv -g m.gmt -m $m --input log -q --no-provenance 2>&1; echo "exit $?"
done
tilseq score const.tsv -g m.gmt -m zscore --input log -q --no-provenance 2>&1; echo "exit $?"
