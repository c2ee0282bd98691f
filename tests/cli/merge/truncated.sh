mkdir S; head -c 500 $DATA/../../golden/merge/salmon/s1/quant.sf > S/quant.sf
tilseq merge -o m $DATA/../../golden/merge/salmon/s2 S; code=$?; ls; exit $code
