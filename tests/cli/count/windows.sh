# dense windows: every read is counted on all it lies on, and many deep sets take little memory
awk 'BEGIN { for (i = 0; i < 60; i++) print "w" i "\tchr1\t" 100 * i + 1 "\t" 100 * i + 1500 "\t" (i % 7 ? "+" : "-") }' >windows.saf
awk 'BEGIN { for (i = 0; i < 60; i++) print "w" i "\tchr1\t" 100 * i + 1 "\t" 100 * i + 1500 + (i % 5) * 40 "\t+" }' >uneven.saf
awk 'BEGIN { print "@SQ\tSN:chr1\tLN:100000"
    for (i = 0; i < 300; i++) print "r" i "\t0\tchr1\t" 1 + 25 * i "\t60\t30M\t*\t0\t0\t*\t*\tNH:i:1" }' >reads.sam
for saf in windows uneven; do
    tilseq count -q -s unstranded -O all --no-provenance -a $saf.saf -o o.tsv reads.sam
    awk -F'\t' 'NR == FNR { n = 0; for (i = 0; i < 300; i++) if (1 + 25 * i <= $4 && 30 + 25 * i >= $3) n++; want[$1] = n; next }
        FNR > 1 && want[$1] != $4 { print "wrong: " $1, $4, want[$1] } FNR > 1 { sum += $4 } END { print sum }' $saf.saf o.tsv
done
awk 'BEGIN { for (i = 0; i < 60000; i++) print "w" i "\tchr1\t" 1000 * i + 1 "\t" 1000 * i + 1000000 "\t+" }' >many.saf
([ -n "${TILSEQ_SANITIZED:-}" ] || ulimit -v 400000; tilseq count -q -s unstranded -O all --no-provenance -a many.saf -o o.tsv reads.sam; echo "exit $?")
