# make_math.R -- golden values for src/math, made with R: Rscript make_math.R (in this folder).
# Each line of a file: name, number of values, values (17 digits; NA, Inf as R writes them).
# SPDX-License-Identifier: GPL-3.0-or-later
suppressMessages({ library(limma); library(splines); library(locfit) })
set.seed(1)
file <- NULL
begin <- function(name) file <<- file(paste0(name, ".tsv"), "w")
put <- function(name, x) {
    x <- as.double(x)
    text <- ifelse(is.nan(x) | is.na(x), "NA", sprintf("%.17g", x))
    cat(paste(c(name, length(x), text), collapse = "\t"), "\n", sep = "", file = file)
}
end <- function() close(file)

## dist.c: each row of arguments, then what R says (upper tail, log)
begin("dist")
z <- c(-40, -6, -1, -0.2, 0, 0.3, 2, 5, 38)
df <- c(0.5, 1, 3, 7.5, 40, 1e4)
g <- expand.grid(z = z, df = df)
put("t", g$z); put("t_df", g$df)
put("pt", pt(g$z, g$df, lower.tail = FALSE, log.p = TRUE))
put("pnorm", pnorm(z, lower.tail = FALSE, log.p = TRUE)); put("pnorm_z", z)
p <- c(1e-300, 1e-20, 1e-4, 0.03, 0.5, 0.9, 0.999)
put("p", p)
put("qnorm", qnorm(p, 1, 2, lower.tail = FALSE))
put("qt", qt(p, 4.5)); put("qf", qf(p, 3, 7.5)); put("qchisq", qchisq(p, 2.5))
put("qgamma", qgamma(p, 1.7, scale = 3)); put("qbeta", qbeta(p[-(1:2)], 2, 3.5))
x <- c(0, 0.01, 0.5, 1, 4, 30, 500)
put("x", x)
put("pf", pf(x, 2, 11.5, lower.tail = FALSE, log.p = TRUE))
put("pchisq", pchisq(x, 3, lower.tail = FALSE, log.p = TRUE))
put("pgamma", pgamma(x, 2.5, scale = 1.5, lower.tail = FALSE, log.p = TRUE))
put("pbeta", pbeta(pmin(x / 40, 1), 2.2, 7, log.p = TRUE))
k <- c(0, 1, 3, 10, 100, 2500)
put("k", k)
put("ppois", ppois(k, 7.5, lower.tail = FALSE, log.p = TRUE))
put("dnbinom", dnbinom(k, size = 2.5, mu = 30, log = TRUE))
put("pnbinom", pnbinom(k, size = 2.5, mu = 30, lower.tail = FALSE, log.p = TRUE))
put("dbinom", dbinom(k, 3000, 0.2, log = TRUE)); put("pbinom", pbinom(k, 3000, 0.2, log.p = TRUE))
put("phyper", phyper(c(0, 3, 9, 20), 50, 9000, 300, lower.tail = FALSE, log.p = TRUE))
y <- 10^seq(-9, 9, by = 0.37)
put("y", y)
put("trigamma_inverse", trigammaInverse(y))
put("lgamma", lgamma(y)); put("digamma", digamma(y)); put("trigamma", trigamma(y))
put("lbeta", lbeta(y, 2.5)); put("lchoose", lchoose(c(5, 60, 1000), c(2, 30, 7)))
end()

## order.c
begin("order")
x <- c(round(rnorm(60), 1), NA, 3, 3, -1, NA, 0, Inf, -Inf)
put("x", x)
put("order", order(x) - 1); put("order_down", order(x, decreasing = TRUE) - 1)
for (ties in c("average", "min", "max", "first")) put(paste0("rank_", ties), rank(x, "keep", ties))
put("sort", sort(x, na.last = TRUE))
v <- rexp(101)
put("v", v)
put("quantile_p", seq(0, 1, by = 0.07))
put("quantile", quantile(v, seq(0, 1, by = 0.07), names = FALSE))
put("median", c(median(v), median(v[-1]), median(v[1:2]), median(v[1])))
put("mad", c(mad(v), mad(v[-1])))
put("trim", c(0, 0.05, 0.1, 0.125, 0.2, 0.25, 1 / 3, 0.49, 0.5))
put("trimmed", sapply(c(0, 0.05, 0.1, 0.125, 0.2, 0.25, 1 / 3, 0.49, 0.5),
                      function(t) mean(v, trim = t)))
p <- c(runif(40)^3, NA, 0.01, 0.01, 1, 0, NA)
put("p", p)
put("bh", p.adjust(p, "BH")); put("holm", p.adjust(p, "holm"))
end()

## linalg.c
begin("linalg")
batch <- factor(rep(1:3, 4)); arm <- factor(rep(c("a", "b"), each = 6))
designs <- list(
    full = model.matrix(~ batch + arm),
    nested = model.matrix(~ arm:batch + arm + batch),
    alias = cbind(1, arm == "a", arm == "b", 0, rnorm(12), rep(2, 12)),
    nearly = { a <- matrix(rnorm(36), 12); cbind(a, a[, 1] + 1e-6 * rnorm(12), a[, 2] + 1e-8) },
    scaled = { a <- matrix(rnorm(36), 12); cbind(a * 1e-9, a[, 1] * 1e9, rnorm(12)) },
    wide = matrix(rnorm(20), 4))
for (name in names(designs)) {
    d <- designs[[name]]
    q <- qr(d)
    put(name, d); put(paste0(name, "_rank"), c(nrow(d), ncol(d), q$rank))
    put(paste0(name, "_pivot"), q$pivot - 1)
}
s <- crossprod(matrix(rnorm(20 * 6), 20))
put("s", s); put("chol", t(chol(s))); put("inverse", solve(s))
put("log_det", determinant(s)$modulus); put("solve", solve(s, 1:6)); put("eigen", rev(eigen(s)$values))
m <- matrix(rnorm(35), 7)
put("m", m); put("svd", svd(m)$d); put("lm", qr.coef(qr(m), 1:7)); put("r", abs(qr.R(qr(m))))
end()

## smooth.c and locfit.c
begin("smooth")
lowess_case <- function(name, x, y, f, iter, delta) {
    o <- order(x); x <- x[o]; y <- y[o]
    put(paste0(name, "_x"), x); put(paste0(name, "_y"), y); put(paste0(name, "_par"), c(f, iter, delta))
    put(name, lowess(x, y, f, iter, delta)$y)
}
x <- rgamma(300, 2); y <- sin(x) + rt(300, 2) / 5
lowess_case("voom", x, y, 0.5, 3, 0.01 * diff(range(x)))
lowess_case("plain", x, y, 2 / 3, 3, 0)
lowess_case("ties", round(x, 1), y, 0.2, 3, 0.01 * diff(range(x)))
lowess_case("narrow", x[1:101], y[1:101], 0.03, 2, 0.3)
lowess_case("once", x[1:50], y[1:50], 0.5, 0, 0)
lowess_case("steps", rep(1:5, 20), y[1:100], 0.3, 3, 0)
lowess_case("exact", 1:20, 2 * (1:20) + 1, 0.5, 3, 0)
lowess_case("two", c(1, 2), c(5, 3), 0.5, 3, 0)
xr <- sort(round(x[1:60], 1)); yr <- y[1:60]
at <- c(-1, 0, xr[c(1, 7, 60)], seq(0.1, 7, by = 0.23), 99)
put("approx_x", xr); put("approx_y", yr); put("approx_at", at)
put("approx", approxfun(xr, yr, rule = 2, ties = list("ordered", mean))(at))
for (df in 2:6) put(paste0("ns", df), ns(x[1:80], df = df, intercept = TRUE))
put("ns_x", x[1:80])
put("ns_ties_x", xr); put("ns_ties", ns(xr, df = 4, intercept = TRUE))
locfit_case <- function(name, x, y, w, ...) {
    w <- rep(w, length.out = length(x))
    at <- c(x, seq(min(x) - 2, max(x) + 2, length.out = 41))
    put(paste0(name, "_x"), x); put(paste0(name, "_y"), y); put(paste0(name, "_w"), w)
    put(paste0(name, "_at"), at)
    put(name, predict(locfit(y ~ x, weights = w, ...), data.frame(x = at)))
}
means <- rexp(300)^3 * 300 + 0.2
disps <- (0.1 + 2 / means) * rgamma(300, 4, 4)
locfit_case("disp", log(means), log(disps), means)
locfit_case("even", rnorm(90), rnorm(90), rexp(90))
locfit_case("ones", runif(40)^4, rnorm(40), 1)
locfit_case("grid", rep(1:10, 5), rnorm(50), rexp(50))
locfit_case("flat", log(means), log(disps), 1, alpha = 0.25 + 0.75 * sqrt(50 / 300), deg = 0)
locfit_case("flat_all", log(means[1:30]), log(disps[1:30]), 1, alpha = 1, deg = 0)
put("flat_par", 0.25 + 0.75 * sqrt(50 / 300)); put("flat_all_par", 1)
end()

## optimise.c and lbfgsb.c: argument of the function, answer
begin("optimise")
a <- c(0.3, 1, 2.5, 7, 40)
root <- function(a, tol) uniroot(function(x) exp(x) - 1 - a * x^2 - a, c(-1, 20), tol = tol)$root
put("a", a)
put("root_default", sapply(a, root, tol = .Machine$double.eps^0.25))
put("root_fine", sapply(a, root, tol = 1e-12))
valley <- function(a, tol)
    optimize(function(x) (x - sqrt(a))^2 * (1 + sin(3 * x) / 2) - a * x / 10, c(-3, 9), tol = tol)$minimum
put("valley_default", sapply(a, valley, tol = .Machine$double.eps^0.25))
put("valley_fine", sapply(a, valley, tol = 1e-7))
rosenbrock <- function(x) sum(100 * (x[-1] - x[-length(x)]^2)^2 + (1 - x[-length(x)])^2)
box_case <- function(name, par, fn, lower, upper) {
    lower <- rep(lower, length.out = length(par)); upper <- rep(upper, length.out = length(par))
    o <- optim(par, fn, method = "L-BFGS-B", lower = lower, upper = upper)
    put(paste0(name, "_start"), par); put(paste0(name, "_lower"), lower); put(paste0(name, "_upper"), upper)
    put(paste0(name, "_par"), o$par); put(paste0(name, "_value"), c(o$value, o$convergence))
    cat(name, o$message, o$counts, "\n")
}
box_case("rosenbrock", c(-1.2, 1), rosenbrock, -Inf, Inf)
box_case("rosenbrock_box", c(-1.2, 1, 0.5, -1), rosenbrock, -1.5, 0.8)
box_case("rosenbrock_low", c(2, 2.5, 3), rosenbrock, c(1.2, -Inf, 0), Inf)
nb_x <- cbind(1, rep(0:1, each = 6), rep(c(-1, 0, 1), 4)); nb_y <- c(rnbinom(6, mu = 50, size = 2), rep(0, 6))
put("nb_x", nb_x); put("nb_y", nb_y)
nb <- function(b) -sum(dnbinom(nb_y, mu = 2^(nb_x %*% b), size = 2.5, log = TRUE)) + 1e-6 * sum(b^2) / 2
box_case("nb", c(5, -1, 0.1), nb, -30, 30)
end()

writeLines(c(R.version.string, sapply(c("limma", "splines", "locfit"),
    function(p) paste(p, packageVersion(p)))), "VERSIONS")
