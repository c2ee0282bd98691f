# few arrangements are tested one by one: 4 against 4 has 70, two of them real; pairs of 2 + 2 patients; none at all
tilseq de $DATA/counts.tsv $DATA/samples.tsv --design "~ arm" -c arm:B:A --null-check 68 -o out 2>&1 | grep -o "arm_B_vs_A: .* arrangements.*\|([0-9]* at most, [0-9]* perm"
grep -v "^##" out/arm_B_vs_A.null.tsv | sed 1d | cut -f 1 | tail -1
tilseq de $DATA/counts.tsv $DATA/samples.tsv --design "~ arm" -c arm:B:A --null-check 67 -o out 2>&1 | grep -o "arm_B_vs_A: .* arrangements.*"
tilseq de $DATA/counts.tsv $DATA/samples.tsv --pair patient --time time --arm arm --null-check 10 -o pairs 2>&1 | grep -o "[A-Za-z_]*: [0-9.]* arrangements.*\|[A-Za-z_]*: there is no .*"
