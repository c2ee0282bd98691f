# a set name of 245 bytes, two that differ in what no file name holds: every figure has a file of its own
long=$(printf 'x%.0s' $(seq 1 245))
{ sed "1s|^[^	]*|$long|; 2s|^[^	]*|A/B|" $DATA/sets.gmt; sed '1s|^[^	]*|A:B|; q' $DATA/sets.gmt; } >sets.gmt
tilseq run $DATA/samples.tsv --counts $DATA/counts.tsv --pair patient --time time --arm arm -g sets.gmt --min-size 2 -o out -q
echo "exit $?"
figures=$(grep -c '<figure' out/report.html)
files=$(ls out/figures | wc -l)
echo "$((figures - files)) figures without a file"
ls out/figures | awk 'length($0) > 104 { print "too long: " $0 }'
