tilseq index -t $DATA/transcripts.fa -g $DATA/tx2gene.tsv -o x.idx && head -c 8 x.idx
