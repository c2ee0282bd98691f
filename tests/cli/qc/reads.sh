tilseq qc -o out $DATA/reads_1.fq $DATA/reads_2.fq --no-provenance && ls out && cat out/reads.tsv && head -n 12 out/tilseq_reads_quality_mqc.tsv | cut -f 1-4
