tilseq qc -a $DATA/genes.gtf -o out $DATA/reads_1.fq
