#!/bin/sh
# trial_scenarios.sh -- does `tilseq trial` call a trial that failed a failure, and one that works a success, from
# its sheet alone? Two scenarios of an IL-2 agonist (tilseq simulate --scenario), SCENARIO_SEEDS seeds each.
#
#   il2-failed is called right when, in both arms, T cells rise in blood at C1 and fall from C1 to C5, regulatory T
#   cells rise in the tumour, T cells and effector function do not rise in the tumour at any cycle, and no cycle shows a
#   difference between the arms in the tumour
#   il2-works is called right when, in both arms, T cells and effector function rise in the tumour at C1 and C5 and do not
#   fall in between, and the combination raises effector function in the tumour more than mono at C1 and C5
#
# Prints a line per scenario: seeds, seeds called right, then what was called wrong how often. Fails below 95 % and 90 %.
set -u
tilseq=${TILSEQ:-$(pwd)/tilseq}
n_seeds=${SCENARIO_SEEDS:-3}
first=${SCENARIO_FIRST:-1}
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-scenarios-XXXXXX")
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL

verdict() {    # question, signature
    awk -F'\t' -v name="$2" '
        /^##/ { next }
        !c { for (i = 1; i <= NF; i++) if ($i == "verdict") c = i; next }
        $1 == name { print $c }' "$work/out/$1.trial.tsv"
}

wants() {    # question, signature, verdict
    [ "$(verdict "$1" "$2")" = "$3" ] || wrong="$wrong $1:$2"
}

not() {    # question, signature, verdict that it must not have
    [ "$(verdict "$1" "$2")" != "$3" ] || wrong="$wrong $1:$2"
}

judge_failed() {
    for arm in mono combination; do
        wants blood_C1_in_$arm T_CELL_CORE rose
        wants blood_waning_in_$arm T_CELL_CORE fell
        wants tumour_C1_in_$arm TREG_CORE rose
        for cycle in C1 C2 C3 C4 C5; do
            not tumour_${cycle}_in_$arm T_CELL_CORE rose
            not tumour_${cycle}_in_$arm EFFECTOR_CORE rose
        done
    done
    for cycle in C1 C2 C3 C4 C5; do
        wants tumour_combination_vs_mono_$cycle T_CELL_CORE 'not shown'
        wants tumour_combination_vs_mono_$cycle EFFECTOR_CORE 'not shown'
    done
}

judge_works() {
    for arm in mono combination; do
        for set in T_CELL_CORE EFFECTOR_CORE; do
            wants tumour_C1_in_$arm $set rose
            wants tumour_C5_in_$arm $set rose
            not tumour_waning_in_$arm $set fell
        done
    done
    wants tumour_combination_vs_mono_C1 EFFECTOR_CORE rose
    wants tumour_combination_vs_mono_C5 EFFECTOR_CORE rose
}

failed=0
for scenario in failed works; do
    n_right=0
    : >"$work/wrong"
    for seed in $(seq "$first" $((first + n_seeds - 1))); do
        rm -rf "$work/sim" "$work/out"
        "$tilseq" simulate --scenario il2-$scenario --genes 1500 --seed "$seed" -q -o "$work/sim" || exit 1
        "$tilseq" trial "$work/sim/counts.tsv" "$work/sim/samples.tsv" --pair patient --time timepoint --arm arm \
            --within tissue -q -o "$work/out" || exit 1
        wrong=
        judge_$scenario
        [ -z "$wrong" ] && n_right=$((n_right + 1))
        [ -z "$wrong" ] || echo "$wrong" | tr ' ' '\n' | sed '/^$/d' >>"$work/wrong"
    done
    echo "il2-$scenario: $n_right of $n_seeds seeds called right$(sort "$work/wrong" | uniq -c |
        awk '{ printf "; %s wrong in %d", $2, $1 }')"
    least=$([ $scenario = failed ] && echo 95 || echo 90)
    [ $((100 * n_right)) -ge $((least * n_seeds)) ] || failed=1
done
exit $failed
