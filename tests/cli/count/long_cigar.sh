# a CIGAR of more operations than a record can count: as text, and with stand-ins and the tag CG
awk 'BEGIN {
    head = "@SQ\tSN:chr1\tLN:500000\n"
    printf "%s", head
    for (i = 0; i < 70000; i++) { cigar = cigar "1M1D"; words = words ",16,18" }
    print "long\t0\tchr1\t101\t60\t" cigar "1M\t*\t0\t0\t*\t*\tNH:i:1"
    print "tagged\t0\tchr1\t101\t60\t70001S140001N\t*\t0\t0\t*\t*\tCG:B:I" words ",16\tNH:i:1"
}' >long.sam
printf 'A\tchr1\t101\t300\t+\nFAR\tchr1\t140000\t150000\t+\n' >genes.saf
for mode in featurecounts union; do
    tilseq count -q -s unstranded -O all --no-provenance -a genes.saf --mode $mode -o o.tsv long.sam && cut -f 1,4 o.tsv
done
tilseq count -q -s unstranded -O all --no-provenance -a genes.saf --long-reads -o o.tsv long.sam && cut -f 1,4 o.tsv
tilseq count -q -s unstranded -a genes.saf --long-reads --max-cigar 5 long.sam
echo "exit $?"
tilseq count -q -s unstranded -a genes.saf --mode union --max-cigar 5 long.sam
echo "exit $?"
