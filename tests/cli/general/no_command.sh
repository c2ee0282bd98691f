tilseq
