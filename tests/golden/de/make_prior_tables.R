# Writes src/glm/prior_tables.c: the histograms that DESeq2 (estimateDispersionsPriorVar, residual
# df 1, 2, 3) simulates after set.seed(2). They do not depend on the data, so they are kept.
#   Rscript make_prior_tables.R > ../../../src/model/prior_tables.c
# A row is: first filled bin, then the counts from there to the last filled bin. A number below 46
# is one character of the alphabet, a larger one two.
codes <- setdiff(33:126, utf8ToInt("\"\\?"))
stopifnot(length(codes) == 91)
char <- function(v) ifelse(v < 46, intToUtf8(codes[v + 1]),
  intToUtf8(c(codes[46 + (v - 46) %/% 91 + 1], codes[(v - 46) %% 91 + 1])))
breaks <- -20:20 / 2
cat("/* prior_tables.c -- made by tests/golden/de/make_prior_tables.R; not to be edited.\n",
    " *\n * For residual degrees of freedom 1, 2, 3 and 200 variances from 0 to 8: counts in 40 bins of\n",
    " * width 1/2 over (-10, 10) of 10,000 values log(chi-squared/df) + N(0, variance), as R draws\n",
    " * them after set.seed(2). Coding: glm/dispersion_prior.c.\n */\n",
    "/* SPDX-License-Identifier: GPL-3.0-or-later */\n#include \"glm/prior_tables.h\"\n\n",
    "const char *const til_prior_tables[3][TIL_PRIOR_VARIANCES] = {\n", sep = "")
for (df in 1:3) {
  set.seed(2)
  cat("    {\n")
  for (v in seq(0, 8, length = 200)) {
    r <- log(rchisq(1e4, df = df)) + rnorm(1e4, 0, sqrt(v)) - log(df)
    n <- hist(r[r > -10 & r < 10], breaks = breaks, plot = FALSE)$counts
    at <- range(which(n > 0))
    text <- paste(c(char(at[1] - 1), vapply(n[at[1]:at[2]], char, "")), collapse = "")
    cat("        \"", text, "\",\n", sep = "")
  }
  cat("    },\n")
}
cat("};\n")
