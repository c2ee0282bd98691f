# reads of another species: zeros, a warning, no NaN
tilseq index -t $DATA/transcripts.fa -o x.idx
awk 'BEGIN { srand(4); for (i = 0; i < 30; i++) { s = ""; for (k = 0; k < 60; k++) s = s substr("ACGT", 1 + int(rand() * 4), 1); q = s; gsub(/./, "I", q); print "@f" i "\n" s "\n+\n" q } }' > f.fq
tilseq quant -i x.idx -r f.fq --fragment-mean 200 --fragment-sd 20 -o q && cut -f 1,4,5 q/quant.sf
