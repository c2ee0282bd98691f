# a sample with too few reads to tell its strand follows the others, as in one call; strands that the sheet declares are
# counted so, each sample as its own; those that nobody declared and that differ are refused
tilseq simulate -q --patients 4 --genes 60 --reads bam --fragments 1500 --seed 2 --no-provenance -o sim
tilseq simulate -q --patients 4 --genes 60 --reads bam --fragments 60 --seed 2 --no-provenance -o few
cp few/P002_pre.bam sim/P002_pre.bam
# strandedness of the sheet: TEXT in each row, WORD instead where the sample is named
strands() {
    awk -F'\t' -v OFS='\t' -v all="$1" -v some="${2:-}" '
        BEGIN { n = split(some, s, " "); for (i = 1; i <= n; i++) { split(s[i], w, "="); of[w[1]] = w[2] } }
        /^##/ { next }
        !c { for (c = 1; $c != "strandedness"; c++) { } print; next }
        { $c = $1 in of ? of[$1] : all; print }' sim/samples.tsv
}
say() { echo "== $1"; shift; "$@" >log 2>&1; echo "exit $?"; }
strands auto >sim/auto.tsv
say 'one without evidence' tilseq run sim/auto.tsv -a sim/genes.gtf -g sim/sets.gmt -o out -q
ls out/count | grep P002_pre
samples=$(sed 1d out/samples.tsv | cut -f1)
tilseq count -q -a sim/genes.gtf --sample-names "$(echo $samples | tr ' ' ,)" -o once.tsv --no-provenance \
    $(for s in $samples; do echo sim/$s.bam; done) 2>/dev/null
grep -v '^##' out/count/all.counts.tsv | cmp - once.tsv && cmp out/count/all.counts.tsv.summary once.tsv.summary && echo same
cut -f1-3 once.tsv.summary | tail -n 1
cut -f1,20- out/qc/P002_pre/alignments.tsv | grep -v '^##'
say 'the same without provenance' tilseq run sim/auto.tsv -a sim/genes.gtf -g sim/sets.gmt -o plain -q --no-provenance
cmp plain/count/all.counts.tsv once.tsv && echo same
# declared
strands reverse 'P001_pre=unstranded P003_pre=auto' >sim/declared.tsv
say declared tilseq run sim/declared.tsv -a sim/genes.gtf -g sim/sets.gmt -o declared
grep -o 'samples were counted.*' log
tail -n 1 declared/count/all.counts.tsv.summary | tr '\t' '\n'
say 'its steps' tilseq run sim/declared.tsv -a sim/genes.gtf -g sim/sets.gmt -n -o never
grep 'count/P00[123]_pre' log | grep -o -e '--strand [a-z]*' -e '--each-strand'
# undeclared: the counts are kept, the figures told, no matrix is made
{ cat "$DATA/reads.sam"; sed '/^@/d; s/^/again_/' "$DATA/reads.sam"; } >a.sam
awk -F'\t' -v OFS='\t' '!/^@/ { $2 += int($2 / 64) % 2 ? 64 : -64 } { print }' a.sam >b.sam
printf 'sample\tbam\na\ta.sam\nb\tb.sam\n' >differ.tsv
say undeclared tilseq run differ.tsv -a "$DATA/genes.gtf" -g sim/sets.gmt -o differ
grep -o -e 'strand: [a-z]*: .*' -e 'samples disagree.*' log | sort
ls differ/count
# a library under two names is found when it is counted
tilseq simulate -q --patients 2 --genes 120 --reads bam --fragments 6000 --seed 2 --no-provenance -o twin
cp twin/P001_pre.bam twin/P001_on.bam
say "copied BAM" tilseq run twin/samples.tsv -a twin/genes.gtf -g sim/sets.gmt -o out -q
grep -o 'samples P00.*same counts.*' log
