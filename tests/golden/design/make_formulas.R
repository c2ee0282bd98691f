# Random sheets and formulas, and what R makes of them: 200 blocks in formulas.txt.
#   sheet\t<n>                    a new sheet of n samples follows
#   col\t<name>\t<cell>...        a column of it; a column is numeric when its cells are numbers
#   formula\t<text>
#   x\t<column name>\t<values>    a column of model.matrix(); 0/1 columns as one word of digits
#   rank\t<rank>\t<aliased>      qr(): rank, and the columns (from 1) that pivoting put last
# Run: Rscript make_formulas.R > formulas.txt
set.seed(20240611)
say <- function(...) cat(..., sep = "\t", fill = FALSE)
line <- function(...) { say(...); cat("\n") }

make_sheet <- function() {
  n <- sample(14:20, 1)
  fac <- function(k, stem) { v <- c(sample(k), sample(k, n - k, TRUE)); paste0(stem, v) }
  d <- list(a = fac(2, "A"), b = fac(3, ""), c = fac(sample(2:4, 1), "L "), x = sample(2 * (1:40), n) / 4,
            y = sample(-20:20, n) / 2, `my var` = fac(2, "z."), .d = fac(3, "é"))
  d$b <- paste0(c("u", "v-1", "W")[as.integer(d$b)])
  d
}
vars <- c("a", "b", "c", "x", "y", "`my var`", ".d")
atom <- function(v) if (runif(1) < .85 || length(v) < 2) sample(v, 1) else paste0("(", expr(v, 2), ")")
expr <- function(v, n) {
  s <- atom(v)
  for (i in seq_len(sample(0:n, 1))) {
    op <- sample(c(" + ", " + ", " + ", "*", ":", "/", " - ", "^"), 1)
    if (op == "^") s <- paste0("(", s, " + ", sample(v, 1), ")^", sample(2:3, 1))
    else s <- paste0(s, op, atom(v))
  }
  s
}
formula_text <- function() {
  v <- sample(vars, sample(1:4, 1))
  s <- expr(v, 3)
  r <- runif(1)
  s <- if (r < .15) paste("0 +", s) else if (r < .3) paste(s, "- 1") else if (r < .35) paste(s, "+ 0")
       else if (r < .4) paste("-1 +", s, "+ 1") else s
  paste("~", s)
}
block <- function(d, text) {
  f <- as.formula(text)
  n_terms <- length(attr(terms(f), "term.labels"))
  if (n_terms == 0 || (n_terms < 3 && !text %in% fixed && runif(1) < .8)) return(FALSE)
  df <- as.data.frame(lapply(d, function(v) if (is.numeric(v)) v else factor(v, unique(v))), optional = TRUE)
  names(df) <- names(d)
  X <- model.matrix(f, df)
  if (ncol(X) > 40) return(FALSE)
  line("formula", text)
  for (j in seq_len(ncol(X)))
    line("x", colnames(X)[j], if (all(X[, j] %in% 0:1)) paste(X[, j], collapse = "")
                              else paste(sprintf("%.15g", X[, j]), collapse = " "))
  q <- qr(X); line("rank", q$rank, paste(q$pivot[-seq_len(q$rank)], collapse = " "))
  TRUE
}
fixed <- c("~ 1", "~ a + b + a:b", "~ a*b", "~ 0 + a:b", "~ (a + b + c)^2", "~ a:b", "~ x:a", "~ a + a:b + a:x",
           "~ 0 + x + b", "~ a + a:b", "~ b:c + a*x - x", "~ 0 + x:y + c:x")
done <- 0
while (done < 200) {
  d <- make_sheet()
  line("sheet", length(d$a))
  for (v in names(d)) line("col", v, paste(d[[v]], collapse = "\t"))
  for (k in 1:20) {
    if (done < 20 && k <= length(fixed)) { if (fixed[k] == "~ 1") { line("formula", "~ 1"); line("x", "(Intercept)", strrep("1", length(d$a))); line("rank", 1, ""); done <- done + 1 } else done <- done + block(d, fixed[k]) }
    else if (done < 200) done <- done + block(d, formula_text())
  }
}
