#!/bin/sh
# bench_de.sh -- tilseq de beside DESeq2 and limma (R) on the Riaz biopsies: ~ cohort*timepoint (22,187 genes x 108
# samples) and ~ patient + timepoint (86 samples, 44 coefficients; R only with TILSEQ_BENCH_LONG=1, it takes minutes).
# CPU seconds of one thread. R's own start-up, loading and reading are not counted; ours are, and so is the writing.
set -u
riaz=$TILSEQ_SHARED/data/counts/riaz
[ -f "$riaz/counts.tsv.gz" ] || { echo "de: no $riaz"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT

cat >"$work/peer.R" <<'PEER'
suppressMessages({library(DESeq2); library(edgeR); library(limma)})
a <- commandArgs(TRUE)
x <- as.matrix(read.delim(file.path(a[1], "counts.tsv.gz"), row.names = 1, check.names = FALSE))
s <- read.delim(file.path(a[1], "samples.tsv")); s <- s[!s$dup, ]
s$cohort <- factor(s$cohort, c("NAIVE", "PROG")); s$timepoint <- factor(s$timepoint, c("pre", "on"))
cpu <- function(e) { t <- system.time(e); sum(t[c("user.self", "sys.self")]) }
deseq2 <- function(s, f) cpu({ d <- DESeqDataSetFromMatrix(x[, s$sample], s, f); d <- DESeq(d, quiet = TRUE); r <- results(d) })
cat("deseq2", deseq2(s, ~ cohort * timepoint), "\n")
cat("voom", cpu({ X <- model.matrix(~ cohort * timepoint, s); y <- DGEList(x[, s$sample]); y <- y[filterByExpr(y, X), , keep.lib.sizes = FALSE]
                  y <- calcNormFactors(y); f <- eBayes(lmFit(voom(y, X), X)); r <- topTable(f, coef = 4, number = Inf) }), "\n")
if (nzchar(Sys.getenv("TILSEQ_BENCH_LONG"))) { p <- s[s$paired, ]; p$patient <- factor(p$patient)
  cat("paired", deseq2(p, ~ patient + timepoint), "\n") }
PEER
have_peer=no
Rscript -e 'for (p in c("DESeq2", "edgeR", "limma")) if (!requireNamespace(p, quietly = TRUE)) q(status = 1)' >/dev/null 2>&1 && have_peer=yes
[ $have_peer = no ] || Rscript "$work/peer.R" "$riaz" >"$work/peer" 2>/dev/null

one() {     # label, goal in CPU seconds, options
    label=$1 goal=$2
    shift 2
    "$TILSEQ" de "$riaz/counts.tsv.gz" "$riaz/samples.tsv" --exclude dup=TRUE --reference timepoint=pre \
        -@ 1 -o "$work/out" "$@" 2>"$work/err" || { cat "$work/err"; exit 1; }
    ours=$(sed -n 's/.* \([0-9.]*\) s CPU.*/\1/p' "$work/err")
    memory=$(sed -n 's/.*peak \([0-9]*\) MB.*/\1/p' "$work/err")
    theirs=$(awk -v m="$label" '$1 == m { print $2 }' "$work/peer" 2>/dev/null)
    awk -v m="$label" -v o="$ours" -v t="${theirs:-0}" -v r="$memory" -v g="$goal" 'BEGIN {
        printf "de %s: %.2f CPU s (goal %s), peak %d MB", m, o, g, r
        if (t > 0) printf "; R %.1f CPU s: %.0f times", t, t / o
        print "" }'
}
one deseq2 1.5 --reference cohort=NAIVE --design '~ cohort*timepoint' -c x=cohortPROG:timepointon
one voom 0.25 --method voom --reference cohort=NAIVE --design '~ cohort*timepoint' -c x=cohortPROG:timepointon
one paired 5 --include paired=TRUE --design '~ patient + timepoint' -c timepoint:on:pre
[ $have_peer = yes ] || exit 77
