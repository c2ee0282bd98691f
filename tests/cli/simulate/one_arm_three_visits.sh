tilseq simulate --genes 100 --patients 4 --arms 1 --times 3 --missing 1 -o d -q --no-provenance
cat d/samples.tsv
head -n 1 d/truth.genes.tsv
ls d
