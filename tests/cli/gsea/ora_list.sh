cut -f1 $DATA/ranks.rnk > all.txt
printf 'IFNG\nFOXP3\nGZMB\nGZMB\nNOWHERE\n' > picked.txt
tilseq gsea -g $DATA/sets.gmt --method ora --list picked.txt --universe all.txt --min-size 2 --no-provenance
