tilseq index -t $DATA/transcripts.fa -o x.idx; tilseq quant -i x.idx -r $DATA/reads_1.fq -l ISR -o q
