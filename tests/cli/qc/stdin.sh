printf '@a\r\nACGT\r\n+\r\nIIII\r\n' | gzip -c | tilseq qc -o out - --sample-names S1 --no-provenance && cut -f 1-5 out/reads.tsv
