tilseq index -t $DATA/transcripts.fa -o x.idx; head -n 200 $DATA/reads_2.fq > 2.fq
tilseq quant -i x.idx -1 $DATA/reads_1.fq -2 2.fq -o q
