tilseq sets print
