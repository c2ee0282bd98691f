tilseq trial $DATA/counts.tsv $DATA/samples.tsv -g $DATA/sets.gmt --pair patient --time time --arm arm --strata arm -o out -q
grep -v '^##' out/B_vs_A_on.trial.tsv | cut -f1,5,7,19,20,21
