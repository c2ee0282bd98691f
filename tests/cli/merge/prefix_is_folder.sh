tilseq merge -o out/ $DATA/../../golden/merge/salmon/s1
