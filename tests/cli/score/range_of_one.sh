# one set in one sample has no range: NA with a word, never an infinity
printf 'gene_id\ts\nG1\t1.5\nG2\t2.5\nG3\t3.5\nG4\t4\n' > one.tsv
printf 'A\tna\tG1\tG2\n' > m.gmt
tilseq score one.tsv -g m.gmt --scale range --input log --no-provenance
