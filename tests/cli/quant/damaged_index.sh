tilseq index -t $DATA/transcripts.fa -o x.idx; printf 'X' | dd of=x.idx bs=1 seek=700 conv=notrunc 2>/dev/null
tilseq quant -i x.idx -r $DATA/reads_1.fq -o q
