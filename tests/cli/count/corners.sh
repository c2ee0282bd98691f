# inputs whose cost was once the square of their size, each within seconds of CPU
ulimit -t 10
printf 'G\tc0\t1\t100000\t+\n' >genes.saf
count() {   # what, file
    tilseq count -q -s unstranded --no-provenance -a genes.saf -o o.tsv "$2" || echo "exit $?"
    echo "$1: $(tail -n 1 o.tsv | cut -f 4)"
}
# mates on the last of many contigs
awk -v contigs=20000 -v n=60000 'BEGIN {
    print "@HD\tVN:1.6\tSO:coordinate"
    for (c = 0; c < contigs; c++) print "@SQ\tSN:c" c "\tLN:100000"
    for (i = 0; i < n; i++) print "w" i "\t65\tc0\t" 1 + i "\t60\t10M\tc" contigs - 1 "\t" 1 + i "\t0\t*\t*"
    for (c = 1; c < contigs; c++) print "s" c "\t65\tc" c "\t100\t60\t10M\t=\t200\t0\t*\t*"
    for (i = 0; i < n; i++) print "w" i "\t129\tc" contigs - 1 "\t" 1 + i "\t60\t10M\tc0\t" 1 + i "\t0\t*\t*"
}' >contigs.sam
count 'far mates' contigs.sam
# all reads of one name and place, first ends and then second ones
awk -v n=100000 'BEGIN {
    print "@SQ\tSN:c0\tLN:100000"
    for (i = 0; i < n; i++) print "x\t65\tc0\t10\t60\t10M\t=\t10\t0\t*\t*"
    for (i = 0; i < n; i++) print "x\t129\tc0\t10\t60\t10M\t=\t10\t0\t*\t*"
}' >names.sam
count 'one name' names.sam
