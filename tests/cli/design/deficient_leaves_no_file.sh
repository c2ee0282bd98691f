tilseq design $DATA/samples.tsv --design '~ patient + arm' -o out.tsv; e=$?; ls; exit $e
