tilseq run $DATA/samples.tsv --design '~ arm' -c arm:B:A -o out -q
