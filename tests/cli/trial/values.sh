printf 'cell\tS1\tS2\tS3\tS4\tS5\tS6\tS7\tS8\nCD8\t1\t3\t2\t3.5\t1\t6\t2\t6.5\nTreg\t1\t1\t1\t1\t1\t1\t1\t1\n' > v.tsv
tilseq trial $DATA/samples.tsv --values v.tsv --pair patient --time time --arm arm -o out -q; cut -f1-20,21 out/B_vs_A_on.trial.tsv | awk -F"\t" -v OFS="\t" '!/^##/ { for (i = 5; i <= NF; i++) if ($i ~ /^-?[0-9.]+(e-?[0-9]+)?$/) $i = sprintf("%.5g", $i); print }'
