#!/bin/sh
# bench_score.sh -- ssgsea and gsva beside GSVA (R) on the paired Riaz biopsies: 16,120 genes x 86 samples x 197 sets.
# R's own start-up, loading and reading are not counted; ours are.
set -u
matrix=$TILSEQ_SHARED/golden/enrich/in/riaz_paired_logcpm.tsv.gz
[ -f "$matrix" ] || { echo "score: no $matrix"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT
cat "$TILSEQ_SHARED/data/collections/h.all.v7.1.symbols.gmt" "$TILSEQ_SHARED/genesets/tilseq_human_v1.gmt" >"$work/sets.gmt"

cat >"$work/peer.R" <<'PEER'
suppressMessages(library(GSVA))
a <- commandArgs(TRUE)
x <- as.matrix(read.table(gzfile(a[1]), header = TRUE, row.names = 1, check.names = FALSE, sep = "\t", quote = ""))
l <- strsplit(readLines(a[2]), "\t"); g <- lapply(l, function(i) unique(i[-(1:2)])); names(g) <- sapply(l, `[`, 1)
for (m in c("ssgsea", "gsva")) {
    t <- system.time(suppressWarnings(invisible(capture.output(
        gsva(x, g, method = m, min.sz = 1, verbose = FALSE, parallel.sz = 1)))))
    cat(m, sum(t[c("user.self", "sys.self")]), "\n")
}
PEER
have_peer=no
Rscript -e 'if (!requireNamespace("GSVA", quietly = TRUE)) q(status = 1)' >/dev/null 2>&1 && have_peer=yes
[ $have_peer = no ] || Rscript "$work/peer.R" "$matrix" "$work/sets.gmt" >"$work/peer" 2>/dev/null

for method in ssgsea gsva; do
    "$TILSEQ" score "$matrix" -g "$work/sets.gmt" -m $method -o "$work/out.tsv" 2>"$work/err" || { cat "$work/err"; exit 1; }
    ours=$(sed -n 's/.* \([0-9.]*\) s CPU.*/\1/p' "$work/err")
    memory=$(sed -n 's/.*peak \([0-9]*\) MB.*/\1/p' "$work/err")
    theirs=$(awk -v m=$method '$1 == m { print $2 }' "$work/peer" 2>/dev/null)
    if [ -n "${theirs:-}" ]; then
        awk -v m=$method -v o="$ours" -v t="$theirs" -v r="$memory" \
            'BEGIN { printf "score %s: %.2f CPU s, peak %d MB; GSVA %.1f CPU s: %.0f times\n", m, o, r, t, t / o }'
    else
        echo "score $method: $ours CPU s, peak $memory MB; GSVA is not installed"
    fi
done
[ $have_peer = yes ] || exit 77
