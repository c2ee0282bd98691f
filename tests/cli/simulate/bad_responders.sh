tilseq simulate -o d --responders 0.2,1.5
