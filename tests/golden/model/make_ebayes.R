# make_ebayes.R -- variances of genes with different residual degrees of freedom, some without any, and what
# limma's squeezeVar() makes of them: plain, along a covariate, robust, both. Run in this folder:
#   Rscript make_ebayes.R
suppressMessages(library(limma))
set.seed(11)
n <- 150
df <- sample(c(3, 4, 6), n, TRUE); df[c(7, 60, 140)] <- 0
covariate <- sort(rnorm(n, 5, 2))
variance <- exp(1 - 0.2 * covariate) * rf(n, pmax(df, 1), 9)
variance[c(20, 90)] <- variance[c(20, 90)] * 60
number <- function(v) sprintf("%.15g", rep_len(v, n))
out <- data.frame(gene_id = paste0("g", 1:n), variance = number(variance), df = number(df), covariate = number(covariate))
for (how in c("plain", "trend", "robust", "both")) {
  s <- squeezeVar(variance, df, covariate = if (how %in% c("trend", "both")) covariate, robust = how %in% c("robust", "both"))
  out[[paste0(how, "_prior")]] <- number(s$var.prior); out[[paste0(how, "_df")]] <- number(s$df.prior)
  out[[paste0(how, "_post")]] <- number(s$var.post)
}
write.table(out, "ebayes.tsv", sep = "\t", quote = FALSE, row.names = FALSE)
writeLines(c(R.version.string, paste("limma", packageVersion("limma")), paste("statmod", packageVersion("statmod"))), "VERSIONS_ebayes")
