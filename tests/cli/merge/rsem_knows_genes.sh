tilseq merge -o m $DATA/../../golden/merge/rsem/s1.isoforms.results $DATA/../../golden/merge/rsem/s2.isoforms.results -q && head -n 3 m.gene_lengths.tsv && cat m.provenance.json
