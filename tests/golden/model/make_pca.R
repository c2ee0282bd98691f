# make_pca.R -- principal components as DESeq2's plotPCA computes them; run in this folder: Rscript make_pca.R
set.seed(7)
x <- matrix(rnorm(80 * 9, sd = rep(runif(80, .2, 3), 9)), 80, 9, dimnames = list(sprintf("g%02d", 1:80), paste0("s", 1:9)))
x[, 4:6] <- x[, 4:6] + rnorm(80)
rv <- apply(x, 1, var)
top <- order(rv, decreasing = TRUE)[1:50]
p <- prcomp(t(x[top, ]))
w <- function(d, f) write.table(format(d, digits = 17), f, sep = "\t", quote = FALSE, row.names = FALSE)
w(data.frame(gene_id = rownames(x), x), "pca_values.tsv")
w(data.frame(sample = colnames(x), p$x[, 1:4]), "pca_scores.tsv")
w(data.frame(component = paste0("PC", 1:4), percent = 100 * p$sdev[1:4]^2 / sum(p$sdev^2)), "pca_percent.tsv")
writeLines(R.version.string, "VERSIONS")
