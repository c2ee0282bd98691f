# a header that promises an order which the records do not keep: a file is read again without trust, a pipe is refused
awk 'BEGIN {
    print "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:2000\n@SQ\tSN:chr2\tLN:2000"
    for (i = 0; i < 20; i++) print "p" i "\t129\tchr2\t150\t60\t50M\tchr1\t120\t0\t*\t*"
    for (i = 0; i < 20; i++) print "p" i "\t65\tchr1\t120\t60\t50M\tchr2\t150\t0\t*\t*"
}' >stale.sam
printf 'A\tchr1\t101\t300\t+\nC\tchr2\t101\t300\t+\n' >genes.saf
tilseq count -s unstranded --no-provenance -a genes.saf -o o.tsv stale.sam && cat o.tsv && grep -v '	0$' o.tsv.summary
cat stale.sam | tilseq count -q -s unstranded -a genes.saf -o pipe.tsv -
echo "exit $? $(ls pipe.tsv 2>/dev/null)"
