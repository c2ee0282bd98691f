# make_edger_ql.R -- edgeR 4's quasi-likelihood F tests on the counts, designs and contrasts of make_engines.R. Run in this folder
# with edgeR >= 4.5 and limma >= 3.63: Rscript make_edger_ql.R
suppressMessages(library(edgeR)); stopifnot(packageVersion("edgeR") >= "4.5")
x <- as.matrix(read.delim("counts.tsv", row.names = 1)); n <- nrow(x)
number <- function(v) ifelse(is.na(v), "NA", sprintf("%.9g", v))
out <- list()
for (d in c("groups", "paired", "covariate")) {
  X <- as.matrix(read.delim(paste0("design_", d, ".tsv"), row.names = 1)); C <- as.matrix(read.delim(paste0("contrasts_", d, ".tsv"), row.names = 1))
  if (d == "covariate") {              # the same span, centred: edgeR's fits do not converge with years as they are
    year <- X[, 2]; X[, 2] <- (year - mean(year)) / 3
    C[2, ] <- (C[2, ] - C[1, ] * mean(year)) / 3    # slope = b2 / 3, intercept = b1 - b2 mean(year) / 3
  }
  y <- DGEList(x); y <- normLibSizes(y[filterByExpr(y, design = X), , keep.lib.sizes = FALSE])
  full <- function(v) { r <- rep(NA_real_, n); r[match(rownames(y), rownames(x))] <- v; number(r) }
  for (robust in c(FALSE, TRUE)) {
    fit <- glmQLFit(y, X, robust = robust); tag <- paste0(d, if (robust) "R")
    put <- function(name, v) out[[paste(tag, name, sep = "_")]] <<- full(v)
    put("logCPM", fit$AveLogCPM); put("s2", fit$deviance.adj / fit$df.residual.adj); put("df", fit$df.residual.adj)
    put("s2_prior", rep_len(fit$s2.prior, nrow(y))); put("s2_post", fit$s2.post)
    # glmFit() stops where a step gains 1e-6 of log likelihood: fold changes of small counts are off by 1e-3. Here they are fitted to the end.
    a <- addPriorCount(y$counts, offset = getOffset(y), prior.count = 0.125)
    B <- mglmLevenberg(a$y, X, dispersion = fit$dispersion / fit$average.ql.dispersion, offset = a$offset, tol = 1e-14, maxit = 250)$coefficients / log(2)
    for (i in 1:2) {
      t <- glmQLFTest(fit, contrast = C[, i])
      put(paste0("lfc", i), drop(B %*% C[, i])); put(paste0("F", i), t$table$F); put(paste0("p", i), t$table$PValue)
      put(paste0("df", i), t$df.total)
    }
    t <- glmQLFTest(fit, contrast = C); put("F", t$table$F); put("Fp", t$table$PValue)
    cat(tag, fit$dispersion[1], fit$average.ql.dispersion, fit$df.prior[1], "\n")
  }
}
write.table(data.frame(gene_id = rownames(x), out), "edger-ql.tsv", sep = "\t", quote = FALSE, row.names = FALSE)
writeLines(c(R.version.string, sapply(c("edgeR", "limma"), function(p) paste(p, packageVersion(p)))), "VERSIONS_edger_ql")
