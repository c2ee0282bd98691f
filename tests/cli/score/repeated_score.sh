printf 'name\ttype\tdefinition\nA\tmean\tG001\nB\tmean\tG001\nA\tmean\tG002\n' > s.tsv; tilseq score ${DATA%/data}/../golden/score/counts.tsv --scores s.tsv
