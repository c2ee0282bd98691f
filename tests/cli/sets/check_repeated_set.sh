printf 'A\tx\tG001\nA\tx\tG002\n' > s.gmt; tilseq sets check s.gmt ${DATA%/data}/../golden/score/counts.tsv
