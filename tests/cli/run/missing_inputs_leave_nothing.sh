tilseq run $DATA/samples.tsv --counts nope.tsv -g $DATA/sets.gmt --design '~ arm' -c arm:B:A -o out -q
echo "exit $?"
printf 'sample\tfastq_1\nS1\tnope.fq.gz\n' >reads.tsv
tilseq run reads.tsv -t $DATA/transcripts.fa -a $DATA/genes.gtf -o out -q
echo "exit $?"
ls
