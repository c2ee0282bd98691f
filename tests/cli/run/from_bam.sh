# a count of each sample, then one table of all, which is what one call would have written
tilseq simulate -q --patients 6 --genes 120 --reads bam --fragments 6000 --seed 2 -o sim
tilseq run sim/samples.tsv -a sim/genes.gtf -g sim/sets.gmt --pair patient --arm arm --time timepoint --method deseq2 -o out -q 2>/dev/null
ls out out/de
ls out/count | grep -v '^P0'
tilseq count -q -a sim/genes.gtf --sample-names "$(sed 1d out/samples.tsv | cut -f1 | paste -sd,)" -o once.tsv --no-provenance \
    $(sed 1d out/samples.tsv | cut -f1 | sed 's|.*|sim/&.bam|')
grep -v '^##' out/count/all.counts.tsv | cmp - once.tsv && echo same
