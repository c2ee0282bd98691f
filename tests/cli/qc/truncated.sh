gzip -c $DATA/reads_1.fq | head -c 200 >cut.fq.gz
tilseq qc -o out cut.fq.gz; code=$?; ls; exit $code
