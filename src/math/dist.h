/* dist.h -- the door to libRmath: distributions, log tails, gamma functions.
 *
 * Thin names over R's nmath (R 4.2.2), the same numbers as R to the last digit. Nothing else in
 * tilseq includes Rmath.h. `upper` picks the upper tail, `log` gives or takes log p.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_MATH_DIST_H
#define TIL_MATH_DIST_H

#include <stdbool.h>

double til_pnorm(double x, double mean, double sd, bool upper, bool log);
double til_qnorm(double p, double mean, double sd, bool upper, bool log);
double til_dnorm(double x, double mean, double sd, bool log);
double til_pt(double t, double df, bool upper, bool log);
double til_pt_noncentral(double t, double df, double ncp, bool upper);
double til_qt(double p, double df, bool upper, bool log);
double til_pf(double f, double df1, double df2, bool upper, bool log);
double til_df(double f, double df1, double df2, bool log); /* density */
double til_qf(double p, double df1, double df2, bool upper, bool log);
double til_pchisq(double x, double df, bool upper, bool log);
double til_qchisq(double p, double df, bool upper, bool log);
double til_pbeta(double x, double a, double b, bool upper, bool log);
double til_qbeta(double p, double a, double b, bool upper, bool log);
double til_pgamma(double x, double shape, double scale, bool upper, bool log);
double til_qgamma(double p, double shape, double scale, bool upper, bool log);
double til_ppois(double x, double mean, bool upper, bool log);
double til_pbinom(double x, double n, double p, bool upper, bool log);
double til_dbinom(double x, double n, double p, bool log);
double til_dnbinom_mu(double x, double size, double mu, bool log);
double til_pnbinom_mu(double x, double size, double mu, bool upper, bool log);
double til_phyper(double x, double white, double black, double drawn, bool upper, bool log);

double til_lgamma(double x); /* log |Gamma(x)| */
double til_digamma(double x);
double til_trigamma(double x);
double til_trigamma_inverse(double y); /* limma trigammaInverse(): Newton, 1e-8 relative */
double til_lbeta(double a, double b);
double til_lchoose(double n, double k);

#endif
