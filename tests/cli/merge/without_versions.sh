sed 's/\.[0-9]*//' $DATA/../../golden/merge/tx2gene.tsv > t2g.tsv
tilseq merge -o m -g t2g.tsv $DATA/../../golden/merge/salmon/s1 && head -n 2 m.gene_tpm.tsv
