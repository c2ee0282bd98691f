# make_paired.R -- three visits, unbalanced arms, missing visits: DESeq2 and limma on the explicit matrix.
# Run in this folder: Rscript make_paired.R; versions in VERSIONS. SPDX-License-Identifier: GPL-3.0-or-later
suppressPackageStartupMessages({ library(DESeq2); library(edgeR); library(limma) })
set.seed(20)
sheet <- expand.grid(time = c("pre", "on", "post"), patient = paste0("P", 1:10), stringsAsFactors = FALSE)
sheet$arm <- ifelse(sheet$patient %in% c("P1", "P2", "P3", "P4", "P5", "P6"), "A", "B")
# P3 has no last visit, P8 no middle one, P10 only its first: it cannot contribute
gone <- with(sheet, (patient == "P3" & time == "post") | (patient == "P8" & time == "on") |
                    (patient == "P10" & time != "pre"))
sheet <- sheet[!gone, ]
sheet$sample <- paste0("S", seq_len(nrow(sheet)))
sheet <- sheet[c("sample", "patient", "arm", "time")]
n <- nrow(sheet); genes <- 300
mean <- exp(rnorm(genes, 4.5, 1.5)); dispersion <- 0.05 + 3 / mean
depth <- exp(rnorm(n, 0, 0.4))
patient <- matrix(rnorm(genes * 10, 0, 0.4), genes, dimnames = list(NULL, paste0("P", 1:10)))
on <- c(rep(1.2, 30), rep(0, genes - 30)); more <- c(rep(0, 15), rep(1, 15), rep(0, genes - 30))
mu <- mean * exp(patient[, sheet$patient] + outer(on, sheet$time != "pre") + outer(more, sheet$arm == "B" & sheet$time == "on"))
counts <- matrix(rnbinom(genes * n, mu = t(t(mu) * depth), size = 1 / dispersion), genes)
counts[41, 3] <- 30000; counts[290, ] <- 0; counts[291, ] <- 0; counts[291, 5] <- 2
dimnames(counts) <- list(sprintf("G%03d", 1:genes), sheet$sample)
write.table(sheet, "samples.tsv", sep = "\t", quote = FALSE, row.names = FALSE)
write.table(data.frame(gene_id = rownames(counts), counts), "counts.tsv", sep = "\t", quote = FALSE, row.names = FALSE)

# ~ arm + arm:patient within its arm + arm:time, without columns of zeros
used <- sheet[sheet$patient != "P10", ]
within <- ave(used$patient, used$arm, FUN = function(p) match(p, unique(p)))
info <- data.frame(arm = factor(used$arm), number = factor(within), time = factor(used$time, c("pre", "on", "post")))
x <- model.matrix(~ arm + arm:number + arm:time, info)
x <- x[, colSums(x != 0) > 0]
rownames(x) <- used$sample
stopifnot(qr(x)$rank == ncol(x))
change <- function(arm, time) as.numeric(colnames(x) == paste0("arm", arm, ":time", time))
questions <- list(on_in_A = change("A", "on"), post_in_A = change("A", "post"), on_in_B = change("B", "on"),
                  post_in_B = change("B", "post"), B_vs_A_on = change("B", "on") - change("A", "on"),
                  B_vs_A_post = change("B", "post") - change("A", "post"))
y <- counts[, used$sample]
options(digits = 17)
save <- function(table, file) {
    table[] <- lapply(table, function(v) if (is.numeric(v)) ifelse(is.na(v), "NA", trimws(formatC(v, digits = 17, format = "g"))) else v)
    write.table(table, file, sep = "\t", quote = FALSE, row.names = FALSE)
}

dds <- DESeq(DESeqDataSetFromMatrix(y, data.frame(info, row.names = used$sample), x), full = x, betaPrior = FALSE, quiet = TRUE)
all <- NULL
for (id in names(questions)) {
    r <- results(dds, contrast = questions[[id]])
    all <- rbind(all, data.frame(contrast = id, gene_id = rownames(r), as.data.frame(r)[c("baseMean", "log2FoldChange", "lfcSE", "stat", "pvalue", "padj")]))
}
save(all, "deseq2.tsv")

d <- DGEList(y)
d <- d[filterByExpr(d, design = x), , keep.lib.sizes = FALSE]
d <- calcNormFactors(d)
fit <- eBayes(contrasts.fit(lmFit(voom(d, x), x), do.call(cbind, questions)))
all <- NULL
for (id in names(questions)) {
    t <- topTable(fit, coef = id, number = Inf, sort.by = "none")
    all <- rbind(all, data.frame(contrast = id, gene_id = rownames(t), log2FoldChange = t$logFC,
                                 lfcSE = sqrt(fit$s2.post) * fit$stdev.unscaled[, id], stat = t$t, pvalue = t$P.Value, padj = t$adj.P.Val))
}
save(all, "voom.tsv")
writeLines(c(R.version.string, paste("DESeq2", packageVersion("DESeq2")), paste("edgeR", packageVersion("edgeR")),
             paste("limma", packageVersion("limma"))), "VERSIONS")
