tilseq index -t $DATA/transcripts.fa -o x.idx; gzip -c $DATA/reads_1.fq | head -c 400 > cut.fq.gz
tilseq quant -i x.idx -1 cut.fq.gz -2 $DATA/reads_2.fq -o q; code=$?; ls q 2>&1 | head -1; exit $code
