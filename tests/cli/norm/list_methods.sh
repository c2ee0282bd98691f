tilseq norm --list-methods -q
