# Paired cohorts and the matrices R makes of them, in the format of make_formulas.R; "kept" names the samples that
# take part, "column" lines are the columns of ~ arm + arm:ind + arm:time (no arms: ~ patient + time) without zero columns.
# Run: Rscript make_pairs.R > pairs.txt
line <- function(...) cat(..., sep = "\t", fill = FALSE)
show <- function(name, d, kept, X) {
  line("case", name, paste0(nrow(d), "\n"))
  for (v in names(d)) line("col", v, paste0(paste(d[[v]], collapse = "\t"), "\n"))
  line("kept", paste0(paste(which(kept), collapse = "\t"), "\n"))
  for (j in seq_len(ncol(X))) line("x", colnames(X)[j], paste0(paste(sprintf("%.15g", X[, j]), collapse = " "), "\n"))
}
lev <- function(x) factor(x, unique(x))
nested <- function(d, numeric_time = FALSE) {
  d$arm <- lev(d$arm); d$time <- if (numeric_time) as.numeric(d$time) else factor(d$time, c("pre", setdiff(unique(d$time), "pre")))
  d$ind <- factor(ave(seq_len(nrow(d)), d$arm, FUN = function(i) match(d$patient[i], unique(d$patient[i]))))
  X <- if (numeric_time) model.matrix(~ arm + arm:ind + arm:time, d) else model.matrix(~ arm + arm:ind + arm:time, d)
  X <- X[, colSums(X != 0) > 0]; stopifnot(qr(X)$rank == ncol(X)); X
}
P <- function(patient, arm, times) data.frame(patient = patient, arm = arm, time = times)
# two arms of different size, patients without pairs
d <- rbind(P("p1", "B", c("pre", "on")), P("p2", "A", c("on", "pre")), P("p3", "A", "on"), P("p4", "B", c("pre", "on")),
           P("p6", "A", c("pre", "on")), P("p7", "A", c("pre", "on")), P("p8", "B", "pre"),
           P("p10", "A", c("pre", "on")))
k <- !d$patient %in% c("p3", "p8"); show("unbalanced", d, k, nested(d[k, ]))
# three time points, missing visits, no reference
d <- rbind(P("a", "X", c("pre", "c2", "c3")), P("b", "X", c("pre", "c3")), P("c", "X", c("pre", "c2")), P("d", "Y", c("pre", "c2", "c3")),
           P("e", "Y", c("c2", "c3")), P("f", "Y", c("pre", "c3")), P("g", "Y", c("c3", "pre", "c2")), P("h", "Z", c("pre", "c2")),
           P("i", "Z", c("pre", "c2")))
k <- d$patient != "e"; show("visits", d, k, nested(d[k, ]))
# no arms
d <- rbind(P("s3", "", c("pre", "on")), P("s1", "", c("pre", "on", "off")), P("s2", "", c("on", "pre")), P("s4", "", "on")); d$arm <- NULL
k <- d$patient != "s4"; e <- d[k, ]; e$patient <- lev(e$patient); e$time <- lev(e$time)
show("no_arms", d, k, model.matrix(~ patient + time, e))
# time as a number, two arms; u has one visit
d <- rbind(P("q", "A", c("0", "14", "28.5")), P("r", "B", c("0", "7")), P("t", "A", c("3", "21")), P("u", "B", "0"), P("v", "B", c("0", "14", "35")))
k <- d$patient != "u"; show("trend", d, k, nested(d[k, ], TRUE))
