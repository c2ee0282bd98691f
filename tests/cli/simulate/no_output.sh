tilseq simulate --genes 100
