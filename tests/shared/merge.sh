#!/bin/sh
# merge.sh -- tilseq merge of real salmon, kallisto and RSEM results (GEUVADIS) against tximport's gene sums,
# abundances, lengths and lengthScaledTPM (tests/golden/merge, a sample of the genes), to 1e-11.
set -u
tilseq=${TILSEQ:-$builddir/tilseq}
golden=$(cd "$srcdir/tests/golden/merge" && pwd)
quants=$TILSEQ_SHARED/data/reads/human_quants
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-merge-XXXXXX")
trap 'rm -rf "$work"' EXIT
failed=0

gzip -dc "$quants/ERR188021.rsem.isoforms.results.gz" |
    awk -F'\t' 'NR > 1 { print $1 "\t" $2 }' >"$work/tx2gene.tsv"

compare() {     # program, file ending
    "$tilseq" merge -q --sample-names a,b -g "$work/tx2gene.tsv" -o "$work/$1" "$quants/ERR188021.$2" \
        "$quants/ERR188088.$2" || { failed=1; return; }
    column=2
    for matrix in counts tpm lengths counts_length_scaled; do
        awk -F'\t' -v first="$column" -v what="$1 $matrix" '
            function far(x, y) { d = x - y; if (d < 0) d = -d; return d > 1e-11 * (y > 1e-8 ? y : 1e-8) }
            NR == FNR { if (FNR > 1) { a[$1] = $first; b[$1] = $(first + 1); n_wanted++ } next }
            FNR > 1 && ($1 in a) {
                # lengths of 0 are written as 1
                one = what ~ /lengths/ && a[$1] == 0 && $3 == 1
                two = what ~ /lengths/ && b[$1] == 0 && $4 == 1
                if ((!one && far($3, a[$1])) || (!two && far($4, b[$1]))) {
                    print what ": " $0 ", wanted " a[$1] " " b[$1]; bad++
                }
                n++
            }
            END {
                if (n != n_wanted) { print what ": " n " of " n_wanted " genes found"; bad++ }
                print "golden: merge " what " " 2 * n " compared"
                exit bad > 0
            }' "$golden/human_$1.tsv" "$work/$1.gene_$matrix.tsv" || failed=1
        column=$((column + 2))
    done
}

compare salmon salmon.quant.sf.gz
compare kallisto kallisto.abundance.tsv.gz
compare rsem rsem.isoforms.results.gz
exit $failed
