tilseq simulate -q --patients 6 --genes 120 --reads bam --fragments 6000 --seed 2 -o sim
tilseq run sim/samples.tsv -a sim/genes.gtf -g sim/sets.gmt --pair patient --arm arm --time timepoint -o out -q 2>/dev/null
ls out out/count out/de
