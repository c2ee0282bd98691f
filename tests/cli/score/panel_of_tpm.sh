# a panel of TPM is not taken for log values; values that may be either are said to be
printf 'gene_id\ta\tb\nGZMB\t12.5\t3.2\nIFNG\t.4\t1.1\nPRF1\t8.1\t2\nCXCL9\t45\t3\n' > tpm.tsv
printf 'gene_id\ta\tb\nGZMB\t12.5\t3.2\nIFNG\t.4\t1.1\nPRF1\t8.1\t2\n' > either.tsv
printf 'EFF\tna\tGZMB\tIFNG\tPRF1\n' > m.gmt
tilseq score tpm.tsv -g m.gmt -m mean --no-provenance -q 2>&1; echo "exit $?"
tilseq score tpm.tsv -g m.gmt -m mean --no-provenance -q --input tpm
tilseq score either.tsv -g m.gmt -m mean --no-provenance
