printf 'gene_id\tgene_name\tlength\ts1\ts2\nG1\tA\t1000\t5\t1\nG2\tB\t500\t5\t0\n' > one.tsv
printf '# Program:featureCounts v2.0.3; Command:""\nGeneid\tChr\tStart\tEnd\tStrand\tLength\t/x/s3.bam\nG1\tc\t1\t1000\t+\t1000\t7\nG2\tc\t1\t500\t+\t500\t8\n' > two.txt
tilseq merge --no-provenance -o m one.tsv two.txt && ls && cat m.gene_counts.tsv m.gene_tpm.tsv
