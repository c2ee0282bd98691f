#!/bin/sh
# bench_gsea.sh -- 10,000 gene sets along 22,069 genes, beside fgsea (R) where that is installed. R's start-up and reading
# are not counted; ours are.
set -u
sets=$TILSEQ_SHARED/data/collections/bench_10k.gmt.gz
ranks=$TILSEQ_SHARED/data/collections/bench.rnk
[ -f "$sets" ] || { echo "gsea: no $sets"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT

cat >"$work/peer.R" <<'PEER'
suppressMessages(library(fgsea))
a <- commandArgs(TRUE)
r <- read.table(a[2], sep = "\t"); stat <- r[[2]]; names(stat) <- r[[1]]
sets <- gmtPathways(gzfile(a[1]))
t <- system.time(suppressWarnings(fgsea(sets, stat, minSize = 5, maxSize = as.numeric(a[3]), nproc = 1)))
cat(sum(t[c("user.self", "sys.self", "user.child", "sys.child")]), "\n")
PEER
have_peer=no
Rscript -e 'if (!requireNamespace("fgsea", quietly = TRUE)) q(status = 1)' >/dev/null 2>&1 && have_peer=yes

run() {     # label, largest set, options
    "$TILSEQ" gsea -g "$sets" --ranks "$ranks" --max-size "$2" -@ 1 $3 -o "$work/out.tsv" 2>"$work/err" ||
        { cat "$work/err"; exit 1; }
    ours=$(sed -n 's/.* \([0-9.]*\) s CPU.*/\1/p' "$work/err")
    memory=$(sed -n 's/.*peak \([0-9]*\) MB.*/\1/p' "$work/err")
    error=$(awk -F'\t' '!/^#/ && $5 + 0 < 0.05 && $5 + 0 > 1e-50 { s += $7 * $7; n++ } END { printf "%.2f", sqrt(s / n) }' "$work/out.tsv")
    theirs=
    [ $have_peer = no ] || [ "$1" != normal ] || theirs=$(Rscript "$work/peer.R" "$sets" "$ranks" "$2" 2>/dev/null)
    echo "gsea $1, sets of 5 to $2: $ours CPU s with reading, peak $memory MB, log2 error of p < 0.05: $error${theirs:+; fgsea $theirs CPU s}"
}
run normal 500 ''
run normal 5000 ''
run fast 5000 --fast
[ $have_peer = yes ] || exit 77
