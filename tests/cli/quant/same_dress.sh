# gzip of two members, CRLF, lower case and a FIFO give the numbers of the plain files
tilseq index -t $DATA/transcripts.fa -o x.idx
tilseq quant -i x.idx -1 $DATA/reads_1.fq -2 $DATA/reads_2.fq -o plain
(head -n 120 $DATA/reads_1.fq | gzip -c; tail -n +121 $DATA/reads_1.fq | gzip -c) > 1.gz
gzip -c $DATA/reads_2.fq > 2.gz
tilseq quant -i x.idx -1 1.gz -2 2.gz -o gz && cmp plain/quant.sf gz/quant.sf
sed 's/$/\r/' $DATA/reads_1.fq > 1.crlf; awk 'NR % 4 == 2 { $0 = tolower($0) } 1' $DATA/reads_2.fq > 2.low
tilseq quant -i x.idx -1 1.crlf -2 2.low -o low && cmp plain/quant.sf low/quant.sf
mkfifo f1 f2; cat 1.gz > f1 & cat $DATA/reads_2.fq > f2 &
tilseq quant -i x.idx -1 f1 -2 f2 -o fifo && cmp plain/quant.sf fifo/quant.sf
head -n 160 $DATA/reads_1.fq > a1; tail -n +161 $DATA/reads_1.fq > b1; head -n 160 $DATA/reads_2.fq > a2; tail -n +161 $DATA/reads_2.fq > b2
tilseq quant -i x.idx -1 a1 b1 -2 a2 b2 -o lanes && cmp plain/quant.sf lanes/quant.sf && echo same
