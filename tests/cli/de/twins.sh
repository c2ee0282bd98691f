# samples with the same counts are a warning that names them; with --strict an error, and nothing is written
awk -F'\t' -v OFS='\t' '{ print $0, (NR == 1 ? "S9" : $2) }' $DATA/counts.tsv >twins.tsv
{ cat $DATA/samples.tsv; sed -n '2s/^[^	]*/S9/p' $DATA/samples.tsv; } >sheet.tsv
tilseq de twins.tsv sheet.tsv --design '~ arm' -c arm:B:A -o two 2>&1 | grep 'same counts'
tilseq de twins.tsv sheet.tsv --design '~ arm' -c arm:B:A -o strict --strict 2>&1 | grep -c '^tilseq de: twins.tsv: samples S1 and S9'
ls strict 2>/dev/null
# all alike: there is nothing to find, and no NaN in place of a number
awk -F'\t' -v OFS='\t' 'NR > 1 { for (i = 3; i <= NF; i++) $i = $2 } { print }' $DATA/counts.tsv >alike.tsv
for method in limma-trend voom deseq2; do
    tilseq de alike.tsv $DATA/samples.tsv --design '~ arm' -c arm:B:A --method $method -o $method 2>err
    echo "$method: exit $?, $(grep -c 'same counts.*more samples have such a twin' err) warning, $(grep -ciw nan $method/*.de.tsv) nan"
    awk -F'\t' '/^##/ { next } !p { for (p = 1; $p != "pvalue"; p++) { } next } $p != "NA" && $p < 0.5' $method/*.de.tsv | head -n 3
done
tilseq norm twins.tsv --samples sheet.tsv --to logcpm -o norm.tsv 2>&1 | grep -o 'S1 and S9 have the same counts'
