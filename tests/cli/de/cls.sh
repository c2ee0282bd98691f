printf '8 2 1\n# A B\nA A A A B B B B\n' >x.cls
tilseq de -m deseq2 $DATA/counts.tsv x.cls --design '~ class' -c class:B:A -o a -q --no-provenance
tilseq de -m deseq2 $DATA/counts.tsv $DATA/samples.tsv --design '~ arm' -c class_B_vs_A=arm:B:A -o b -q --no-provenance
cmp a/class_B_vs_A.de.tsv b/class_B_vs_A.de.tsv && echo same
