# the strand is told sample by sample: of one it is forward, of one reverse, of one neither
twice() { cat "$@"; sed '/^@/d; s/^/again_/' "$@"; }
twice "$DATA/reads.sam" >a.sam
awk -F'\t' -v OFS='\t' '!/^@/ { $2 += int($2 / 64) % 2 ? 64 : -64 } { print }' a.sam >b.sam
{ cat a.sam; sed '/^@/d; s/^/other_/' b.sam; } >c.sam
tilseq count -a "$DATA/genes.gtf" -o one.tsv a.sam b.sam c.sam 2>&1 | sed -n 's/.*s  \(.: strand: [a-z]*\).*/\1/p'
for s in a b c; do tilseq count -q -a "$DATA/genes.gtf" -o $s.tsv $s.sam; done
tilseq merge -q -o all a.tsv b.tsv c.tsv
cmp one.tsv all.counts.tsv && cmp one.tsv.summary all.counts.tsv.summary && echo same
