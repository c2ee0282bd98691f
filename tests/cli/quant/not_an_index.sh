tilseq quant -i $DATA/transcripts.fa -r $DATA/reads_1.fq -o q
