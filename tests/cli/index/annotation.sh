tilseq index -t $DATA/transcripts.fa -a $DATA/genes.gtf --allow-missing -o x.idx && tilseq quant -i x.idx -1 $DATA/reads_1.fq -2 $DATA/reads_2.fq -o q && cut -f 1,2,5 q/quant.genes.sf
