tilseq qc -o out $DATA/reads.sam
