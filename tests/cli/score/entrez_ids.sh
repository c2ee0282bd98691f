# IFNG GZMB PRF1 by Entrez id, CCN2 under its former symbol elsewhere; rows of one gene: the higher mean
printf 'gene_id\ta\tb\n3458\t10\t20\n3002\t30\t5\n5551\t8\t8\n1\t100\t90\n999999999\t7\t8\n' > m.tsv
tilseq score m.tsv -m mean --no-provenance -o s.tsv && grep -E '^(set|EFFECTOR_CORE|CYT)	' s.tsv s.coverage.tsv
