# one name is common to both species; the others differ by case alone
printf 'S\tna\tCD8A\tGZMB\tIFNG\tPRF1\tCD3E\tCD3D\tCD4\tFOXP3\tIL2RA\tCTLA4\tLAG3\tC3\n' > h.gmt
printf 'Cd8a\t5\nGzmb\t4\nIfng\t3\nPrf1\t2\nCd3e\t1\nCd3d\t-1\nCd4\t-2\nFoxp3\t-3\nIl2ra\t-4\nCtla4\t-5\nLag3\t-6\nC3\t-7\n' > m.rnk
tilseq gsea -g h.gmt --ranks m.rnk -o o.tsv
