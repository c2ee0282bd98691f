# two contigs of a file that could be one of the annotation: names as they stand first; genes beyond the end of a contig
printf '@SQ\tSN:1\tLN:9000\n@SQ\tSN:chr1\tLN:1500\n@SQ\tSN:2\tLN:9000\n' >two.sam
for c in 1 chr1 2; do printf 'r%s\t0\t%s\t1100\t60\t50M\t*\t0\t0\t*\t*\tNH:i:1\n' $c $c; done >>two.sam
printf 'A\tchr1\t1001\t2000\t+\nB\tchr2\t1001\t2000\t+\n' >genes.saf
tilseq count -s unstranded --no-provenance -a genes.saf two.sam 2>err
grep -o 'two.sam: .* contig.*' err
printf 'chr1\t1\n' >aliases.tsv
tilseq count -q -s unstranded --no-provenance -a genes.saf --aliases aliases.tsv two.sam
