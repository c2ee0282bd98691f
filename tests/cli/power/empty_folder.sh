mkdir empty; tilseq power empty
