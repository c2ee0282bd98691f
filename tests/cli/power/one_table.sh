tilseq trial $DATA/counts.tsv $DATA/samples.tsv -g $DATA/sets.gmt --pair patient --time time --arm arm -o out -q
tilseq power out/B_vs_A_on.trial.tsv | grep -v '^##' | rounded; tilseq power out --arms 1 --power 0.9 -o p.tsv -q; grep -v '^##' p.tsv | cut -f3- | rounded
