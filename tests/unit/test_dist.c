/* test_dist.c -- the door to libRmath hands arguments and tails through in the right order; what
 * is outside a domain is NaN and prints nothing. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <unistd.h>

#include "math/dist.h"
#include "support/golden.h"

static double *want(const char *name, size_t *n) { return golden_vector("math/dist.tsv", name, n); }

START_TEST(t_tails)
{
    size_t n;
    double *t = want("t", &n), *df = want("t_df", &n), *pt = want("pt", &n);
    for (size_t i = 0; i < n; i++)
        ck_golden(til_pt(t[i], df[i], true, true), pt[i], TOL_ROUND, "pt");
    free(t);
    free(df);
    free(pt);
}
END_TEST

/* A function of one argument against the golden vector of that name. */
static void compare(const char *function, const char *arguments, double (*f)(double),
                    double tolerance)
{
    size_t n, m;
    double *x = want(arguments, &m), *y = want(function, &n);
    ck_assert_uint_le(n, m);
    /* A shorter vector of answers belongs to the last arguments. */
    for (size_t i = 0; i < n; i++) ck_golden(f(x[m - n + i]), y[i], tolerance, function);
    free(x);
    free(y);
}

static double pnorm(double x) { return til_pnorm(x, 0, 1, true, true); }
static double qnorm(double p) { return til_qnorm(p, 1, 2, true, false); }
static double qt(double p) { return til_qt(p, 4.5, false, false); }
static double qf(double p) { return til_qf(p, 3, 7.5, false, false); }
static double qchisq(double p) { return til_qchisq(p, 2.5, false, false); }
static double qgamma(double p) { return til_qgamma(p, 1.7, 3, false, false); }
static double qbeta(double p) { return til_qbeta(p, 2, 3.5, false, false); }
static double pf(double x) { return til_pf(x, 2, 11.5, true, true); }
static double pchisq(double x) { return til_pchisq(x, 3, true, true); }
static double pgamma(double x) { return til_pgamma(x, 2.5, 1.5, true, true); }
static double pbeta(double x) { return til_pbeta(fmin(x / 40, 1), 2.2, 7, false, true); }
static double ppois(double k) { return til_ppois(k, 7.5, true, true); }
static double dnbinom(double k) { return til_dnbinom_mu(k, 2.5, 30, true); }
static double pnbinom(double k) { return til_pnbinom_mu(k, 2.5, 30, true, true); }
static double dbinom(double k) { return til_dbinom(k, 3000, 0.2, true); }
static double pbinom(double k) { return til_pbinom(k, 3000, 0.2, false, true); }
static double lbeta(double y) { return til_lbeta(y, 2.5); }

START_TEST(distributions)
{
    compare("pnorm", "pnorm_z", pnorm, TOL_ROUND);
    compare("qnorm", "p", qnorm, TOL_ROUND);
    compare("qt", "p", qt, TOL_ROUND);
    compare("qf", "p", qf, TOL_ROUND);
    compare("qchisq", "p", qchisq, TOL_ROUND);
    compare("qgamma", "p", qgamma, TOL_ROUND);
    compare("qbeta", "p", qbeta, TOL_ROUND);
    compare("pf", "x", pf, TOL_ROUND);
    compare("pchisq", "x", pchisq, TOL_ROUND);
    compare("pgamma", "x", pgamma, TOL_ROUND);
    compare("pbeta", "x", pbeta, TOL_ROUND);
    compare("ppois", "k", ppois, TOL_ROUND);
    compare("dnbinom", "k", dnbinom, TOL_ROUND);
    compare("pnbinom", "k", pnbinom, TOL_ROUND);
    compare("dbinom", "k", dbinom, TOL_ROUND);
    compare("pbinom", "k", pbinom, TOL_ROUND);
    ck_golden(til_dnorm(1.5, 1, 2, true), -0.03125 - log(8 * acos(-1)) / 2, TOL_ROUND, "dnorm");
}
END_TEST

START_TEST(hypergeometric_tail)
{
    static const double drawn_white[] = { 0, 3, 9, 20 };
    size_t n;
    double *y = want("phyper", &n);
    for (size_t i = 0; i < n; i++)
        ck_golden(til_phyper(drawn_white[i], 50, 9000, 300, true, true), y[i], TOL_ROUND, "phyper");
    free(y);
}
END_TEST

START_TEST(gamma_functions)
{
    static const double n_of[] = { 5, 60, 1000 }, k_of[] = { 2, 30, 7 };
    size_t n;
    double *y = want("lchoose", &n);
    for (size_t i = 0; i < n; i++)
        ck_golden(til_lchoose(n_of[i], k_of[i]), y[i], TOL_ROUND, "lchoose");
    free(y);
    compare("lgamma", "y", til_lgamma, TOL_ROUND);
    compare("digamma", "y", til_digamma, TOL_ROUND);
    compare("trigamma", "y", til_trigamma, TOL_ROUND);
    compare("lbeta", "y", lbeta, TOL_ROUND);
}
END_TEST

START_TEST(trigamma_and_back)
{
    compare("trigamma_inverse", "y", til_trigamma_inverse, TOL_ROUND);
    for (double y = 1e-5; y < 1e6; y *= 1.7)
        ck_golden(til_trigamma(til_trigamma_inverse(y)), y, 1e-8, "trigamma of its inverse");
}
END_TEST

START_TEST(outside_the_domain_is_silent_nan)
{
    fflush(stdout);
    FILE *catch = tmpfile();
    ck_assert_ptr_nonnull(catch);
    int before = dup(STDOUT_FILENO);
    dup2(fileno(catch), STDOUT_FILENO);

    double nan_sum[] = { til_pt(1, 0, true, true),
                         til_pt(NAN, 3, true, true),
                         til_qt(-0.1, 3, true, false),
                         til_qt(0.1, 3, true, true),
                         til_pf(1, -1, 2, true, true),
                         til_pchisq(1, -1, true, true),
                         til_pbeta(0.5, -1, 1, true, false),
                         til_pgamma(1, -2, 1, true, false),
                         til_pnorm(0, 0, -1, true, false),
                         til_pbinom(1, 2.5, 0.5, false, false),
                         til_phyper(1, 3, 3, 10, true, false),
                         til_pnbinom_mu(1, -1, 2, true, true),
                         til_digamma(-1),
                         til_trigamma_inverse(-1),
                         til_qnorm(2, 0, 1, true, false) };
    double low = til_dnbinom_mu(1.5, 2, 2, true), pole = til_lgamma(-3);
    fflush(stdout);
    long printed = lseek(STDOUT_FILENO, 0, SEEK_END);
    dup2(before, STDOUT_FILENO);
    close(before);
    fclose(catch);

    for (size_t i = 0; i < sizeof nan_sum / sizeof *nan_sum; i++)
        ck_assert_msg(isnan(nan_sum[i]), "call %zu gave %g", i, nan_sum[i]);
    ck_assert(isinf(low) && low < 0);
    ck_assert(isinf(pole));
    ck_assert_int_eq(printed, 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        t_tails,         distributions,     hypergeometric_tail,
        gamma_functions, trigamma_and_back, outside_the_domain_is_silent_nan
    };
    return golden_run("dist", tests, sizeof tests / sizeof *tests);
}
