tilseq index -t $DATA/transcripts.fa -o x.idx && tilseq quant -i x.idx -r $DATA/reads_1.fq --fragment-mean 150 --fragment-sd 20 -l U -o q && cat q/quant.sf
