# make_set_tests.R -- camera, cameraPR, fry and mroast of limma on a small simulated matrix: plain, with weights, with a
# contrast of several coefficients, and with correlated blocks. Run in this folder: Rscript make_set_tests.R
# Made with limma 3.54.1, statmod 1.5.0, R 4.2.2.
suppressMessages(library(limma))
set.seed(5)
G <- 120; n <- 12
sample <- paste0("S", 1:n); gene <- sprintf("G%03d", 1:G)
arm <- factor(rep(c("A", "B", "C"), 4)); age <- round(rnorm(n, 60, 8), 1); patient <- rep(1:6, each = 2)
design <- model.matrix(~ arm + age)
e <- matrix(rnorm(G * n, 5), G, n, dimnames = list(gene, sample))
e[1:15, ] <- e[1:15, ] + rep(rnorm(n), each = 15)
e[1:15, arm == "C"] <- e[1:15, arm == "C"] + 1.2
e[16:30, arm == "B"] <- e[16:30, arm == "B"] - 0.8
e <- round(e + rep(rnorm(6, 0, .5), each = 2)[col(e)], 4)
w <- round(matrix(rgamma(G * n, 3), G, n, dimnames = dimnames(e)) + .1, 4)
sets <- list(UP = 1:15, DOWN = 16:30, HALF = 8:22, NULLS = 40:70, PAIR = c(3, 90), ONE = 5)
out <- function(x, f) write.table(format(x, digits = 17, trim = TRUE), f, sep = "\t", quote = FALSE, row.names = FALSE)
out(data.frame(gene, e), "set_tests_e.tsv"); out(data.frame(gene, w), "set_tests_weights.tsv")
colnames(design) <- c("Intercept", "armB", "armC", "age")
out(data.frame(sample, design), "set_tests_design.tsv")
cases <- list(plain = list(contrast = 3), weighted = list(contrast = 3, weights = w),
              combined = list(contrast = c(0, -1, 1, 0), weights = w),
              blocks = list(contrast = 3, weights = w, block = patient, correlation = .3))
rows <- NULL
for (k in names(cases)) {
    a <- c(list(y = e, index = sets, design = design), cases[[k]])
    add <- function(method, r, mixed = NA, cor = NA) rows <<- rbind(rows, data.frame(case = k, method, set = names(sets),
        direction = r$Direction, pvalue = r$PValue, correlation = cor, pvalue_mixed = mixed))
    f <- do.call(fry, c(a, sort = "none")); add("fry", f, f$PValue.Mixed)
    r <- do.call(mroast, c(a, sort = "none", nrot = 99999)); add("roast", r, r$PValue.Mixed)
    if (k == "blocks") next   # camera() knows no blocks
    r <- do.call(camera, c(a, inter.gene.cor = NA, sort = FALSE)); add("camera", r, cor = r$Correlation)
    r <- do.call(camera, c(a, sort = FALSE)); add("camera-fixed", r, cor = .01)
}
fit <- eBayes(lmFit(e, design)); r <- cameraPR(fit$t[, 3], sets, sort = FALSE)
k <- "plain"; rows <- rbind(rows, data.frame(case = k, method = "cameraPR", set = names(sets), direction = r$Direction, pvalue = r$PValue, correlation = .01, pvalue_mixed = NA))
out(rows, "set_tests.tsv")
