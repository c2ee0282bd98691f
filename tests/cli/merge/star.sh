printf 'N_unmapped\t1\t1\t1\nN_multimapping\t0\t0\t0\nN_noFeature\t1\t9\t1\nN_ambiguous\t0\t0\t0\nMissingGeneID\t6\t3\t3\nG1\t10\t1\t9\nG2\t20\t0\t20\n' > aReadsPerGene.out.tab
printf 'N_unmapped\t1\t1\t1\nG2\t5\t0\t5\nG1\t7\t0\t7\n' > bReadsPerGene.out.tab
tilseq merge -o m aReadsPerGene.out.tab bReadsPerGene.out.tab && cat m.gene_counts.tsv &&
tilseq merge -q -s forward -o n aReadsPerGene.out.tab bReadsPerGene.out.tab && cat n.gene_counts.tsv
