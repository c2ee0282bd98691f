# WARS is WARS1 today, GZMB is Entrez 3002: former symbols and ids are found, and score finds the same
printf 'S\tna\tWARS1\tGZMB\tIFNG\tNOSUCH\n' > now.gmt
printf 'S\tna\tWARS\tGZMB\tIFNG\tNOSUCH\n' > then.gmt
printf 'WARS\t2\nGZMB\t1.5\nIFNG\t1\nPRF1\t-1\nCD8A\t-2\n' > then.rnk
printf 'WARS1\t2\nGZMB\t1.5\nIFNG\t1\nPRF1\t-1\nCD8A\t-2\n' > now.rnk
printf '7453\t2\n3002\t1.5\n3458\t1\n5551\t-1\n925\t-2\n' > ids.rnk
printf 'id\ta\tb\nWARS\t2\t3\nGZMB\t9\t1\nIFNG\t1\t1\nPRF1\t7\t1\nCD8A\t1\t2\n' > m.tsv
for pair in 'now then' 'then now' 'now ids' 'then ids'; do
    set -- $pair
    tilseq gsea -g $1.gmt --ranks $2.rnk --min-size 1 --no-provenance -o o.tsv
    cut -f 1,2,8 o.tsv | tail -n +2
    tail -n +2 o.coverage.tsv
done
tilseq score m.tsv -g now.gmt --no-provenance -o s.tsv
tail -n +2 s.coverage.tsv
