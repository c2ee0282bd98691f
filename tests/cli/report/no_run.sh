tilseq report "$PWD"
