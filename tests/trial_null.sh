#!/bin/sh
# trial_null.sh -- what `tilseq trial` says where there is nothing: fake arms.
#
# Each split draws N patients per arm at random and swaps the two visits of every other one at random, so that no arm
# has a change and no arm differs. All shipped sets are asked about; printed for the changes within arms and for the
# difference between arms: the share of p < 0.05 of the moderated t and of the permutation test, the share of padj < 0.05,
# and the share of splits in which any verdict but `not shown` was given (the error over the family).
#
#   NULL_COHORTS  sim (simulated), riaz (43 pairs, from TILSEQ_SHARED)  [sim]
#   NULL_SIZES    patients per arm   [6]
#   NULL_SPLITS   splits of each     [20]
#
# Fails when a share of p < 0.05 of the moderated t is further from 0.05 than three standard errors of so many splits
# (0.01 + 0.12 / sqrt(splits): the sets of one split are alike), or the permutation share exceeds that.
set -u
tilseq=${TILSEQ:-$(pwd)/tilseq}
gmt=${srcdir:-.}/genesets/human.gmt
n_splits=${NULL_SPLITS:-20}
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-null-XXXXXX")
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL

# counts.tsv, pairs.tsv (patient, first sample, second sample)
make_cohort() {
    case $1 in
        sim)
            "$tilseq" simulate --patients 44 --genes 1500 --changed 0 --treatment 0 --effect 0 --outliers 0.003 --seed 5 \
                -q -o "$work/sim" || exit 1
            cp "$work/sim/counts.tsv" "$work/counts.tsv"
            awk -F'\t' '/^##/ || $1 == "sample" { next } { s[$2, $4] = $1; p[$2] = 1 }
                END { for (i in p) print i "\t" s[i, "pre"] "\t" s[i, "on"] }' "$work/sim/samples.tsv" | sort >"$work/pairs.tsv"
            ;;
        riaz)
            data=${TILSEQ_SHARED:?}/data/counts/riaz
            awk -F'\t' '$8 == "FALSE" && $9 == "TRUE" { s[$2, $3] = $1; p[$2] = 1 }
                END { for (i in p) print i "\t" s[i, "pre"] "\t" s[i, "on"] }' "$data/samples.tsv" | sort >"$work/pairs.tsv"
            gzip -dc "$data/counts.tsv.gz" | awk -F'\t' -v OFS='\t' '
                NR == FNR { name[$1] = $2; next } FNR == 1 { if ($1 != "gene_id") $1 = "gene_id" OFS $1; print; next }
                1' "$data/genes.tsv" - >"$work/counts.tsv"
            ;;
    esac
}

# the sheet of split k with n patients per arm
make_split() {
    awk -F'\t' -v OFS='\t' -v seed="$1" -v n="$2" '
        { patient[NR] = $1; first[NR] = $2; second[NR] = $3 }
        END { srand(seed * 7919 + n)
              for (i = 1; i <= 2 * n; i++) { j = i + int(rand() * (NR - i + 1)); t = patient[i]; patient[i] = patient[j]
                  patient[j] = t; t = first[i]; first[i] = first[j]; first[j] = t
                  t = second[i]; second[i] = second[j]; second[j] = t }
              print "sample", "patient", "time", "arm"
              for (i = 1; i <= 2 * n; i++) { swap = rand() < 0.5; arm = i <= n ? "A" : "B"
                  print first[i], patient[i], swap ? "on" : "pre", arm
                  print second[i], patient[i], swap ? "pre" : "on", arm } }' "$work/pairs.tsv" >"$work/sheet.tsv"
}

tally() {    # kind table
    awk -F'\t' -v kind="$1" '
        /^##/ { next }
        !c["pvalue"] { for (i = 1; i <= NF; i++) c[$i] = i; next }
        $c["pvalue"] == "NA" { next }
        { print kind, ($c["pvalue"] < 0.05) + 0, ($c["p_permutation"] <= 0.05) + 0, ($c["padj"] < 0.05) + 0,
                ($c["verdict"] != "not shown") + 0 }' "$2"
}

failed=0
printf 'cohort\tper_arm\tquestion\tsplits\ttests\tt\tpermutation\tpadj\tfamily\n'
for cohort in ${NULL_COHORTS:-sim}; do
    make_cohort "$cohort"
    genes=
    [ "$cohort" != riaz ] || genes="--genes $TILSEQ_SHARED/data/counts/riaz/genes.tsv"
    for n in ${NULL_SIZES:-6}; do
        : >"$work/tally"
        for k in $(seq "$n_splits"); do
            make_split "$k" "$n"
            # shellcheck disable=SC2086
            "$tilseq" trial "$work/counts.tsv" "$work/sheet.tsv" -g "$gmt" $genes --subset --pair patient --time time --arm arm \
                --reference time=pre --reference arm=A --permutations 1000 -q -o "$work/out" || exit 1
            for q in on_in_A on_in_B; do tally "change $k" "$work/out/$q.trial.tsv"; done >>"$work/tally"
            tally "difference $k" "$work/out/B_vs_A_on.trial.tsv" >>"$work/tally"
        done
        awk -v OFS='\t' -v cohort="$cohort" -v n="$n" -v splits="$n_splits" '
            { m[$1]++; t[$1] += $3; p[$1] += $4; b[$1] += $5; if ($6) any[$2] = 1 }
            END { for (i in any) family++
                  slack = 0.01 + 0.12 / sqrt(splits)
                  for (q in m) { print cohort, n, q, splits, m[q], t[q] / m[q], p[q] / m[q], b[q] / m[q], family / splits
                      if (t[q] / m[q] > 0.05 + slack || t[q] / m[q] < 0.05 - slack || p[q] / m[q] > 0.05 + slack) bad = 1 }
                  if (family / splits > 0.06 + 0.66 / sqrt(splits)) bad = 1
                  exit bad }' "$work/tally" || failed=1
    done
done
exit $failed
