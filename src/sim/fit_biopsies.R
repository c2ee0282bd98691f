# fit_biopsies.R -- the numbers in biopsies.c, from the paired melanoma biopsies of Riaz et al. 2017
# (doi:10.1016/j.cell.2017.09.028; 109 biopsies, 22,187 genes).
#     Rscript fit_biopsies.R SHARED > biopsies.c
# SHARED holds data/counts/riaz and golden/de/out (DESeq2 1.38.3 on it). Only quantile grids leave this script:
#   log mean       of the genes with a mean normalised count of at least 1
#   log dispersion within a patient (~ patient + time), in bins of the mean
#   patient sd     log scale, from dispersions with and without patients in the model:
#                  1 + a_total = (1 + a_within) exp(sd^2)
#   log outlier    how many times its gene's mean a count is that DESeq2 replaced
args <- commandArgs(TRUE); shared <- args[1]
rd <- function(f) read.delim(gzfile(file.path(shared, f)), row.names = 1, check.names = FALSE)
x <- as.matrix(rd("data/counts/riaz/counts.tsv.gz"))
sf <- rd("golden/de/out/riaz_cohort_time/deseq2/1_sizefactors.tsv.gz")
x <- x[, rownames(sf)]; norm <- t(t(x) / sf$sf_ratio)
mean <- rowMeans(norm); keep <- mean >= 1
within <- rd("golden/de/out/riaz_paired/deseq2/2_disp_allgenes.tsv.gz")
total <- rd("golden/de/out/riaz_cohort_time/deseq2/2_disp_allgenes.tsv.gz")
g <- intersect(rownames(within)[!is.na(within$dispersion)], rownames(x)[keep])
w <- within[g, "dispersion"]; t <- total[g, "dispGeneEst"]
ok <- !is.na(t) & w < 8       # beyond: the ceiling of the fit, not a number of the gene
g <- g[ok]; w <- w[ok]; t <- t[ok]
sd <- sqrt(log(pmax((1 + t) / (1 + w), 1)))
message("genes ", length(g), "; sd quartiles ", paste(round(quantile(sd, 1:3 / 4), 2), collapse = " "))
edges <- quantile(log(mean[g]), seq(0, 1, length.out = 9)); bin <- cut(log(mean[g]), edges, include.lowest = TRUE)
mid <- tapply(log(mean[g]), bin, median); p <- seq(0.02, 0.98, length.out = 13)
grid <- function(v) t(sapply(split(v, bin), quantile, p))
rep <- rd("golden/de/out/riaz_cohort_time/deseq2/4_replaceCounts.tsv.gz")
both <- intersect(rownames(rep), rownames(x)); s <- intersect(colnames(rep), colnames(x))
r <- as.matrix(rep[both, s]); o <- x[both, s]; hit <- which(r != o & mean[both] >= 50 & o > r)
size <- sf[s, "sf_ratio"]; names(size) <- s
fold <- log(o[hit] / outer(mean[both], size)[hit])
message("replaced counts ", length(hit), " of ", length(o), "; fold quartiles ", paste(round(exp(quantile(fold, 1:3 / 4)), 1), collapse = " "))

num <- function(v) paste(sprintf("%.4g", v), collapse = ", ")
wrap <- function(v) paste(strwrap(num(v), 92, prefix = "    "), collapse = "\n")
table2 <- function(name, m) cat("const double ", name, "[TIL_SIM_BINS][TIL_SIM_STEPS] = {\n",
    paste(apply(m, 1, function(v) paste0("    { ", paste(strwrap(num(v), 88, exdent = 6), collapse = "\n"), " }")), collapse = ",\n"),
    "\n};\n\n", sep = "")
cat("/* biopsies.c -- numbers fitted on melanoma biopsies; made by fit_biopsies.R, which says how. */\n",
    "/* SPDX-License-Identifier: GPL-3.0-or-later */\n#include \"sim/biopsies.h\"\n\n", sep = "")
one <- function(name, size, v) cat("const double ", name, "[", size, "] = {\n", wrap(v), "\n};\n\n", sep = "")
one("til_sim_log_mean", "TIL_SIM_MEAN_STEPS", quantile(log(mean[keep]), seq(0, 1, length.out = 41)))
one("til_sim_bin_log_mean", "TIL_SIM_BINS", mid)
table2("til_sim_log_dispersion", grid(log(w)))
table2("til_sim_patient_sd", grid(sd))
cat("const double til_sim_log_outlier[TIL_SIM_STEPS] = {\n", wrap(quantile(fold, p)), "\n};\n", sep = "")
