tilseq nosuch
