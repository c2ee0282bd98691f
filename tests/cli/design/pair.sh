tilseq design $DATA/samples.tsv --pair patient --time time --arm arm --exclude sample=S7 --weights w.tsv; grep -v '^##' w.tsv
