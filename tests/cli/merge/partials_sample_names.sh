# names given to tilseq count are joined; names given to tilseq merge are those one call would have been given
. "$DATA/../../support/slices.sh"
mkdir one two
mv s0.sam one/s.sam
mv s1.sam two/s.sam
same() { cmp $1 $2.counts.tsv && cmp $1.summary $2.counts.tsv.summary && echo "same: $2"; }
tilseq count -q -a genes.gtf --sample-names 'A 1,B' -o ab.tsv one/s.sam two/s.sam
tilseq count -q -a genes.gtf --sample-names 'A 1' -o a.tsv one/s.sam
tilseq count -q -a genes.gtf --sample-names B -o b.tsv two/s.sam
tilseq merge -q -o in_quotes a.tsv b.tsv && same ab.tsv in_quotes
head -n 2 in_quotes.counts.tsv
tilseq count -q -a genes.gtf --sample-names=A,B,C -o abc.tsv one/s.sam two/s.sam s2.sam
tilseq count -q -a genes.gtf --sample-names=A,B -o ab.tsv one/s.sam two/s.sam
tilseq count -q -a genes.gtf --sample-names=C -o c.tsv s2.sam
tilseq merge -q -o three ab.tsv c.tsv && same abc.tsv three
tilseq merge -q -o renamed --sample-names A,B,C ab.tsv c.tsv && same abc.tsv renamed
tilseq count -q -a genes.gtf -o d.tsv one/s.sam
tilseq count -q -a genes.gtf -o e.tsv two/s.sam
tilseq count -q --sample-names D,E -a genes.gtf -o de.tsv one/s.sam two/s.sam
tilseq merge -q -o named_by_merge --sample-names D,E d.tsv e.tsv && same de.tsv named_by_merge
tilseq merge -q -o twice d.tsv e.tsv
