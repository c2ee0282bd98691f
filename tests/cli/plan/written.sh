# the plan of wishes: every option has its comment; what is given stands, files with their digest
cp $DATA/samples.tsv $DATA/sets.gmt .
tilseq plan samples.tsv --pair patient --time time --arm arm -g sets.gmt --min-size 2 --lfc-threshold 0.5 --exclude batch=b9 -q 2>&1
tilseq plan samples.tsv --pair patient --time time --arm arm -g sets.gmt --min-size 2 --lfc-threshold 0.5 -q -o plan.yaml
sed 's/ *# .*//' plan.yaml
grep -vc ' # ' plan.yaml
tilseq plan check plan.yaml samples.tsv -q
cut -f1,2,4- samples.tsv >no_arm.tsv
tilseq plan check plan.yaml no_arm.tsv -q
echo "exit $?"
