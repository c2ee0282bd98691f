sed '3s/51/NA/' $DATA/samples.tsv > s.tsv; tilseq design s.tsv --design '~ age' -q; tilseq design s.tsv --design '~ age' --drop-na
