# a truncated file among four: the others are kept, it is named with its line, no matrix; mended, only it is done
tilseq simulate -q --patients 2 --genes 60 --reads fastq --fragments 3000 --seed 5 -o sim
cp sim/P002_pre_1.fq.gz good; head -c 3000 good >sim/P002_pre_1.fq.gz
run() { tilseq run sim/samples.tsv -t sim/transcripts.fa -a sim/genes.gtf -g sim/sets.gmt -o out "$@"; }
run 2>log
echo "exit $?"
grep -c "^tilseq run: sim/samples.tsv:[0-9]*: sample P002_pre: sim/P002_pre_1.fq.gz: .*truncated.*(1 of 4 samples failed" log
ls out/quant
cp good sim/P002_pre_1.fq.gz
run 2>log
echo "exit $?"
sed -n 's/.*] *[0-9.]*s  \(quant: sample [^,]*\).*/\1/p' log
