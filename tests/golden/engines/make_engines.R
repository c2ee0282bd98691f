# make_engines.R -- simulated counts, three designs, and what every engine of `tilseq de` answers in R. Run in this
# folder: Rscript make_engines.R
suppressMessages({library(DESeq2); library(edgeR); library(limma)})
set.seed(7)
n <- 240; m <- 12
arm <- rep(c("A", "B"), each = 6); time <- rep(c("pre", "on"), 6)
patient <- paste0("P", rep(1:6, each = 2)); batch <- rep(c(0, 0, 1, 1), 3)
year <- c(2011, 2011, 2014, 2014, 2013, 2013, 2018, 2018, 2012, 2012, 2019, 2019)
mean <- exp(rnorm(n, 4, 1.7)); depth <- exp(rnorm(m, 0, 0.4)); size <- 1 / (0.05 + 2 / mean + rexp(n, 15))
lfc <- ifelse(seq_len(n) <= 40, rnorm(n, 0, 1.5), 0); on <- ifelse(seq_len(n) %in% 31:70, 1, 0)
mu <- outer(mean, depth) * 2^outer(lfc, as.numeric(arm == "B")) * 2^outer(on, as.numeric(time == "on")) *
  exp(outer(rnorm(n, 0, 0.2), rnorm(6)[rep(1:6, each = 2)]))
x <- matrix(rnbinom(n * m, mu = mu, size = size), n, m, dimnames = list(sprintf("g%03d", 1:n), paste0("s", 1:m)))
x[231:236, ] <- 0
x[100, 3] <- 90000L                                        # an outlier

number <- function(v) ifelse(is.na(v), "NA", sprintf("%.12g", v))
write <- function(d, file) write.table(d, file, sep = "\t", quote = FALSE, row.names = FALSE)
write(data.frame(gene_id = rownames(x), x), "counts.tsv")

# groups: as many coefficients as groups of samples or fewer; paired: an arrow; covariate: ill conditioned
f <- function(v) factor(v, unique(v))
designs <- list(groups = model.matrix(~ batch + f(arm)), paired = model.matrix(~ f(patient) + f(time)),
                covariate = model.matrix(~ year + f(arm) + f(time)))
contrasts <- list(groups = cbind(b = c(0, 0, 1), both = c(0, 1, -1)),
                  paired = cbind(on = c(rep(0, 6), 1), mixed = c(0, 1, 0, -1, 0, 0, 0.5)),
                  covariate = cbind(arm = c(0, 0, 1, 0), sum = c(0, 5, 1, 1)))
for (d in names(designs)) {
  colnames(designs[[d]]) <- paste0("x", seq_len(ncol(designs[[d]])))
  write(data.frame(sample = colnames(x), apply(designs[[d]], 2, number)), paste0("design_", d, ".tsv"))
  write(data.frame(coef = colnames(designs[[d]]), apply(contrasts[[d]], 2, number)), paste0("contrasts_", d, ".tsv"))
}

full <- function(kept, v) { r <- rep(NA_real_, n); r[match(kept, rownames(x))] <- v; r }
limma_columns <- function(fit, C, tag, trend = FALSE, robust = FALSE) {
  fit <- contrasts.fit(fit, C); e <- eBayes(fit, trend = trend, robust = robust); out <- list(); g <- rownames(fit)
  put <- function(name, v) out[[paste(tag, name, sep = "_")]] <<- number(full(g, v))
  for (i in seq_len(ncol(C))) {
    if (!grepl("[TR]$", tag)) put(paste0("lfc", i), e$coefficients[, i])
    put(paste0("se", i), sqrt(e$s2.post) * e$stdev.unscaled[, i])
    put(paste0("p", i), e$p.value[, i]); put(paste0("B", i), e$lods[, i])
  }
  put("F", e$F); put("Fp", e$F.p.value)
  if (grepl("[TR]$", tag)) return(out)
  t <- treat(fit, lfc = 0.7, trend = trend, robust = robust); put("treat_t1", t$t[, 1]); put("treat_p1", t$p.value[, 1])
  out
}
engine <- function(fit_of, trend = FALSE) {
  out <- list()
  for (d in names(designs)) {
    X <- designs[[d]]; y <- DGEList(x); y <- y[filterByExpr(y, design = X), , keep.lib.sizes = FALSE]
    y <- calcNormFactors(y); fit <- fit_of(y, X)
    for (robust in c(FALSE, TRUE)) for (tr in unique(c(trend, TRUE)))
      out <- c(out, limma_columns(fit, contrasts[[d]], paste0(d, if (tr) "T", if (robust) "R"), tr, robust))
  }
  data.frame(gene_id = rownames(x), out, check.names = FALSE)
}
write(engine(function(y, X) lmFit(voom(y, X), X)), "voom.tsv")
write(engine(function(y, X) lmFit(voomWithQualityWeights(y, X), X)), "voom-qw.tsv")
write(engine(function(y, X) lmFit(cpm(y, log = TRUE, prior.count = 3), X), trend = TRUE), "limma-trend.tsv")

# blocks of 1 to 3 samples
block <- c(1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 6); X <- designs$groups
y <- DGEList(x); y <- calcNormFactors(y[filterByExpr(y, design = X), , keep.lib.sizes = FALSE])
v <- voom(y, X); v <- voom(y, X, block = block, correlation = duplicateCorrelation(v, X, block = block)$consensus)
fit <- lmFit(v, X, block = block, correlation = duplicateCorrelation(v, X, block = block)$consensus)
write(data.frame(gene_id = rownames(x), limma_columns(fit, contrasts$groups, "groups")), "voom_block.tsv")

out <- list()
for (d in c("groups", "paired")) {     # with years not centred DESeq2's fits end at the bounds of optim()
  X <- designs[[d]]
  dds <- DESeq(DESeqDataSetFromMatrix(x, data.frame(X, row.names = colnames(x)), X), quiet = TRUE)
  for (i in 1:2) {
    r <- results(dds, contrast = contrasts[[d]][, i])
    for (v in c("baseMean", "log2FoldChange", "lfcSE", "stat", "pvalue", "padj"))
      out[[paste0(d, "_", v, i)]] <- number(r[[v]])
  }
}
write(data.frame(gene_id = rownames(x), out), "deseq2.tsv")
writeLines(c(R.version.string, sapply(c("DESeq2", "edgeR", "limma", "statmod"), function(p) paste(p, packageVersion(p)))), "VERSIONS")
