tilseq simulate -o d --responders 0.2,0.5,0.8
