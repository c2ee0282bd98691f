. "$DATA/../../support/slices.sh"
for k in 0 1 2; do tilseq count -q -a genes.gtf --level feature -o $k.tsv s$k.sam; done
rm 1.tsv.summary
tilseq merge -o m 0.tsv 1.tsv 2.tsv && ls m*
