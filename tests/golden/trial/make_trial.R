# make_trial.R -- changes of twelve patients in two arms, tested by R: run in tests/golden/trial.
# R 4.2.2: lm(), t.test(), power.t.test(); permutation by enumeration. Tolerance of the test: 1e-10 (p by counting: exact).
set.seed(11)
n <- 12
patient <- sprintf("P%02d", 1:n)
arm <- rep(c("A", "B"), each = n / 2)
age <- round(runif(n, 40, 70))
m <- 5
pre <- matrix(rnorm(m * n), m)
on <- pre + matrix(rnorm(m * n, c(0, .8, -.5, 1.5, .2)), m) + outer(c(0, 1, 0, -1, .5), arm == "B")
values <- cbind(pre, on)[, rep(1:n, each = 2) + c(0, n)]
samples <- paste0(rep(patient, each = 2), c("_pre", "_on"))
rows <- paste0("V", 1:m)
write.table(data.frame(row = rows, values, check.names = FALSE) |> setNames(c("row", samples)), "values.tsv", sep = "\t",
    quote = FALSE, row.names = FALSE)
write.table(data.frame(sample = samples, patient = rep(patient, each = 2), time = c("pre", "on"), arm = rep(arm, each = 2),
    age = rep(age, each = 2)), "sheet.tsv", sep = "\t", quote = FALSE, row.names = FALSE)
values <- as.matrix(read.delim("values.tsv", row.names = 1, check.names = FALSE))

change <- values[, seq(2, 2 * n, 2)] - values[, seq(1, 2 * n, 2)]
choices <- combn(n, n / 2)
two <- function(d, b) { a <- setdiff(1:n, b); abs(t.test(d[b], d[a], var.equal = TRUE)$statistic) }
out <- do.call(rbind, lapply(seq_len(m), function(i) {
    d <- change[i, ]
    fit <- summary(lm(d ~ arm))$coefficients
    first <- summary(lm(d ~ arm + values[i, seq(1, 2 * n, 2)]))$coefficients
    adjusted <- summary(lm(d ~ arm + age))$coefficients
    seen <- two(d, which(arm == "B"))
    p <- mean(apply(choices, 2, function(b) two(d, b)) >= seen * (1 - 1e-9))
    one <- t.test(d[arm == "A"])
    signs <- as.matrix(expand.grid(rep(list(c(-1, 1)), n / 2)))
    flips <- mean(abs(signs %*% d[arm == "A"]) >= abs(sum(d[arm == "A"])) * (1 - 1e-9))
    data.frame(row = rows[i], difference = fit[2, 1], se = fit[2, 2], p = fit[2, 4], permutation = p,
        adjusted = adjusted[2, 1], adjusted_se = adjusted[2, 2], adjusted_p = adjusted[2, 4],
        first = first[2, 1], first_se = first[2, 2], first_p = first[2, 4],
        change = unname(one$estimate), change_low = one$conf.int[1], change_high = one$conf.int[2], change_p = one$p.value,
        flips = flips)
}))
write.table(format(out, digits = 15, trim = TRUE), "tests.tsv", sep = "\t", quote = FALSE, row.names = FALSE)

sizes <- expand.grid(sd = c(0.5, 1, 1.8), power = c(0.8, 0.9))
sizes$two <- mapply(function(sd, power) ceiling(power.t.test(delta = 1, sd = sd, power = power, strict = TRUE)$n), sizes$sd,
    sizes$power)
sizes$one <- mapply(function(sd, power) ceiling(power.t.test(delta = 1, sd = sd, power = power, type = "one.sample",
    strict = TRUE)$n), sizes$sd, sizes$power)
write.table(data.frame(row = paste0("N", seq_len(nrow(sizes))), sizes), "sizes.tsv", sep = "\t", quote = FALSE, row.names = FALSE)

# patients with one visit: nlme, random intercept, REML
library(nlme)
gone <- c("P01_on", "P04_on", "P07_pre", "P11_on")
mixed <- do.call(rbind, lapply(seq_len(m), function(i) {
    data <- data.frame(y = values[i, ], patient = rep(patient, each = 2), time = factor(rep(c("pre", "on"), n), c("pre", "on")),
        arm = rep(arm, each = 2))[!samples %in% gone, ]
    fit <- lme(y ~ arm * time, data, random = ~ 1 | patient, method = "REML", control = lmeControl(tolerance = 1e-10, msTol = 1e-12))
    data.frame(row = rows[i], positive = as.numeric(VarCorr(fit)[1, 1]) > 1e-6, effect = fixef(fit)[["armB:timeon"]],
        se = sqrt(vcov(fit)["armB:timeon", "armB:timeon"]))
}))
write.table(format(mixed, digits = 15, trim = TRUE), "mixed.tsv", sep = "\t", quote = FALSE, row.names = FALSE)
