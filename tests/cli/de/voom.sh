tilseq de $DATA/counts.tsv $DATA/samples.tsv --design "~ arm" -c arm:B:A --method voom -q -o out; ls out; grep -v "^##" out/arm_B_vs_A.de.tsv | head -1 | cut -f1-9
