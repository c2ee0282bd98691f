#!/bin/sh
# make_count.sh -- writes sim.gtf, sim.sam, cases.tsv and peers.txt beside it: what featureCounts and htseq-count
# say of simulated alignments under every option tilseq count shares with them, and of those in corner.sam and
# corner.gtf, written by hand: what only chance would simulate. Needs subread, htseq, samtools, python3 (versions in
# VERSIONS). Run in this folder; tests/count_goldens.sh compares.
set -eu
python3 simulate.py 1 150 sim
input=sim
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in sim corner; do samtools view -b -o "$work/$name.bam" $name.sam 2>/dev/null; done
: >peers.txt
: >cases.tsv

featurecounts() {       # id, tilseq's options, featureCounts' options
    id=$1 ours=$2
    shift 2
    printf '%s\t%s\n' "$id" "--format featurecounts --sample-names $input $ours" >>cases.tsv
    featureCounts -T 1 "$@" -a $input.gtf -o "$work/out" "$work/$input.bam" >/dev/null 2>&1
    { echo "== $id"; tail -n +3 "$work/out"; tail -n +2 "$work/out.summary"; } >>peers.txt
}

both() {                # as pairs and as reads
    base=$1 wishes=$2
    shift 2
    case " $wishes " in *" -s "*) ;; *) wishes="-s unstranded $wishes" ;; esac
    featurecounts "$base.pairs" "-p yes $wishes" -p --countReadPairs "$@"
    featurecounts "$base.reads" "-p no $wishes" -p "$@"
}

htseq() {
    id=$1 ours=$2
    shift 2
    printf '%s\t%s\n' "$id" "--format htseq $ours" >>cases.tsv
    { echo "== $id"; htseq-count -r name "$@" $input.sam $input.gtf 2>/dev/null; } >>peers.txt
}

both default ''
both forward '-s forward' -s 1
both reverse '-s reverse' -s 2
both multi '-M all' -M
both multi_fraction '-M fraction' -M --fraction
both multi_primary '-M primary' -M --primary
both overlap '-O all' -O
both overlap_fraction '-O fraction' -O --fraction
both both_fractions '-O fraction -M fraction' -O -M --fraction
both mapq '-Q 30' -Q 30
both both_mapped '--both-mapped' -B
both no_chimeric '--no-chimeric' -C
both strict_pairs '-Q 10 --both-mapped --no-chimeric' -Q 10 -B -C
both min_overlap '--min-overlap 15' --minOverlap 15
both frac_overlap '--frac-overlap 0.5' --fracOverlap 0.5
both frac_overlap_all '--frac-overlap 0.83 -O all' --fracOverlap 0.83 -O
both largest '-O largest' --largestOverlap
both largest_reverse '-O largest -s reverse' --largestOverlap -s 2
both feature '--level feature' -f
both feature_all '--level feature -O all' -f -O
both transcript '-g transcript_id -O all -M all' -g transcript_id -O -M
both split '--split-only' --splitOnly
both duplicates '--ignore-duplicates' --ignoreDup
for mode in union intersection-strict intersection-nonempty; do
    htseq "$mode.no" "--mode $mode -s unstranded" -m $mode -s no
    htseq "$mode.yes" "--mode $mode -s forward" -m $mode -s yes
    htseq "$mode.reverse" "--mode $mode -s reverse" -m $mode -s reverse
    htseq "$mode.all" "--mode $mode -s reverse -M all -O all" -m $mode -s reverse --nonunique all
    htseq "$mode.fraction" "--mode $mode -s unstranded -M all -O fraction -Q 0" \
        -m $mode -s no --nonunique fraction -a 0
    htseq "$mode.secondary" "--mode $mode -s unstranded --secondary count" \
        -m $mode -s no --secondary-alignments score --supplementary-alignments score
done
input=corner
both corner.forward '-s forward' -s 1
both corner.reverse '-s reverse' -s 2
both corner.reverse_all '-s reverse -O all' -s 2 -O
both corner.reverse_largest '-s reverse -O largest' -s 2 --largestOverlap
both corner.reverse_min_overlap '-s reverse --min-overlap 15' -s 2 --minOverlap 15
both corner.feature '-s reverse --level feature' -s 2 -f
for share in 0.1 0.3 0.62 0.6667 0.8 0.9 0.95; do
    both corner.frac_$share "--frac-overlap $share" --fracOverlap $share
done
for mode in union intersection-strict intersection-nonempty; do
    htseq corner.$mode "--mode $mode -s unstranded" -m $mode -s no
done
{ featureCounts -v 2>&1 | grep v; htseq-count --version; samtools --version | head -n 1; } >VERSIONS
