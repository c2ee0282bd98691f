tilseq norm $DATA/counts.tsv --to tpm -o out.tsv; code=$?; ls; exit $code
