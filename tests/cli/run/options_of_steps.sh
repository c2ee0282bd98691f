# what is asked of a step reaches it: lengths, contrasts of a file without --design, engines of limma, published scores on TPM
tilseq simulate -q --patients 3 --genes 60 --reads fastq --fragments 3000 --seed 5 -o sim
tilseq run sim/samples.tsv -t sim/transcripts.fa -a sim/genes.gtf -g sim/sets.gmt --pair patient --time timepoint --method deseq2 -q -o deseq2
M=deseq2/quant/all
tilseq run deseq2/samples.tsv --counts $M.gene_counts.tsv --lengths $M.gene_lengths.tsv -g sim/sets.gmt --pair patient --time timepoint --method deseq2 -q -o again
for f in de/on.de.tsv scores/scores.tsv; do grep -v '^##' deseq2/$f >a; grep -v '^##' again/$f | cmp - a && echo "$f: from lengths as from reads"; done
printf 'id,variable,reference,target,blocking\nonly,timepoint,pre,on,patient\n' >contrasts.csv
tilseq run sim/samples.tsv -t sim/transcripts.fa -a sim/genes.gtf -g sim/sets.gmt -c contrasts.csv --method voom --robust \
    --bias --gsea-param 0.5 --scale range --score-min-size 3 -n -o voom -q | sed -n '/^tilseq quant/{s/-1.*--bias/... --bias/;p};/ de \| gsea \| score /p' | uniq
tilseq run sim/samples.tsv -t sim/transcripts.fa -a sim/genes.gtf -g sim/sets.gmt -c contrasts.csv --method voom -q -o voom
echo "exit $?"
ls voom/de
tilseq run deseq2/samples.tsv --counts $M.gene_counts_length_scaled.tsv -g sim/sets.gmt --pair patient --time timepoint --method voom -q -o fractions
echo "exit $?"
