printf 'A\tna\tIfng\tGzmb\tPrf1\n' > m.gmt
printf 'gene_id\ta\tb\nENSMUSG00000055170.9\t10\t20\nENSMUSG00000015437.5\t30\t5\nENSMUSG00000037202.1\t8\t8\n' > m.tsv
tilseq score m.tsv -g m.gmt -m mean --no-provenance
