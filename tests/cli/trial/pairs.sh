tilseq trial $DATA/counts.tsv $DATA/samples.tsv -g $DATA/sets.gmt --pair patient --time time --arm arm -o out; ls out
cut -f1-20,21-25 out/B_vs_A_on.trial.tsv | awk -F"\t" -v OFS="\t" '!/^##/ { for (i = 5; i <= NF; i++) if ($i ~ /^-?[0-9.]+(e-?[0-9]+)?$/) $i = sprintf("%.5g", $i); print }'
cut -f1,3 out/on_in_A.patients.tsv | awk -F"\t" -v OFS="\t" '!/^##/ { for (i = 5; i <= NF; i++) if ($i ~ /^-?[0-9.]+(e-?[0-9]+)?$/) $i = sprintf("%.5g", $i); print }'; cat out/left_out.tsv | grep -v '^##'
