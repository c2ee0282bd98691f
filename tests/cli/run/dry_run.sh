tilseq run $DATA/samples.tsv --counts $DATA/counts.tsv -g $DATA/sets.gmt --pair patient --arm arm --time time -o out -n -q |
    sed "s|$DATA/||g"
ls
