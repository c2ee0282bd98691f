tilseq index -t $DATA/transcripts.fa -g $DATA/tx2gene.tsv -o x.idx && cp $DATA/reads_1.fq $DATA/reads_2.fq . &&
tilseq quant -i x.idx -1 reads_1.fq -2 reads_2.fq -o q && cat q/quant.sf q/quant.genes.sf q/lib_format_counts.json && (cd q && find . -type f | LC_ALL=C sort)
