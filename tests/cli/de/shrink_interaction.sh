tilseq de -m deseq2 $DATA/counts.tsv $DATA/samples.tsv --design "~ arm * time" -c x=armB --shrink normal -o out; e=$?; ls; exit $e
