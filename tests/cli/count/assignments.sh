# a line for each fragment needs a strand that is given, and one file
for s in auto unstranded; do
    tilseq count -q -s $s -a "$DATA/genes.gtf" --assignments core.tsv -o o.tsv "$DATA/reads.sam"
    echo "exit $? $(ls core.tsv 2>/dev/null)"
done
cut -f 2 core.tsv | sort | uniq -c | sed 's/^ *//'
grep -v '	0$' o.tsv.summary
cp "$DATA/reads.sam" b.sam
tilseq count -q -s unstranded -a "$DATA/genes.gtf" --assignments core.tsv -o o.tsv "$DATA/reads.sam" b.sam
echo "exit $?"
