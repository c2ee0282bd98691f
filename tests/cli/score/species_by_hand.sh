# --species human on mouse symbols: nothing fits, and both sides are shown
printf 'gene_id\ta\tb\nIfng\t10\t20\nGzmb\t30\t5\nPrf1\t8\t8\n' > m.tsv
tilseq score m.tsv -m mean --species human -o s.tsv
