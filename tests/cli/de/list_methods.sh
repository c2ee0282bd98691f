tilseq de --list-methods | cut -d" " -f1 | grep .
