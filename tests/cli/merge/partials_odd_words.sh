# operands are told from other words that look like them, and keep their quotes
. "$DATA/../../support/slices.sh"
mkdir 'a folder'
mv s0.sam 'a folder/s0.sam'
mv s1.sam "it's.sam"
mv s2.sam exon
same() { cmp one.tsv $1.counts.tsv && cmp one.tsv.summary $1.counts.tsv.summary && echo "same: $1"; }
tilseq count -t exon 'a folder/s0.sam' "it's.sam" exon -a./genes.gtf -Mall -qo one.tsv
tilseq count -t exon 'a folder/s0.sam' -a./genes.gtf -Mall -qo 0.tsv
tilseq count -t exon "it's.sam" -a./genes.gtf -Mall -qo 1.tsv
tilseq count -t exon exon -a./genes.gtf -Mall -qo 2.tsv
tilseq merge -q -o odd 0.tsv 1.tsv 2.tsv && same odd
sed -n 2p odd.counts.tsv
