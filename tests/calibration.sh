#!/bin/sh
# calibration.sh -- every engine of tilseq de where nothing is to be found, and where the truth is known.
#
# Nulls, of real counts read from $TILSEQ_SHARED (Riaz melanoma biopsies; CT26 tumours), genes called at FDR 0.1:
#
#   groups10, groups25  pre-treatment biopsies, 10 v 10 and 25 v 26 at random
#   arms                patients with pre and on, arms at random: is the change called different (--pair --arm)
#   times               the same patients, pre and on swapped in a random half of them: is a change called (--pair)
#   mice                one day of CT26, both treatments, 5 v 5 at random within treatment
#
# Truth: tilseq simulate (30 patients in two arms, outliers, libraries five-fold apart), questions of the paired
# design: false discovery proportion and power at FDR 0.1.
#
# Prints a table for docs/STATISTICS.md. CALIBRATION_DRAWS (40), CALIBRATION_SEEDS (20) set how many; ENGINES
# which. The draws come from their number: the same everywhere.
set -u
tilseq=${TILSEQ:-$(pwd)/tilseq}
shared=${TILSEQ_SHARED:-}
draws=${CALIBRATION_DRAWS:-40}
seeds=${CALIBRATION_SEEDS:-20}
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-calibration-XXXXXX")
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL
engines=${ENGINES:-$("$tilseq" de --list-methods | awk '/^[^ ]/ { print $1 }')}

# The lines of stdin in an order that depends on their words and the seed.
shuffle() {    # seed
    awk -v seed="$1" '
        function hash(text,   i, h) {
            h = 7919 * seed + 17
            for (i = 1; i <= length(text); i++) h = (h * 31 + index(letters, substr(text, i, 1))) % 2147483647
            for (i = 0; i < 5; i++) h = (h * 48271) % 2147483647
            return h
        }
        BEGIN { letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-. \t" }
        { printf "%010d\t%s\n", hash($0), $0 }' | sort | cut -f2-
}

called() {    # table
    awk -F'\t' 'FNR == 1 { for (i = 1; i <= NF; i++) if ($i == "padj") c = i; next }
        $c != "NA" && $c < 0.1 { n++ } END { print n + 0 }' "$1"
}

# One draw of a null with every engine: null engine draw called, to $work/found.
try() {    # null, draw, counts, sheet, contrast, options...
    null=$1 draw=$2 counts=$3 sheet=$4 contrast=$5
    shift 5
    for engine in $engines; do
        "$tilseq" de "$counts" "$sheet" -m "$engine" --subset -q --no-provenance "$@" -o "$work/de" || exit 1
        printf '%s\t%s\t%s\t%s\n' "$null" "$engine" "$draw" "$(called "$work/de/$contrast.de.tsv")" >>"$work/found"
    done
}

riaz() {    # columns of the sheet that are kept: condition of awk over its names
    awk -F'\t' -v OFS='\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
        $c["dup"] == "FALSE" && ('"$1"') { print $c["sample"], $c["patient"], $c["timepoint"] }' \
        "$shared/data/counts/riaz/samples.tsv"
}

groups() {    # name, draw, n of A, n of both
    riaz '$c["timepoint"] == "pre"' | shuffle "$2" | head -n "$4" |
        awk -F'\t' -v OFS='\t' -v n="$3" 'BEGIN { print "sample", "arm" } { print $1, NR <= n ? "A" : "B" }' >"$work/sheet"
    try "$1" "$2" "$shared/data/counts/riaz/counts.tsv.gz" "$work/sheet" arm_B_vs_A --design '~ arm' -c arm:B:A
}

pairs() {    # name, draw
    riaz '$c["paired"] == "TRUE"' | sort -k2,2 >"$work/pairs"
    cut -f2 "$work/pairs" | sort -u | shuffle "$2" | awk -v OFS='\t' '{ print $1, NR % 2 }' >"$work/coin"
    if [ "$1" = arms ]; then
        awk -F'\t' -v OFS='\t' 'NR == FNR { coin[$1] = $2; next } FNR == 1 { print "sample", "patient", "time", "arm" }
            { print $1, $2, $3, coin[$2] ? "A" : "B" }' "$work/coin" "$work/pairs" >"$work/sheet"
        try arms "$2" "$shared/data/counts/riaz/counts.tsv.gz" "$work/sheet" B_vs_A_on --pair patient --time time \
            --arm arm --reference time=pre --reference arm=A
    else
        awk -F'\t' -v OFS='\t' 'NR == FNR { coin[$1] = $2; next } FNR == 1 { print "sample", "patient", "time" }
            { print $1, $2, coin[$2] ? $3 : $3 == "pre" ? "on" : "pre" }' "$work/coin" "$work/pairs" >"$work/sheet"
        try times "$2" "$shared/data/counts/riaz/counts.tsv.gz" "$work/sheet" on --pair patient --time time \
            --reference time=pre
    fi
}

mice() {    # draw
    day=day$((7 * (1 + $1 % 2)))
    awk -F'\t' -v OFS='\t' -v day=$day 'NR > 1 && $2 == day { print $1, $3 }' "$shared/data/counts/ct26/samples.tsv" |
        shuffle "$1" | sort -s -k2,2 | awk -F'\t' -v OFS='\t' 'BEGIN { print "sample", "treatment", "arm" }
            { print $1, $2, ++n[$2] % 2 ? "A" : "B" }' >"$work/sheet"
    try mice "$1" "$shared/data/counts/ct26/counts.tsv.gz" "$work/sheet" arm_B_vs_A --design '~ treatment + arm' -c arm:B:A
}

judge() {    # engine, question: false proportion and power at FDR 0.1, power where the truth says 0.1
    awk -F'\t' -v OFS='\t' -v q="log2fc_$2" '
        function column(name,   i) { for (i = 1; i <= NF; i++) if ($i == name) return i; exit 1 }
        NR == FNR { if (FNR == 1) c = column(q); else truth[$1] = $c != 0; next }
        FNR == 1 { p = column("pvalue"); adj = column("padj"); next }
        $p != "NA" { printf "%.6e\t%d\t%d\n", $p, truth[$1], $adj != "NA" && $adj < 0.1 }
    ' "$work/sim/truth.genes.tsv" "$work/de/$2.de.tsv" | sort -g | awk -F'\t' -v OFS='\t' \
        -v n_real="$(awk -F'\t' -v q="log2fc_$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == q) c = i; next }
            { n += $c != 0 } END { print n }' "$work/sim/truth.genes.tsv")" '
        { if ($2) found++; else wrong++
          if ($3) { if ($2) hits++; else misses++ }
          if (wrong <= 0.1 * (found + wrong)) best = found }
        END { print hits + misses ? misses / (hits + misses) : 0, hits / n_real, best / n_real }'
}

truth() {    # seed
    "$tilseq" simulate --seed "$1" -q --no-provenance -o "$work/sim" || exit 1
    for engine in $engines; do
        "$tilseq" de "$work/sim/counts.tsv" "$work/sim/samples.tsv" -m "$engine" --pair patient --time timepoint --arm arm \
            -q --no-provenance -o "$work/de" || exit 1
        for question in on_in_A on_in_B B_vs_A_on; do
            printf 'truth\t%s\t%s\t%s\t%s\n' "$engine" "$1" "$question" "$(judge "$engine" "$question")" >>"$work/found"
        done
    done
}

: >"$work/found"
if [ -f "$shared/data/counts/riaz/counts.tsv.gz" ]; then
    i=1
    while [ $i -le "$draws" ]; do
        groups groups10 $i 10 20
        mice $i
        if [ $((i % 3)) = 1 ]; then groups groups25 $i 25 51; fi
        if [ $((i % 2)) = 1 ]; then pairs arms $i; pairs times $i; fi
        i=$((i + 1))
    done
else
    echo "calibration: no \$TILSEQ_SHARED/data/counts/riaz: only the simulated truth"
fi
i=1
while [ $i -le "$seeds" ]; do truth $i; i=$((i + 1)); done

# Median and most of each null; mean false proportion and power of each question.
sort -k1,1 -k2,2 -k4,4n "$work/found" | awk -F'\t' -v engines="$engines" '
    $1 == "truth" { q[$4]; t = $2 SUBSEP $4; n[t]++; fdp[t] += $5; power[t] += $6; best[t] += $7; next }
    { k = $1 SUBSEP $2; value[k, ++n[k]] = $4; nulls[$1] }
    END {
        m = split(engines, engine, "[ \n]+")
        split("groups10 groups25 arms times mice", names, " "); split("on_in_A on_in_B B_vs_A_on", questions, " ")
        printf "| engine |"
        for (j = 1; j <= 5; j++) if (names[j] in nulls) printf " %s |", names[j]
        for (j = 1; j <= 3; j++) printf " %s |", questions[j]
        printf "\n|---|"
        for (j = 1; j <= 5; j++) if (names[j] in nulls) printf "---|"
        print "---|---|---|"
        for (e = 1; e <= m; e++) {
            printf "| %s |", engine[e]
            for (j = 1; j <= 5; j++) if (names[j] in nulls) {
                k = names[j] SUBSEP engine[e]; c = n[k]
                printf " %g, %d (%d) |", (value[k, int((c + 1) / 2)] + value[k, int(c / 2) + 1]) / 2, value[k, c], c
            }
            for (j = 1; j <= 3; j++) {
                k = engine[e] SUBSEP questions[j]
                printf " %.3f, %.3f, %.3f |", fdp[k] / n[k], power[k] / n[k], best[k] / n[k]
            }
            print ""
        }
        print "nulls: median, most (draws) of the genes called at FDR 0.1; questions: mean false proportion and power at FDR 0.1, power where 0.1 of the first genes are false"
    }'
