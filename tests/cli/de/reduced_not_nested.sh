tilseq de -m deseq2 $DATA/counts.tsv $DATA/samples.tsv --design "~ batch + arm" -c arm:B:A --test lrt --reduced "~ 0 + arm + batch" -o out; e=$?; ls; exit $e
