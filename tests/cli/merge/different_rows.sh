mkdir S; grep -v T003 $DATA/../../golden/merge/salmon/s1/quant.sf > S/quant.sf; printf 'TX9\t100\t50\t0\t0\n' >> S/quant.sf
tilseq merge -o m -g $DATA/../../golden/merge/tx2gene.tsv $DATA/../../golden/merge/salmon/s1 S
