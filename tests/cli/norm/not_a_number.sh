printf 'gene_id\tS1\tS2\nA\t1\t12.5\nB\t3\t4\n' >m.tsv
tilseq norm m.tsv --to cpm --no-provenance | sed 's/\(\.[0-9]\{4\}\)[0-9]*/\1/g'
printf 'gene_id\tS1\tS2\nA\t1\tx\n' >m.tsv
tilseq norm m.tsv
