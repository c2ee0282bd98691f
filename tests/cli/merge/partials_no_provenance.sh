# tilseq merge --no-provenance leaves the ##tilseq lines out, as one call would
. "$DATA/../../support/slices.sh"
tilseq count -q -a genes.gtf --no-provenance -o one.tsv s0.sam s1.sam
for k in 0 1; do tilseq count -q -a genes.gtf -o $k.tsv s$k.sam; done
tilseq merge -q --no-provenance -o m 0.tsv 1.tsv && cmp one.tsv m.counts.tsv && ls
