sed 's/T00[3]\.[0-9]/X&/' $DATA/../../golden/merge/tx2gene.tsv > t2g.tsv
tilseq merge -o m -g t2g.tsv $DATA/../../golden/merge/salmon/s1 $DATA/../../golden/merge/salmon/s2 --allow-missing && head -n 2 m.gene_tpm.tsv && grep -c "^T003" m.gene_tpm.tsv
