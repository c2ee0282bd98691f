tilseq merge -o m $DATA/../../golden/merge/salmon/s1 $DATA/../../golden/merge/kallisto/s1
