awk 'BEGIN { for (i = 1; i <= 2000; i++) print "g" i "\t" (i <= 200 ? 1 : i > 1800 ? -1 : 0) }' > calls.rnk
awk 'BEGIN { OFS = "\t"; printf "UP_3\tx"; for (i = 1; i <= 3; i++) printf "\tg%d", i; for (i = 300; i < 317; i++) printf "\tg%d", i; print ""
             printf "MIXED\tx"; for (i = 1; i <= 8; i++) printf "\tg%d", 3 * i; for (i = 1801; i < 1805; i++) printf "\tg%d", i; print "" }' > sets.gmt
tilseq gsea -g sets.gmt --ranks calls.rnk --no-provenance -q | cut -f1-5,7,9
