# samples of one patient that the design takes as independent: a warning, and with --strict the end
"$TILSEQ" de $DATA/counts.tsv $DATA/samples.tsv --design '~ arm' -c arm:B:A -m voom --strict -o out
