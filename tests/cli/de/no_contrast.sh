tilseq de $DATA/counts.tsv $DATA/samples.tsv --design "~ arm" -o out; e=$?; ls; exit $e
