# tables as readers take them: compressed, from standard input, with other line ends; summaries under either name
. "$DATA/../../support/slices.sh"
tilseq count -q -a genes.gtf -o one.tsv s0.sam s1.sam s2.sam
for k in 0 1 2; do tilseq count -q -a genes.gtf -o $k.tsv s$k.sam; done
same() { cmp one.tsv $1.counts.tsv && cmp one.tsv.summary $1.counts.tsv.summary && echo "same: $1"; }
gzip 0.tsv
gzip <1.tsv >1.tsv.gz
mv 1.tsv.summary 1.tsv.gz.summary
gzip 2.tsv.summary
sed 's/$/\r/' 2.tsv >2.crlf && mv 2.crlf 2.tsv
tilseq merge -q -o gz 0.tsv.gz 1.tsv.gz 2.tsv && same gz
tilseq merge -o piped 0.tsv.gz - 2.tsv <1.tsv.gz && cmp one.tsv piped.counts.tsv && ls piped*
