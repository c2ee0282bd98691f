tilseq norm $DATA/counts.tsv --to cpm -o out.gct -q && head -n 4 out.gct | cut -f 1-4 && ls
tilseq norm out.gct --to cpm -q --no-provenance | head -n 2 | cut -f 1-4
