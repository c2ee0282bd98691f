printf 'T1\tG1\n' > few.tsv; tilseq index -t $DATA/transcripts.fa -g few.tsv -o x.idx
