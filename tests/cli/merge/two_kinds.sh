printf 'G01\t4\nG02\t5\n' > c.txt
tilseq merge -o m $DATA/../../golden/merge/salmon/s1 c.txt; code=$?; ls; exit $code
