#!/bin/sh
# make_references.sh TILSEQ -- makes the inputs and references that `tilseq qualify` carries, in this folder.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Files *.r.tsv are what R 4.2.2 (DESeq2, edgeR, limma, GSVA's formulas, lm, phyper) or featureCounts said, copied from
# tests/golden with the columns named as tilseq names them; the scripts beside those files made them. Files *.own.tsv are
# what tilseq itself wrote when the folder was made: they show that another machine computes the same numbers, not that
# they are right. Of long tables every third row is kept.
set -eu
LC_ALL=C
export LC_ALL
tilseq=$1
cd "$(dirname "$0")"
golden=../../../tests/golden
data=../../../tests/cli/data
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Columns THEIRS=OURS of a table, the header and every n-th row
pick() {    # file, n, columns...
    file=$1 every=$2
    shift 2
    awk -F'\t' -v OFS='\t' -v wanted="$*" -v every="$every" '
        /^##tilseq/ { next }
        !seen++ { n = split(wanted, w, " ")
                  for (i = 1; i <= n; i++) { split(w[i], pair, "="); theirs[i] = pair[1]; ours[i] = pair[2] != "" ? pair[2] : pair[1] }
                  for (f = 1; f <= NF; f++) at[$f] = f
                  for (i = 1; i <= n; i++) { if (!(theirs[i] in at)) { print "no column " theirs[i] > "/dev/stderr"; exit 1 }
                                             printf "%s%s", ours[i], i < n ? OFS : "\n" }
                  next }
        ++row % every == 0 { for (i = 1; i <= n; i++) printf "%s%s", $(at[theirs[i]]), i < n ? OFS : "\n" }' "$file"
}
thin() { awk '/^##tilseq/ { next } !seen++ || ++row % 3 == 0' "$1"; }

# ---- inputs ----
cp "$golden/engines/counts.tsv" groups.counts.tsv
awk -F'\t' -v OFS='\t' 'NR == 1 { print "sample", "patient", "batch", "arm"; next }
    { print $1, "P" NR - 1, $3 == 1 ? "two" : "one", $4 == 1 ? "B" : "A" }' "$golden/engines/design_groups.tsv" >groups.samples.tsv
cp "$golden/norm/counts.tsv" norm.counts.tsv
cp "$golden/gsea/ranks.rnk" ranks.rnk
cp "$golden/gsea/sets.gmt" ranks.gmt
cut -f 1 ranks.rnk | sort >universe.txt
sort -t "$(printf '\t')" -k2,2gr ranks.rnk | cut -f 1 | head -n 6 >selected.txt
cp "$golden/score/counts.tsv" score.counts.tsv
cp "$golden/score/sets.gmt" score.gmt
cp "$golden/trial/values.tsv" trial.values.tsv
cp "$golden/trial/sheet.tsv" trial.samples.tsv
cp "$golden/count/corner.sam" corner.sam
cp "$golden/count/corner.gtf" corner.gtf
cp "$data/transcripts.fa" "$data/tx2gene.tsv" "$data/reads_1.fq" "$data/reads_2.fq" .

# inputs with a fault
awk -F'\t' -v OFS='\t' 'NR == 8 { $4 = "3x" } { print }' groups.counts.tsv >bad_text.tsv
awk -F'\t' -v OFS='\t' 'NR == 8 { $4 = -3 } { print }' groups.counts.tsv >bad_negative.tsv
awk 'NR == 9 { print last } { last = $0; print }' groups.counts.tsv >bad_repeated.tsv
awk -F'\t' -v OFS='\t' 'NR > 1 { $3 = $4 == "B" ? "two" : "one" } { print }' groups.samples.tsv >bad_confounded.tsv
awk 'NR != 5' groups.samples.tsv >bad_short.tsv
head -n 7 reads_1.fq >bad_cut.fq

# ---- references by others ----
pick "$golden/norm/tmm.tsv" 1 sample lib_size factor=norm_factor >norm_tmm.r.tsv
pick "$golden/norm/median-ratio.tsv" 1 sample factor=size_factor >norm_ratio.r.tsv
thin "$golden/norm/to_logcpm.tsv" >norm_logcpm.r.tsv
pick "$golden/engines/limma-trend.tsv" 3 gene_id groupsT_se1=lfcSE groupsT_p1=pvalue groupsT_B1=B >de_limma_trend.r.tsv
pick "$golden/engines/voom.tsv" 3 gene_id groups_lfc1=log2FoldChange groups_se1=lfcSE groups_p1=pvalue groups_B1=B >de_voom.r.tsv
pick "$golden/engines/deseq2.tsv" 3 gene_id groups_baseMean1=baseMean groups_log2FoldChange1=log2FoldChange \
    groups_lfcSE1=lfcSE groups_stat1=stat >de_deseq2.r.tsv
awk -F'\t' 'NR == 1 || ($2 == 1 && $3 == "std")' "$golden/gsea/preranked.tsv" >"$work/preranked.tsv"
pick "$work/preranked.tsv" 1 set size es nes p=pvalue >gsea_preranked.r.tsv
pick "$golden/gsea/ora.tsv" 1 set size overlap universe p=pvalue >gsea_ora.r.tsv
cp "$golden/score/gsva.tsv" score_gsva.r.tsv
cp "$golden/score/singscore.tsv" score_singscore.r.tsv
cp "$golden/score/zscore.tsv" score_zscore.r.tsv
pick "$golden/trial/tests.tsv" 1 row=signature difference=effect permutation=p_permutation >trial_arms.r.tsv
pick "$golden/trial/tests.tsv" 1 row=signature change=effect flips=p_permutation >trial_change.r.tsv
awk -v id='== corner.reverse.pairs' -F'\t' -v OFS='\t' 'BEGIN { print "gene_id", "corner" }
    $0 == id { on = 1; next } /^== / { on = 0 } on && NF > 2 { print $1, $NF }' "$golden/count/peers.txt" >count_corner.r.tsv

# ---- references by tilseq ----
run() { "$tilseq" "$@" -q --no-provenance; }
for m in limma-trend voom deseq2; do
    run de groups.counts.tsv groups.samples.tsv --design '~ batch + arm' -c arm:B:A --method $m -o "$work/$m"
    thin "$work/$m/arm_B_vs_A.de.tsv" >"de_$(echo $m | tr - _).own.tsv"
done
run norm norm.counts.tsv --to vst -o "$work/vst.tsv"
thin "$work/vst.tsv" >norm_vst.own.tsv
run gsea -g ranks.gmt --ranks ranks.rnk --min-size 1 -o "$work/gsea.tsv"
cp "$work/gsea.tsv" gsea_preranked.own.tsv
run score score.counts.tsv -g score.gmt --method ssgsea -o "$work/ssgsea.tsv"
cp "$work/ssgsea.tsv" score_ssgsea.own.tsv
run score score.counts.tsv -g score.gmt --method plage -o "$work/plage.tsv"
cp "$work/plage.tsv" score_plage.own.tsv
run trial --values trial.values.tsv trial.samples.tsv --pair patient --time time --arm arm -o "$work/trial"
cp "$work/trial/B_vs_A_on.trial.tsv" trial.own.tsv
run power "$work/trial/B_vs_A_on.trial.tsv" -o "$work/power.tsv"
cp "$work/power.tsv" power.own.tsv
run design groups.samples.tsv --design '~ batch + arm' -o "$work/design.tsv"
cp "$work/design.tsv" design.own.tsv
run index -t transcripts.fa -g tx2gene.tsv -o "$work/index"
run quant -i "$work/index" -1 reads_1.fq -2 reads_2.fq -g tx2gene.tsv -o "$work/quant"
cp "$work/quant/quant.sf" quant.own.tsv
run merge -g tx2gene.tsv -o "$work/m" "$work/quant/quant.sf"
cp "$work/m.gene_counts.tsv" merge.own.tsv
run sets check score.gmt score.counts.tsv -o "$work/sets.tsv"
cp "$work/sets.tsv" sets_check.own.tsv
