# a file that leaves its strand open is counted each way, of which merge takes the one of the others: one call's bytes
twice() { cat "$@"; sed '/^@/d; s/^/again_/' "$@"; }
twice "$DATA/reads.sam" >a.sam
awk -F'\t' -v OFS='\t' '!/^@/ { $2 += int($2 / 64) % 2 ? 64 : -64 } { print }' a.sam >b.sam
head -n 60 a.sam >few.sam
for s in a b few; do tilseq count -q --each-strand -a "$DATA/genes.gtf" -o $s.tsv $s.sam; done
ls
for sides in 'a few' 'few b' 'few a'; do
    set -- $sides
    tilseq count -q -a "$DATA/genes.gtf" -o one.tsv $1.sam $2.sam
    tilseq merge -o all $1.tsv $2.tsv 2>&1 | grep 'as the other'
    cmp one.tsv all.counts.tsv && cmp one.tsv.summary all.counts.tsv.summary && echo "same: $sides"
done
# without ##tilseq lines the summaries say it
mkdir plain out
for s in a b few; do tilseq count -q --each-strand --no-provenance -a "$DATA/genes.gtf" -o plain/$s.tsv $s.sam; done
tilseq count -q --no-provenance -a "$DATA/genes.gtf" -o one.tsv few.sam b.sam
tilseq merge -q --no-provenance -o all plain/few.tsv plain/b.tsv
cmp one.tsv all.counts.tsv && cmp one.tsv.summary all.counts.tsv.summary && echo "same"
tilseq merge -q -o out/all plain/a.tsv plain/b.tsv 2>/dev/null
echo "exit $? $(ls out)"
# what stands there of another file is not taken
cp b.tsv few.tsv.forward && cp b.tsv.summary few.tsv.forward.summary
tilseq merge -q -o out/all a.tsv few.tsv
echo "exit $? $(ls out)"
# strands that were given may differ: each sample is as its own was, which is said and recorded
for s in a:forward b:reverse; do
    tilseq count -q -s ${s#*:} -a "$DATA/genes.gtf" -o given_${s%:*}.tsv ${s%:*}.sam
done
tilseq merge -o given given_a.tsv given_b.tsv 2>&1 | grep -o 'samples were counted.*'
grep -e '##tilseq.command' -e '##tilseq.strand' given.counts.tsv
grep '^Strand' given.counts.tsv.summary
grep -v '^##' given_b.tsv | cut -f4 >b && grep -v '^##' given.counts.tsv | cut -f5 | cmp - b && echo kept
# an open one follows those that were given
tilseq merge -q -o all given_b.tsv few.tsv 2>/dev/null; grep '^Strand' all.counts.tsv.summary
# what --each-strand is not for
for more in '-s forward a.sam -o x.tsv' 'a.sam b.sam -o x.tsv' 'a.sam' 'a.sam -o x.tsv --format htseq'; do
    tilseq count -q --each-strand -a "$DATA/genes.gtf" $more 2>&1
    echo "exit $?"
done
