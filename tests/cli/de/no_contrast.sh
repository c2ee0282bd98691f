tilseq de -m deseq2 $DATA/counts.tsv $DATA/samples.tsv --design "~ arm" -o out; e=$?; ls; exit $e
