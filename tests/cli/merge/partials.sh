# samples counted one by one and merged are, to the byte, the samples counted in one call
. "$DATA/../../support/slices.sh"
same() {    # what, options of count
    what=$1
    shift
    rm -rf out
    mkdir out
    tilseq count -q -a genes.gtf "$@" -o out/one.tsv s0.sam s1.sam s2.sam || return
    for k in 0 1 2; do tilseq count -q -a genes.gtf "$@" -o out/$k.tsv s$k.sam || return; done
    tilseq merge -q -o out/all out/0.tsv out/1.tsv out/2.tsv &&
        cmp out/one.tsv out/all.counts.tsv && cmp out/one.tsv.summary out/all.counts.tsv.summary || return
    # in two steps, either way
    tilseq merge -q -o out/01 out/0.tsv out/1.tsv && tilseq merge -q -o out/01_2 out/01.counts.tsv out/2.tsv &&
        cmp out/one.tsv out/01_2.counts.tsv && cmp out/one.tsv.summary out/01_2.counts.tsv.summary || return
    tilseq merge -q -o out/12 out/1.tsv out/2.tsv && tilseq merge -q -o out/0_12 out/0.tsv out/12.counts.tsv &&
        cmp out/one.tsv out/0_12.counts.tsv && cmp out/one.tsv.summary out/0_12.counts.tsv.summary || return
    echo "same: $what"
}
same default
same fractions -M fraction -O fraction
same features --level feature
same "fractions of features" --level feature -M fraction -O fraction -s reverse
same htseq --mode union --secondary count
same "htseq, fractions, rare fates" --mode union -M fraction -O fraction --ignore-duplicates --both-mapped
same "htseq, rare fates, features" --mode intersection-nonempty --level feature --ignore-duplicates --split-only
same "no provenance" --no-provenance -M fraction
same "htseq, no provenance" --no-provenance --mode intersection-strict --ignore-duplicates
same "single reads" -p no -Q 10 --min-overlap 5 --frac-overlap 0.5
printf 'chrA\tchrA\n' >names.tsv
same aliases --aliases names.tsv --feature=exon
