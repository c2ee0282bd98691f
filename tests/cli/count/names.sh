# names of samples: without what aligners and pipelines add, by the folder where file names do not tell, from a file
heads() { tilseq count -q -s unstranded --no-provenance -a "$DATA/genes.gtf" "$@" | head -n 1; }
mkdir s1 s2
for f in s1/Aligned.sortedByCoord.out.sam s2/Aligned.sortedByCoord.out.sam x.Aligned.out.sam y_Aligned.sortedByCoord.out.sam z.markdup.sorted.sam \
    w.sorted.sam s1/same.sam s2/same.sam v.sam v.sorted.sam; do
    cp "$DATA/reads.sam" $f
done
heads x.Aligned.out.sam y_Aligned.sortedByCoord.out.sam z.markdup.sorted.sam w.sorted.sam
heads s1/Aligned.sortedByCoord.out.sam s2/Aligned.sortedByCoord.out.sam
heads s1/Aligned.sortedByCoord.out.sam
heads s1/same.sam s2/same.sam
heads s1/same.sam x.Aligned.out.sam
heads v.sam v.sorted.sam
(cd s1 && heads Aligned.sortedByCoord.out.sam)
printf 'second\nfirst\n' >list.txt
heads --sample-names list.txt s2/same.sam s1/same.sam
printf '# file\tsample\ns1/same.sam\tone\nother.bam\tunused\ns2/same.sam\ttwo\n' >table.tsv
heads --sample-names table.tsv s2/same.sam s1/same.sam
printf 'x.Aligned.out.bam\tx\n' >wrong.tsv
tilseq count -q -a "$DATA/genes.gtf" --sample-names wrong.tsv s1/same.sam
echo "exit $?"
head -n 1 list.txt >short.txt
tilseq count -q -a "$DATA/genes.gtf" --sample-names short.txt s1/same.sam s2/same.sam
echo "exit $?"
