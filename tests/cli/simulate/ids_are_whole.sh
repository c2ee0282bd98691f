# every gene that may be simulated has an Ensembl id and a symbol, once each
tilseq simulate --genes 30000 --patients 1 --arms 1 --times 1 -o d -q --no-provenance
tail -n +2 d/counts.tsv | cut -f1 | grep -vc '^ENSG[0-9]*$'
tail -n +2 d/counts.tsv | cut -f1 | sort | uniq -d | grep -c .
tail -n +2 d/counts.tsv | cut -f2 | grep -c '^$'
tail -n +2 d/counts.tsv | cut -f2 | sort | uniq -d | grep -c .
true
