# mouse symbols: the mouse collection and the mouse definitions are taken
printf 'gene_id\ta\tb\nIfng\t10\t20\nGzmb\t30\t5\nPrf1\t8\t8\nCd8a\t5\t6\nCd8b1\t7\t9\nFoxp3\t3\t1\n' > m.tsv
tilseq score m.tsv -m mean -o s.tsv -q
grep species s.tsv.provenance.json
grep -E '^(EFFECTOR_CORE|CD8_TREG_RATIO|EFFECTOR_TREG_RATIO)	' s.tsv s.coverage.tsv
grep -E '^GEP18	' s.tsv || echo 'GEP18 is a human score'
