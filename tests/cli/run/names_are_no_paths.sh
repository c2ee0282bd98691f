# samples named like paths stay inside the folder; what they are kept as is written down
tilseq simulate -q --patients 2 --genes 60 --reads fastq --fragments 3000 --seed 5 -o sim
grep -v '^##' sim/samples.tsv >plain.tsv
{ sed -n 1p plain.tsv; sed -n '2s|^[^	]*|../../../esc|p; 3s|^[^	]*|-rf|p; 4s|^[^	]*|p/1|p; 5s|^[^	]*|transcripts.tilseq|p' plain.tsv; } >sim/odd.tsv
tilseq run sim/odd.tsv -t sim/transcripts.fa -a sim/genes.gtf -g sim/sets.gmt -o a/b/out -q
echo "exit $?"
cat a/b/out/names.tsv
ls . a a/b
grep ^gene_id a/b/out/quant/all.gene_counts.tsv
