tilseq sets show
