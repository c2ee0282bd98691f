# a cut table and a lost one are made anew; a moved folder and other spellings of the inputs go on; a second question
# takes the files of the first away
cp $DATA/samples.tsv $DATA/counts.tsv $DATA/sets.gmt .
run() { tilseq run "$@" --method deseq2 -g ./sets.gmt 2>&1 | sed -n 's/.*\(step [0-9]*: .*\)/\1/p'; }
run samples.tsv --counts counts.tsv --pair patient --time time --arm arm -o out >/dev/null
head -n 20 out/de/on_in_A.de.tsv >cut && cp cut out/de/on_in_A.de.tsv
rm out/norm/vst.tsv
run samples.tsv --counts counts.tsv --pair patient --time time --arm arm -o out
mkdir -p elsewhere && mv out elsewhere/moved
echo moved
run $PWD/samples.tsv --counts $PWD/counts.tsv --pair patient --time time --arm arm -o elsewhere/moved | grep -vc finished
run samples.tsv --counts counts.tsv --pair patient --time time -o elsewhere/moved >/dev/null
ls elsewhere/moved/de; ls elsewhere/moved/gsea/*.gsea.tsv
ls elsewhere/moved/figures | grep -c _in_
