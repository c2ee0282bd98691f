printf 'name\ttype\tdefinition\nA\tlog_ratio\tG001-G002\n' > s.tsv; tilseq score ${DATA%/data}/../golden/score/counts.tsv --scores s.tsv
