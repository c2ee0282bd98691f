printf 'id,variable,reference,target,blocking\none,arm,A,B,\ntwo,arm,A,B,batch\n' > c.csv
tilseq de -m deseq2 $DATA/counts.tsv $DATA/samples.tsv -c c.csv --test lrt --reduced "~ 1" -o out; e=$?; ls; exit $e
