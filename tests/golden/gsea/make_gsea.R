# make_gsea.R -- expected values of the enrichment methods on a ranking of 28 genes, by looking at every subset.
# Run in tests/golden/gsea:  Rscript make_gsea.R     (minutes; no package is needed)
#
# Independent of the C code: the running sum is written out over all positions, ties are one step, and p is the
# exact share of all subsets of that size. ora.tsv is phyper() as fgsea::fora calls it.
set.seed(20)
n <- 28
stat <- round(rnorm(n, 0.3, 1.5), 2)
stat[c(3, 9, 14, 20, 26)] <- 0              # a block of ties at zero
stat[c(5, 11)] <- 1.25                      # and one of two
genes <- sprintf("g%02d", sample(n))
write.table(data.frame(genes, stat), "ranks.rnk", sep = "\t", quote = FALSE, row.names = FALSE, col.names = FALSE)

sets <- list(top1 = genes[which.max(stat)], zero1 = genes[9], pair = genes[order(-stat)[c(2, 7)]],
             zeros = genes[c(3, 14, 20)], up4 = genes[order(-stat)[c(1, 3, 4, 9)]],
             down5 = genes[order(stat)[c(1, 2, 4, 5, 12)]], top5 = genes[order(-stat)[1:5]],
             mixed5 = sample(genes, 5), mixed6 = sample(genes, 6), up6 = genes[order(-stat)[c(1, 2, 3, 5, 8, 20)]],
             down7 = genes[order(stat)[c(1, 3, 4, 6, 7, 9, 15)]])
writeLines(vapply(names(sets), function(s) paste(c(s, "na", sets[[s]]), collapse = "\t"), ""), "sets.gmt")

# highest and lowest value of the running sum of each row of a logical matrix (subsets x positions in order)
extremes <- function(member, weight, block_end) {
    k <- rowSums(member)
    w <- sweep(member, 2, weight, "*")
    none <- rowSums(w) == 0
    w[none, ] <- member[none, ]
    upto <- outer(seq_len(ncol(member)), block_end, "<=") + 0
    hits <- (w %*% upto) / rowSums(w)
    misses <- ((1 - member) %*% upto) / (ncol(member) - k)
    v <- cbind(0, hits - misses)
    list(hi = apply(v, 1, max), lo = apply(v, 1, min))
}
score <- function(x, type) {
    if (type == "pos") return(x$hi)
    if (type == "neg") return(x$lo)
    ifelse(abs(x$hi + x$lo) < 1e-12, 0, ifelse(x$hi > -x$lo, x$hi, x$lo))
}
edge <- function(member, weight, block_end, type, ordered) {    # of one set
    w <- member * weight; if (sum(w) == 0) w <- member + 0
    v <- vapply(block_end, function(t) sum(w[seq_len(t)]) / sum(w) - sum(!member[seq_len(t)]) / sum(!member), 0)
    before <- c(0, head(v, -1)); start <- c(1, head(block_end, -1) + 1)
    hi <- max(v, 0); lo <- min(before, 0)
    if (type == "pos" || (type == "std" && hi > -lo + 1e-12)) {
        t <- block_end[which(v >= hi - 1e-12)[1]]
        return(ordered[seq_len(n) <= t & member])
    }
    if (type == "std" && abs(hi + lo) < 1e-12) return(character())
    hit <- vapply(seq_along(start), function(b) any(member[start[b]:block_end[b]]), TRUE)
    t <- start[which(before <= lo + 1e-12 & hit)[1]]
    rev(ordered[seq_len(n) >= t & member])
}

by_name <- order(-stat, genes)              # ties = block: order inside a block by name
ordered <- genes[by_name]; s <- stat[by_name]
ends <- cumsum(rle(s)$lengths)
all_subsets <- lapply(1:7, function(k) {
    at <- combn(n, k)
    m <- matrix(FALSE, ncol(at), n)
    m[cbind(rep(seq_len(ncol(at)), each = k), as.vector(at))] <- TRUE
    m
})
rows <- list()
for (param in c(1, 0, 2)) for (type in c("std", "pos", "neg")) {
    weight <- abs(s)^param
    null <- lapply(all_subsets, function(m) score(extremes(m + 0, weight, ends), type))
    for (name in names(sets)) {
        member <- ordered %in% sets[[name]]
        es <- score(extremes(matrix(member + 0, 1), weight, ends), type)
        x <- null[[sum(member)]]
        side <- if (type != "std") x else if (es >= 0) x[x >= 0] else x[x <= 0]
        p <- if (abs(es) < 1e-12) 1 else mean(abs(side) >= abs(es) - 1e-12)
        rows[[length(rows) + 1]] <- data.frame(set = name, param, type, size = sum(member), es = sprintf("%.17g", es),
            nes = sprintf("%.17g", es / mean(abs(side))), p = sprintf("%.17g", p),
            edge = paste(edge(member, weight, ends, type, ordered), collapse = ","))
    }
}
out <- do.call(rbind, rows)
write.table(out, "preranked.tsv", sep = "\t", quote = FALSE, row.names = FALSE)
write.table(out, "simple.tsv", sep = "\t", quote = FALSE, row.names = FALSE)

selected <- genes[stat > 1]
ora <- do.call(rbind, lapply(names(sets), function(name) {
    k <- length(sets[[name]]); q <- sum(sets[[name]] %in% selected)
    data.frame(set = name, size = k, overlap = q, universe = n,
               p = sprintf("%.17g", phyper(q - 1, k, n - k, length(selected), lower.tail = FALSE)))
}))
write.table(ora, "ora.tsv", sep = "\t", quote = FALSE, row.names = FALSE)
writeLines(R.version.string, "VERSIONS")
