printf 'ENST1.1\tENSG1\nENST2.1\tENSG2\n' > t2g.tsv
tilseq merge -o m -g t2g.tsv $DATA/../../golden/merge/salmon/s1; code=$?; ls; exit $code
