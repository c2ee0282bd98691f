# in pair mode: does any arm change, and do the arms change differently; permuted labels follow the question
tilseq simulate -o s --patients 8 --genes 300 -q --no-provenance
for reduced in "~ patient" "~ patient + timepoint"; do
    tilseq de -m deseq2 s/counts.tsv s/samples.tsv --pair patient --time timepoint --arm arm --test lrt --reduced "$reduced" --null-check 3 --no-provenance -o out 2> log
    grep -o "lrt: .*" log
done
head -1 out/lrt.de.tsv
