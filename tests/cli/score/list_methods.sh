tilseq score --list-methods
