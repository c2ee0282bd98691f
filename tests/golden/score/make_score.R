# make_score.R -- goldens of src/score/, by GSVA on simulated counts.
#     Rscript make_score.R          (in this folder)
# Writes counts.tsv (genes x samples, many zeros and so many ties), expression.tsv = log2(CPM + 1), sets.gmt,
# a file per method, ssgsea_range.tsv, gsva_*.tsv, defs.tsv (definitions as in genesets/scores.tsv) with
# their values in defs_values.tsv, and VERSIONS.
suppressMessages(library(GSVA))
set.seed(20)
n <- 240; s <- 9
mu <- exp(rnorm(n, 2.5, 1.8)); mu[1:30] <- pmax(mu[1:30], 8)
size <- 1 / (0.1 + 2 / mu)
lib <- exp(runif(s, -0.8, 0.8))
programme <- rnorm(s)
fold <- matrix(1, n, s); fold[1:30, ] <- exp(outer(runif(30, 0.3, 1), programme))
counts <- matrix(rnbinom(n * s, mu = mu * t(lib * t(fold)), size = size), n, s)
counts[200:204, ] <- 0                       # never seen: no variance
dimnames(counts) <- list(sprintf("G%03d", 1:n), sprintf("s%d", 1:s))
x <- log2(t(t(counts) / colSums(counts)) * 1e6 + 1)

g <- rownames(x)
sets <- list(ONE = g[3], TWO = g[c(3, 120)], PROGRAMME = g[1:30], MIXED = g[c(5:14, 100:130)],
             SILENT = g[198:206], PARTLY_MISSING = c(g[40:49], "NOT1", "NOT2"),
             LARGE = g[seq(1, n, 2)], TAIL = g[180:197])
writeLines(sapply(names(sets), function(i) paste(c(i, "simulated", sets[[i]]), collapse = "\t")),
           "sets.gmt")

put <- function(m, file, id = "set") {
    text <- apply(m, 2, function(v) ifelse(is.nan(v) | is.na(v), "NA", sprintf("%.17g", v)))
    write.table(data.frame(rownames(m), text), file, sep = "\t", quote = FALSE, row.names = FALSE,
                col.names = c(id, colnames(m)))
}
put(counts, "counts.tsv", "gene_id"); put(x, "expression.tsv", "gene_id")
full <- function(m) { out <- matrix(NA, length(sets), s, dimnames = list(names(sets), colnames(x)))
                      out[rownames(m), ] <- m; out }
run <- function(m = x, ...) full(suppressWarnings(gsva(m, sets, min.sz = 1, verbose = FALSE,
                                                       parallel.sz = 1, ...)))
put(run(method = "ssgsea", ssgsea.norm = FALSE), "ssgsea.tsv")
put(run(method = "ssgsea", ssgsea.norm = TRUE), "ssgsea_range.tsv")
put(run(method = "gsva", kcdf = "Gaussian"), "gsva.tsv")
put(run(method = "gsva", kcdf = "none"), "gsva_none.tsv")
put(run(counts, method = "gsva", kcdf = "Poisson"), "gsva_poisson.tsv")
put(run(method = "zscore"), "zscore.tsv")
# GSVA drops the matrix to a vector for a set of one gene and answers 1 everywhere: written out here
plage <- run(method = "plage")
one <- x["G003", ] - mean(x["G003", ]); plage["ONE", ] <- one / sqrt(sum(one^2))
put(plage, "plage.tsv")
inside <- lapply(sets, intersect, g)
put(t(sapply(inside, function(i) colMeans(x[i, , drop = FALSE]))), "mean.tsv")
# singscore is not packaged by Debian: simpleScore(rankGenes(x, tiesMethod = "min"), upSet) written out
r <- apply(x, 2, rank, ties.method = "min")
put(t(sapply(inside, function(i) { k <- length(i); lo <- (k + 1) / 2; hi <- (2 * n - k + 1) / 2
    (colMeans(r[i, , drop = FALSE]) - lo) / (hi - lo) - 0.5 })), "singscore.tsv")

defs <- rbind(
    c("AVERAGE",  "mean",            "PROGRAMME", "log"),
    c("CYT",      "geomean",         "G003,G120", "linear"),
    c("TLS",      "geomean_log",     "G005,G006,G007,NOT1", "log"),
    c("GEP",      "weighted_sum_hk", "G001:0.3,G002:-0.12,G050:1e-2;HK=G060,G061,G062", "log"),
    c("RATIO",    "log_ratio",       "mean(G001,G002) - G070", "log"),
    c("ROBUST",   "log_ratio",       "mean(PROGRAMME minus G001,G002) - mean(TAIL)", "log"),
    c("LEFT",     "residual",        "mean(PROGRAMME) ~ mean(TAIL)", "log"),
    c("VOTES",    "pair_votes",      "G001>G070,G002>G003,G100>G101,G005>NOT1", "log"),
    c("RANK",     "mean_rank_across_samples", "MIXED", "log"),
    c("PC1",      "pc1",             "PROGRAMME", "log"),
    c("PC1_FEW",  "pc1",             "G001,G002,G003,G004", "log"),
    c("NOTHING",  "log_ratio",       "NOT1 - G001", "log"))
write.table(data.frame(name = defs[, 1], species = "human", type = defs[, 2], definition = defs[, 3],
                       scale = defs[, 4], note = ""), "defs.tsv", sep = "\t", quote = FALSE,
            row.names = FALSE)
cpm <- t(t(counts) / colSums(counts)) * 1e6
m <- function(i) colMeans(x[intersect(i, g), , drop = FALSE])
hk <- m(c("G060", "G061", "G062"))
pc <- function(i) { p <- prcomp(t(x[i, ]), scale. = TRUE)$x[, 1]; p * sign(cor(p, m(i))) }
rank_mean <- function(i) { q <- apply(x[i, ], 1, rank); rowMeans((q - 1) / (s - 1)) }
v <- rbind(AVERAGE = m(sets$PROGRAMME), CYT = exp(colMeans(log(cpm[c("G003", "G120"), ] + 0.01))),
    TLS = exp(m(g[5:7])), GEP = 0.3 * (x["G001", ] - hk) - 0.12 * (x["G002", ] - hk) + 0.01 * (x["G050", ] - hk),
    RATIO = m(g[1:2]) - x["G070", ], ROBUST = m(g[3:30]) - m(sets$TAIL),
    LEFT = resid(lm(m(sets$PROGRAMME) ~ m(sets$TAIL))),
    VOTES = (x["G001", ] > x["G070", ]) + (x["G002", ] > x["G003", ]) + (x["G100", ] > x["G101", ]),
    RANK = rank_mean(sets$MIXED), PC1 = pc(sets$PROGRAMME), PC1_FEW = pc(g[1:4]), NOTHING = NA)
put(v, "defs_values.tsv")
writeLines(c(R.version.string, paste("GSVA", packageVersion("GSVA"))), "VERSIONS")
