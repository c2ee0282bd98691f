# make_norm.R -- simulated counts, and what DESeq2 and edgeR make of them. Run in this folder:
#   Rscript make_norm.R
suppressMessages({library(edgeR); library(DESeq2)})
set.seed(20)
n <- 400; m <- 9
sample <- paste0("s", 1:m)
mean <- exp(rnorm(n, 3.5, 1.8)); depth <- exp(rnorm(m, 0, 0.6)); arm <- rep(c("A", "B"), c(4, 5))
mu <- outer(mean, depth); mu[1:40, arm == "B"] <- mu[1:40, arm == "B"] * 4
x <- matrix(rnbinom(n * m, mu = mu, size = 5), n, m, dimnames = list(sprintf("g%03d", 1:n), sample))
x[51:55, ] <- 0                                       # genes without any count
x[56:70, ] <- rbinom(15 * m, 1, 0.4)                  # singletons, equal ratios
x[71:90, ] <- x[71:90, rep(1, m)]                     # many ties
cols <- c("(Intercept)", "armB", "age")
design <- cbind(1, arm == "B", c(31, 45, 52, 38, 61, 47, 55, 40, 36)); colnames(design) <- cols

number <- function(v) sprintf("%.17g", v)
write <- function(d, file) write.table(d, file, sep = "\t", quote = FALSE, row.names = FALSE)
write(data.frame(gene_id = rownames(x), length = 200 + 13 * seq_len(n), x), "counts.tsv")
write(data.frame(sample, arm, design[, -1]), "samples.tsv")

lib <- colSums(x)
factors <- function(f, file) write(data.frame(sample, lib_size = number(lib), factor = number(f)), file)
factors(estimateSizeFactorsForMatrix(x), "median-ratio.tsv")
factors(estimateSizeFactorsForMatrix(x, type = "poscounts"), "poscounts.tsv")
for (method in c(tmm = "TMM", tmmwsp = "TMMwsp", rle = "RLE", `upper-quartile` = "upperquartile"))
  factors(calcNormFactors(x, method = method),
          paste0(c(TMM = "tmm", TMMwsp = "tmmwsp", RLE = "rle", upperquartile = "upper-quartile")[method], ".tsv"))
factors(calcNormFactors(x, method = "none"), "total.tsv")

matrix_out <- function(v, file) write(data.frame(gene_id = rownames(x), apply(v, 2, number)), file)
y <- calcNormFactors(DGEList(x))                      # the scales, by TMM
effective <- y$samples$lib.size * y$samples$norm.factors
matrix_out(t(t(x) / (effective / exp(mean(log(effective))))), "to_normalized.tsv")
matrix_out(cpm(y), "to_cpm.tsv")
matrix_out(cpm(y, log = TRUE, prior.count = 2), "to_logcpm.tsv")
matrix_out(cpm(y, log = TRUE, prior.count = 5), "to_logcpm_prior5.tsv")
rate <- x / (200 + 13 * seq_len(n)); matrix_out(t(t(rate) / colSums(rate)) * 1e6, "to_tpm.tsv")

dds <- DESeqDataSetFromMatrix(x, data.frame(arm = factor(arm)), ~1)   # median-ratio, blind
matrix_out(assay(varianceStabilizingTransformation(dds, blind = TRUE, fitType = "parametric")), "to_vst.tsv")

keep <- function(k) as.integer(k)
write(data.frame(gene_id = rownames(x), by_design = keep(filterByExpr(DGEList(x), design = design)),
                 by_group = keep(filterByExpr(DGEList(x), group = arm)),
                 one_group = keep(filterByExpr(DGEList(x), group = rep(1, m)))), "filter.tsv")
writeLines(c(R.version.string, paste("DESeq2", packageVersion("DESeq2")), paste("edgeR", packageVersion("edgeR"))), "VERSIONS")
