# estimated counts are told by their header, not by what lies beside them; logs and TPM are none
head() { printf 'gene_id\tgene_name'; sed -n '1s/^[^	]*//p' $DATA/counts.tsv; }
body() { sed 1d $DATA/counts.tsv | awk -F '\t' -v OFS='\t' -v how="$1" '
    { for (s = 2; s <= NF; s++) { x[NR, s] = how == "log" ? log($s + 1) / log(2) : $s + (NR % 4) / 4; sum[s] += x[NR, s] } id[NR] = $1 }
    END { for (g = 1; g <= NR; g++) { printf "%s\tNA", id[g]; for (s = 2; s <= NF; s++) printf "\t%.15g", how == "tpm" ? x[g, s] / sum[s] * 1e6 : x[g, s]; print "" } }'; }
de() { tilseq de -m deseq2 $1 $DATA/samples.tsv --design '~ arm' -c arm:B:A -o out $2 2>&1 >/dev/null | grep -E "rounded|tilseq de: " | grep -v warning; }
for kind in counts log tpm; do { head; body $kind; } >$kind.tsv; done
de counts.tsv; sed -n '/rounded/,/}/p' out/provenance.json
cut -f 1,3- counts.tsv >foreign.tsv; echo '{ "command": "tilseq merge a b" }' >foreign.tsv.provenance.json
de foreign.tsv; de foreign.tsv --round; de log.tsv; de tpm.tsv
