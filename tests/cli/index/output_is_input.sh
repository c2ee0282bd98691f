cp $DATA/transcripts.fa t.fa; tilseq index -t t.fa -o t.fa
