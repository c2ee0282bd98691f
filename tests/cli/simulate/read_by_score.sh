# what simulate writes, score reads: the effector programme is found whole, symbols by the gene_name column
tilseq simulate --genes 200 --patients 4 -o d -q --no-provenance
tilseq score d/counts.tsv -g d/sets.gmt -o s.tsv -q --no-provenance
grep '^EFFECTOR_EXTENDED' s.coverage.tsv
cut -f1 s.tsv | grep -c .
grep -c . d/sets.gmt
