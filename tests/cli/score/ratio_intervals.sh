# ratios on linear sums with an interval by counted reads; with lengths the scores published for TPM are on TPM
printf 'gene_id\tgene_name\tlength\ta\tb\nx1\tCD8A\t2000\t400\t40\nx2\tFOXP3\t1000\t100\t3\nx3\tGZMA\t500\t50\t60\nx4\tPRF1\t2500\t80\t20\nx5\tACTB\t1000\t99370\t99877\n' > m.tsv
printf 'name\tspecies\ttype\tdefinition\tscale\tnote\nCD8_TREG\thuman\tratio\tCD8A / FOXP3\tlinear\t\nNONE\thuman\tratio\tCD8A / NOSUCH\tlinear\t\nCYT\thuman\tgeomean\tGZMA,PRF1\tlinear\t\n' > s.tsv
tilseq score m.tsv --scores s.tsv -o out.tsv --no-provenance
cat out.tsv
rounded < out.intervals.tsv
cut -f1,2,4- m.tsv > plain.tsv
tilseq score plain.tsv --scores s.tsv --no-provenance -q
printf 'gene_id\tlength\nx1\t2000\nx2\t1000\nx3\t500\nx4\t2500\nx5\t1000\n' > l.tsv
tilseq score plain.tsv --scores s.tsv --lengths l.tsv --no-provenance -q | cmp - out.tsv && echo same
tilseq score plain.tsv --scores s.tsv --lengths l.tsv --input cpm --no-provenance -q; echo "exit $?"
