tilseq de -m deseq2 $DATA/counts.tsv $DATA/samples.tsv --design "~ arm" -c arm:B:A --test lrt -o out; e=$?; ls; exit $e
