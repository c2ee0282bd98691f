tilseq de $DATA/counts.tsv $DATA/samples.tsv --design "~ arm" -c arm:B:A
