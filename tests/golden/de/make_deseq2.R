# Small goldens of the deseq2 engine on simulated counts:  Rscript make_deseq2.R  in this folder.
#   counts.tsv lengths.tsv     300 genes x 20 samples
#   cases.tsv                  name, contrast weights, options, trend, filter...
#   design_NAME.tsv reduced_NAME.tsv deseq2_NAME.tsv
suppressMessages(library(DESeq2))
options(warn = 1, stringsAsFactors = FALSE)
set.seed(20240607)
fmt <- function(v) if (is.double(v)) { r <- sprintf("%.15g", v); r[is.na(v)] <- "NA"; r } else as.character(v)
wr <- function(df, file) { df[] <- lapply(df, fmt); write.table(df, file, sep = "\t", quote = FALSE, row.names = FALSE) }

n <- 20; m <- 300
s <- data.frame(sample = sprintf("s%02d", 1:n), arm = rep(c("A", "B", "C"), c(8, 8, 4)),
                batch = rep(c("x", "y"), n / 2), row.names = sprintf("s%02d", 1:n))
s$arm <- factor(s$arm); s$batch <- factor(s$batch)
mean0 <- 2^runif(m, 0, 11); alpha <- 0.05 + 2 / mean0
lfc <- rbind(A = 0, B = ifelse(seq_len(m) %% 4 == 0, rnorm(m, 0, 2), 0), C = ifelse(seq_len(m) %% 5 == 0, 1, 0))
depth <- exp(rnorm(n, 0, 0.5))
mu <- sapply(seq_len(n), function(j) mean0 * depth[j] * 2^(lfc[as.character(s$arm[j]), ] + 0.3 * (s$batch[j] == "y")))
x <- matrix(rnbinom(m * n, mu = mu, size = 1 / alpha), m)
out <- cbind(sample(m, 25), sample(n, 25, TRUE)); x[out] <- x[out] * 20L + 200L      # outlying counts
x[297, ] <- 0L; x[298, 1:16] <- 0L; x[299, 9:20] <- 0L; x[300, ] <- 0L; x[300, 3] <- 4L
mode(x) <- "integer"
dimnames(x) <- list(sprintf("g%03d", 1:m), s$sample)
wr(data.frame(gene_id = rownames(x), x, check.names = FALSE), "counts.tsv")
len <- matrix(round(2^runif(m, 9, 12)) * 2^rnorm(m * n, 0, 0.1), m, dimnames = dimnames(x))
wr(data.frame(gene_id = rownames(x), len, check.names = FALSE), "lengths.tsv")

cases <- NULL
case <- function(name, cols, formula, weights, reduced = NULL, trend = "parametric", lfc = 0,
                 side = "greaterAbs", lengths = FALSE, filter = TRUE, by_name = FALSE, levels = NULL) {
  d <- droplevels(s[cols, ]); X <- model.matrix(formula, d)
  dds <- DESeqDataSetFromMatrix(x[, cols], d, formula)
  if (lengths) assays(dds)[["avgTxLength"]] <- len[, cols]
  dds <- if (is.null(reduced)) DESeq(dds, fitType = trend, quiet = TRUE)
         else DESeq(dds, test = "LRT", reduced = reduced, fitType = trend, quiet = TRUE)
  a <- list(object = dds, lfcThreshold = lfc, altHypothesis = side, independentFiltering = filter)
  if (by_name) a$name <- resultsNames(dds)[which(weights == 1)] else a$contrast <- if (is.null(levels)) weights else levels
  r <- do.call(results, a)
  w <- mcols(dds)
  wr(data.frame(gene_id = rownames(dds), baseMean = r$baseMean, log2FoldChange = r$log2FoldChange, lfcSE = r$lfcSE,
                stat = r$stat, pvalue = r$pvalue, padj = r$padj, dispersion = w$dispersion), paste0("deseq2_", name, ".tsv"))
  wr(data.frame(sample = rownames(X), X, check.names = FALSE), paste0("design_", name, ".tsv"))
  if (!is.null(reduced)) { R <- model.matrix(reduced, d); wr(data.frame(sample = rownames(R), R, check.names = FALSE), paste0("reduced_", name, ".tsv")) }
  cases <<- rbind(cases, data.frame(name = name, weights = paste0(weights, collapse = ","), lrt = as.integer(!is.null(reduced)),
    trend = trend, lfc = lfc, side = side, lengths = as.integer(lengths), filter = as.integer(filter),
    threshold = if (filter) as.numeric(metadata(r)$filterThreshold) else NA,
    replaced = if (is.null(w$replace)) 0L else sum(w$replace, na.rm = TRUE), outliers = sum(is.na(r$pvalue) & r$baseMean > 0)))
}
ab <- which(s$arm != "C"); small <- c(1:4, 9:12)
case("two_groups", ab, ~arm, c(0, 1), by_name = TRUE)
case("small_groups", small, ~arm, c(0, 1), by_name = TRUE)
case("three_groups", 1:n, ~batch + arm, c(0, 0, 1, 0), by_name = TRUE)
case("both_signs", 1:n, ~batch + arm, c(0, 0, -1, 1))
case("threshold", 1:n, ~batch + arm, c(0, 0, 1, 0), lfc = 0.5, by_name = TRUE)
case("less_abs", 1:n, ~batch + arm, c(0, 0, 1, 0), lfc = 1, side = "lessAbs", by_name = TRUE)
case("greater", 1:n, ~batch + arm, c(0, 0, 1, 0), lfc = 0.5, side = "greater", by_name = TRUE)
case("less", 1:n, ~batch + arm, c(0, 0, 1, 0), lfc = 0.5, side = "less", by_name = TRUE)
case("lrt", 1:n, ~batch + arm, c(0, 0, 1, 0), reduced = ~batch, by_name = TRUE)
case("lrt_mean", ab, ~arm, c(0, 1), reduced = ~1, by_name = TRUE)
case("local", 1:n, ~batch + arm, c(0, 0, 1, 0), trend = "local", by_name = TRUE)
case("mean", 1:n, ~batch + arm, c(0, 0, 1, 0), trend = "mean", by_name = TRUE)
case("lengths", 1:n, ~batch + arm, c(0, 0, 1, 0), lengths = TRUE, by_name = TRUE)
case("no_filter", 1:n, ~batch + arm, c(0, 0, 1, 0), filter = FALSE, by_name = TRUE)
case("interaction", 1:n, ~batch * arm, c(0, 0, 0, 0, 1, 0), by_name = TRUE)
case("one_left", c(1, 2, 9), ~arm, c(0, 1), by_name = TRUE)
case("two_left", c(1:2, 9:10), ~arm, c(0, 1), by_name = TRUE)
case("three_left", c(1:3, 9:10), ~arm, c(0, 1), by_name = TRUE)
case("no_intercept", 1:n, ~0 + arm, c(-1, 0, 1))
case("levels_b_a", 1:n, ~batch + arm, c(0, 0, 1, 0), levels = c("arm", "B", "A"))
wr(cases, "cases.tsv")
dds <- DESeqDataSetFromMatrix(x, s, ~batch + arm)
for (f in c("parametric", "local", "mean")) {
  v <- varianceStabilizingTransformation(dds, blind = TRUE, fitType = f)
  wr(data.frame(gene_id = rownames(v), assay(v), check.names = FALSE)[seq(1, m, by = 7), ], paste0("vst_", f, ".tsv"))
}
writeLines(c(R.version.string, paste("DESeq2", packageVersion("DESeq2")), paste("locfit", packageVersion("locfit"))), "VERSIONS")
print(cases)
# the smoother of the prior width (glm/dispersion_prior.c)
v <- seq(0, 8, length = 200); y <- (v - 2)^2 + sin(5 * v) + exp(-v)
line <- function(name, z) cat(paste(c(name, length(z), sprintf("%.17g", z)), collapse = "\t"), "\n", sep = "")
sink("loess.tsv"); line("y", y); line("fine", predict(loess(y ~ v, span = 0.2), seq(0, 8, length = 1000))); sink()
