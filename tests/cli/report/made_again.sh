# the page made from the folder alone is the page of the run; a name for the heading changes only that
tilseq run -q $DATA/samples.tsv --counts $DATA/counts.tsv --design '~ arm' -c arm:B:A --method deseq2 -g $DATA/sets.gmt -o out
tilseq report -q out -o again.html
cmp out/report.html again.html && echo same
tilseq report -q out --title 'Arms A & B' -o named.html
grep -c 'Arms A &amp; B' named.html
ls out/figures | head -n 3
cmp -s out/report.html named.html || echo other
