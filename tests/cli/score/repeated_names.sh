# two ids of one gene: the row with the higher mean is used, and said so
printf 'gene_id\tgene_name\ta\tb\nx1\tGZMB\t1.5\t1\nx2\tGZMB\t4\t5\nx3\tPRF1\t2\t2.5\n' > m.tsv
printf 'A\tna\tGZMB\n' > m.gmt
tilseq score m.tsv -g m.gmt -m mean --no-provenance
