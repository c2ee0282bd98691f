# blanks and quotes that a spreadsheet or R left round names
printf '"S 1"\tna\tG1 \t G2\t"G3"\t" G4 "\tG5\n' > q.gmt
printf 'G1\t5\nG2\t4\nG3\t3\nG4\t2\nG5\t1\nG6\t-1\n' > r.rnk
tilseq gsea -g q.gmt --ranks r.rnk --min-size 1 --no-provenance | cut -f 1,2
