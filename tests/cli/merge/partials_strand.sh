# one matrix has one strand: samples that say different things are refused, in one call and put together; one that says
# nothing clear follows the others, which put together asks for counting it again
twice() { cat "$@"; sed '/^@/d; s/^/again_/' "$@"; }
twice "$DATA/reads.sam" >a.sam
awk -F'\t' -v OFS='\t' '!/^@/ { $2 += int($2 / 64) % 2 ? 64 : -64 } { print }' a.sam >b.sam
{ cat a.sam; sed '/^@/d; s/^/other_/' b.sam; } >c.sam
head -n 60 a.sam >few.sam
for s in a b c few; do tilseq count -q -a "$DATA/genes.gtf" -o $s.tsv $s.sam; done
tilseq count -q -a "$DATA/genes.gtf" -o out/one.tsv a.sam b.sam c.sam few.sam
echo "exit $? $(ls out 2>/dev/null)"
tilseq merge -q -o out/all a.tsv b.tsv c.tsv few.tsv
echo "exit $? $(ls out 2>/dev/null)"
tilseq count -q -s unstranded -a "$DATA/genes.gtf" -o given.tsv a.sam b.sam c.sam few.sam
grep '^Strand' given.tsv.summary
tilseq count -a "$DATA/genes.gtf" -o one.tsv a.sam few.sam 2>&1 | grep -o 'few: strand: .*'
grep '^Strand' one.tsv.summary
grep '##tilseq.strand' one.tsv
tilseq merge -q -o out/all a.tsv few.tsv
echo "exit $? $(ls out 2>/dev/null)"
tilseq count -q --strict -a "$DATA/genes.gtf" -o out/one.tsv a.sam few.sam
echo "exit $? $(ls out 2>/dev/null)"
# alike ones are put together to the bytes of one call
sed 's/^again_/once_more_/' a.sam >d.sam
tilseq count -q -a "$DATA/genes.gtf" -o one.tsv a.sam d.sam
tilseq count -q -a "$DATA/genes.gtf" -o d.tsv d.sam
tilseq merge -q -o all a.tsv d.tsv
cmp one.tsv all.counts.tsv && cmp one.tsv.summary all.counts.tsv.summary && echo same
