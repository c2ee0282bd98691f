# the same seed gives the same bytes, another seed others; the folder holds what is promised
tilseq simulate --genes 300 --patients 6 --seed 5 -o a -q
tilseq simulate --genes 300 --patients 6 --seed 5 -o b -q
tilseq simulate --genes 300 --patients 6 --seed 6 -o c -q
ls a
diff -r a b && echo same
cmp -s a/counts.tsv c/counts.tsv || echo different
grep -v '^##' a/samples.tsv | head -n 3
grep -v '^##' a/truth.genes.tsv | head -n 1
grep -v '^##' a/truth.sets.tsv | head -n 1
