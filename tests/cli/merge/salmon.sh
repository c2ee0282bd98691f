tilseq merge -g $DATA/../../golden/merge/tx2gene.tsv -o out/m $DATA/../../golden/merge/salmon/s1 $DATA/../../golden/merge/salmon/s2/quant.sf $DATA/../../golden/merge/salmon/s3 --no-provenance &&
ls out && head -n 3 out/m.*.tsv
