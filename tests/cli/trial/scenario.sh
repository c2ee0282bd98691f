tilseq simulate --scenario il2-failed --patients 24 --genes 300 -o sim -q
tilseq trial sim/counts.tsv sim/samples.tsv --pair patient --time timepoint --arm arm --within tissue -o out -q
for q in blood_C1_in_mono tumour_C1_in_mono blood_waning_in_mono tumour_combination_vs_mono_C1; do
    awk -F'\t' -v q=$q '/^##/ { next } !c { for (i = 1; i <= NF; i++) if ($i == "verdict") c = i; next } NR < 20 && $1 ~ /T_CELL|TREG_CORE/ { print q, $1, $c }' out/$q.trial.tsv; done
