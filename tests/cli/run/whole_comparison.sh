# --test lrt makes one question, whose genes differ and go neither up nor down
tilseq run $DATA/samples.tsv --counts $DATA/counts.tsv --design "~ batch + arm" --method deseq2 --test lrt --reduced "~ 1" -g $DATA/sets.gmt --min-size 1 -q -o out 2> /dev/null
ls out/de out/gsea
grep -o "lrt</b></a>: .* at FDR [0-9.]*" out/report.html
grep -c "id=\"volcano" out/report.html
