tilseq index -t $DATA/transcripts.fa -k 30 -o x.idx
