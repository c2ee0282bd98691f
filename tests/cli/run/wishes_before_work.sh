# what cannot be done is told before the first step; nothing is left
tilseq simulate -q --patients 2 --genes 60 --reads both --fragments 3000 --seed 5 -o sim
refused() { tilseq run "$@" -g sim/sets.gmt -o out -q; echo "exit $?"; [ ! -e out ] || echo "out is there"; }
reads="sim/samples.tsv -t sim/transcripts.fa -a sim/genes.gtf"
counts="$DATA/samples.tsv --counts $DATA/counts.tsv"
{
    refused $reads --design '~ arm' -c arm:B:A --method voom --fit-type mean
    refused $reads --min-mapq 10
    refused $counts --bias
    refused $counts --lfc-threshold 1
    refused $counts --design '~ arm'
    refused $counts --arm arm --trend
    refused $counts --design '~ arm' -c arm:B:A --fast --precise
    refused $counts --design '~ arm' -c arm:B:A --score-method gsva --scale range
    refused $counts --design '~ arm' -c arm:B:A --test lrt
    refused $DATA/samples.tsv --counts $DATA/counts.tsv --lengths $DATA/nosuch.tsv --design '~ arm' -c arm:B:A
    refused $DATA/samples.tsv --counts $DATA/counts.tsv --lengths $DATA/counts.tsv --method voom --design '~ arm' -c arm:B:A
} 2>&1 | sed "s|$DATA/||g"
