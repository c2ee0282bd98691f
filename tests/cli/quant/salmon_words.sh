# options as salmon's users type them
tilseq index -q -t $DATA/transcripts.fa -g $DATA/tx2gene.tsv -o x.idx
tilseq quant -q -i x.idx --libType A -1 $DATA/reads_1.fq -2 $DATA/reads_2.fq --numBootstraps 2 --geneMap $DATA/tx2gene.tsv --output q
tilseq quant -q -i x.idx -l A -1 $DATA/reads_1.fq -2 $DATA/reads_2.fq --bootstraps 2 -g $DATA/tx2gene.tsv -o r
cmp q/quant.sf r/quant.sf && cmp q/quant.genes.sf r/quant.genes.sf && echo the same
grep _hash q/aux_info/meta_info.json
tilseq quant -q -i x.idx --unmatedReads $DATA/reads_1.fq --fldMean 60 --fldSD 10 --noLengthCorrection -o t && cut -f 2,3 t/quant.sf
