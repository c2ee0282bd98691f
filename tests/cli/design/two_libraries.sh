sed '4s/pre/on/; 3s/P1/P2/' $DATA/samples.tsv > s.tsv; tilseq design s.tsv --pair patient --time time
