printf '>p\nMKLVAAL\n' > p.fa; tilseq index -t p.fa -o x.idx
