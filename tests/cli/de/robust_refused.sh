tilseq de -m deseq2 $DATA/counts.tsv $DATA/samples.tsv --design "~ arm" -c arm:B:A --robust -o out; e=$?; ls; exit $e
