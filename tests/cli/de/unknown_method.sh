tilseq de $DATA/counts.tsv $DATA/samples.tsv --design "~ arm" -c arm:B:A --method deseq3 -o out; e=$?; ls; exit $e
