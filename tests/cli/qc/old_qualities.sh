printf '@a\nACGT\n+\nBBhh\n@b\nACGA\n+\nhhhh\n' >old.fq
tilseq qc -o out old.fq --no-provenance && cut -f 1,8,16 out/reads.tsv
