# salmon's way: transcripts and decoys in one file, the names of the decoys in another
awk 'BEGIN { srand(7); printf ">chr1 a decoy\n"; for (i = 0; i < 300; i++) printf "%s", substr("ACGT", 1 + int(rand() * 4), 1); print "" }' > genome.fa
cat $DATA/transcripts.fa genome.fa > gentrome.fa
printf 'chr1\r\n' > decoys.txt
tilseq index -q -t gentrome.fa -d decoys.txt -o one.idx && tilseq index -q -t $DATA/transcripts.fa -d genome.fa -o two.idx
cmp one.idx two.idx && echo same index
printf 'chr1\nchrX\n' > more.txt
tilseq index -q -t gentrome.fa -d more.txt -o three.idx
echo "exit $?"
cat genome.fa $DATA/transcripts.fa > turned.fa
tilseq index -q -t turned.fa -d decoys.txt -o four.idx
