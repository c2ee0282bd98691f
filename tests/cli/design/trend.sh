sed 's/pre/0/; s/on/14/' $DATA/samples.tsv | sed '1s/.*/sample	patient	arm	day	age	batch/' > s.tsv; tilseq design s.tsv --pair patient --time day --trend -c double=2*day
