cp $DATA/reads.sam aligned
tilseq qc -a $DATA/genes.gtf -o out aligned $DATA/reads_1.fq --no-provenance && ls out && cut -f 1,2 out/reads.tsv out/alignments.tsv
