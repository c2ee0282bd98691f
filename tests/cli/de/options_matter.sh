G=$DATA/../../golden/de/counts.tsv
head -1 $G | tr '\t' '\n' | tail -n +2 | awk 'BEGIN { print "sample\tarm\tbatch\ttwin" } { print $1 "\t" (NR <= 8 ? "A" : NR <= 16 ? "B" : "C") "\t" (NR % 2 ? "x" : "y") "\t" int((NR - 1) / 2) }' >s.tsv
d() { tilseq de -m deseq2 $G s.tsv --design "~ arm" -c arm:B:A -q --no-provenance "$@"; }
d -o base
for o in "--fit-type local" "--fit-type mean" "--lfc-threshold 0.5" "--lfc-threshold 0.5 --alternative less" \
    "--lfc-threshold 0.5 --alternative greater" "--lfc-threshold 0.5 --alternative less-abs" \
    "--filter expr" "--shrink normal" "--shrink normal --lfc-threshold 0.5" "--exclude sample=s02" "--collapse twin --drop-na" "--reference arm=C"; do
    d $o -o new; cmp -s base/arm_B_vs_A.de.tsv new/arm_B_vs_A.de.tsv && echo "$o changes nothing"
done
for o in --robust --ebayes-trend "--block batch" "--filter none"; do
    d --method voom -o base; d --method voom $o -o new
    cmp -s base/arm_B_vs_A.de.tsv new/arm_B_vs_A.de.tsv && echo "$o changes nothing"
done
d --null-check 3 -o n1; d --null-check 3 --seed 2 -o n2; cmp -s n1/arm_B_vs_A.null.tsv n2/arm_B_vs_A.null.tsv && echo "--seed changes nothing"
echo done
