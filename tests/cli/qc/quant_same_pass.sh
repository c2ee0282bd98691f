tilseq index -t $DATA/transcripts.fa -o index -q && tilseq quant -q -i index -1 $DATA/reads_1.fq -2 $DATA/reads_2.fq -o S1 --qc q --no-provenance && ls q && cut -f 1-7,14 q/reads.tsv
