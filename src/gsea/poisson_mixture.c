/* poisson_mixture.c -- exact conditional Poisson sampling over classes, mixed over crossing points.
 *
 * A component puts odds o_c^- on the classes before its point t and o_c^+ on those from t on.
 * Class counts are then independent binomials n_c ~ B(N_c, pi_c) conditioned on sum n_c = k, and
 * inside a class all subsets are equally likely. The points of one family share the odds, so two
 * tables serve them all:
 *
 *     L_c(j) = P(sum over classes < c  is j)   under the odds "before",
 *     R_c(j) = P(sum over classes >= c is j)   under the odds "after",
 *     Z_t    = sum_j L_t(j) R_t(k - j) .
 *
 * A draw takes j with probability L_t(j) R_t(k - j) / Z_t and walks down both tables by inversion.
 * The density of a set S under component t is
 *
 *     Q_t(S) = prod_c (o_c)^{n_c(S)} (1 - pi_c)^{N_c} / Z_t ,
 *
 * and its weight under the mixture, relative to the uniform law over the (n choose k) sets,
 * is 1 / ((n choose k) sum_t share_t Q_t(S)): the balance heuristic, with Q known exactly, so the
 * estimate is unbiased whatever the quality of the tilt, up to the mass outside the windows of
 * 7 standard deviations that the tables keep. A share d of plain random sets beside the points
 * makes the weight 1 / (d + (1 - d) (n choose k) sum_t share_t Q_t(S)), never above 1 / d: a set
 * that no point would propose is seen, and counts as what it is.
 *
 * Source: conditional Poisson sampling: Chen, Dempster & Liu (1994), Biometrika 81:457; balance
 *         heuristic: Veach & Guibas (1995), SIGGRAPH.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "gsea/poisson_mixture.h"

#define SD_KEPT      7.0 /* the tables keep the mean +- this many standard deviations  */
#define MAX_LOG_ODDS 30.0

static int class_of_step(const til_count_law_t *law, int n_classes, int s)
{
    return law->backward ? n_classes - 1 - s : s;
}

/* Windows of all laws of a run; returns the number of values they need. */
static size_t lay_out(til_count_law_t *law, const til_classes_t *classes, const double *pi,
                      int size, double slack)
{
    size_t need = 1;
    double mean = 0, variance = 0;

    law->sum_low[0] = law->sum_high[0] = 0;
    law->sum_at[0] = 0;
    for (int s = 0; s < law->n_steps; s++) {
        int c = class_of_step(law, classes->n, s), width = (int)classes->width[c];
        double m = width * pi[c], v = m * (1 - pi[c]);
        int low = (int)floor(m - SD_KEPT * sqrt(v) - 2),
            high = (int)ceil(m + SD_KEPT * sqrt(v) + 8);
        int most = width < size ? width : size;
        if (high > most) high = most;
        if (low < 0) low = 0;
        if (low > high) low = high;
        law->own_low[s] = low;
        law->own_high[s] = high;
        law->own_at[s] = need;
        need += (size_t)(high - low + 1);

        mean += m;
        variance += v;
        law->mean_share[s] = m / mean;
        double reach = SD_KEPT * sqrt(variance) + slack + 10;
        int sum_low = law->sum_low[s] + low, sum_high = law->sum_high[s] + high;
        if (sum_low < mean - reach) sum_low = (int)(mean - reach);
        if (sum_high > mean + reach) sum_high = (int)(mean + reach);
        if (sum_high > size) sum_high = size;
        if (sum_low > sum_high) sum_low = sum_high;
        law->sum_low[s + 1] = sum_low;
        law->sum_high[s + 1] = sum_high;
        law->sum_at[s + 1] = need;
        need += (size_t)(sum_high - sum_low + 1);
    }
    return need;
}

/* The binomial(width, pi) law on low..high, by recurrence from its mode. */
static void fill_own(double *law, int low, int high, int width, double pi, const double *lf)
{
    double odds = pi / (1 - pi);
    int mode = (int)((width + 1) * pi);

    if (mode < low) mode = low;
    if (mode > high) mode = high;
    law[mode - low] = exp(lf[width] - lf[mode] - lf[width - mode] + mode * log(pi) +
                          (width - mode) * log1p(-pi));
    for (int i = mode; i < high; i++)
        law[i + 1 - low] = law[i - low] * odds * (width - i) / (i + 1);
    for (int i = mode; i > low; i--) law[i - 1 - low] = law[i - low] * i / (odds * (width - i + 1));
}

/* Law of the sum after step s + 1 from the one after step s. */
static void convolve(const til_count_law_t *law, int s)
{
    double *out = law->value + law->sum_at[s + 1];
    const double *sum = law->value + law->sum_at[s], *own = law->value + law->own_at[s];
    int low = law->sum_low[s + 1], high = law->sum_high[s + 1];

    memset(out, 0, (size_t)(high - low + 1) * sizeof *out);
    for (int i = law->own_low[s]; i <= law->own_high[s]; i++) {
        int from = law->sum_low[s] + i, to = law->sum_high[s] + i;
        double p = own[i - law->own_low[s]];
        if (from < low) from = low;
        if (to > high) to = high;
        for (int j = from; j <= to; j++) out[j - low] += p * sum[j - i - law->sum_low[s]];
    }
}

static til_status_t fill_law(til_ctx_t *ctx, const til_tilt_base_t *base,
                             const til_classes_t *classes, const double *pi, size_t need,
                             til_count_law_t *law)
{
    til_status_t status = til_grow(ctx, &law->value, &law->capacity, need, sizeof *law->value);
    if (status != TIL_OK) return status;

    law->value[0] = 1;
    for (int s = 0; s < law->n_steps; s++) {
        int c = class_of_step(law, classes->n, s), width = (int)classes->width[c];
        fill_own(law->value + law->own_at[s], law->own_low[s], law->own_high[s], width, pi[c],
                 base->log_factorial);
        law->log_odds[c] = log(pi[c] / (1 - pi[c]));
        law->log_none[c] = width * log1p(-pi[c]);
        convolve(law, s);
    }
    return TIL_OK;
}

static double probability(double log_odds)
{
    double x = log_odds > MAX_LOG_ODDS    ? MAX_LOG_ODDS
               : log_odds < -MAX_LOG_ODDS ? -MAX_LOG_ODDS
                                          : log_odds;
    return 1 / (1 + exp(-x));
}

/* The range of j for which L_t(j) R_t(k - j) is in the tables; t begins class `split`. */
static void split_range(const til_count_law_t *before, const til_count_law_t *after, int n_classes,
                        int split, int size, int *from, int *to)
{
    int rest = n_classes - split;
    *from = before->sum_low[split];
    *to = before->sum_high[split];
    if (*from < size - after->sum_high[rest]) *from = size - after->sum_high[rest];
    if (*to > size - after->sum_low[rest]) *to = size - after->sum_low[rest];
}

/* P(sum after s steps is m), m inside the window. */
static inline const double *sum_value(const til_count_law_t *law, int s, int m)
{
    return law->value + law->sum_at[s] + (m - law->sum_low[s]);
}

/* Z_t and the constant of log Q_t for every point of family f. */
static void set_constants(til_poisson_mixture_t *mix, int f, int first, int end)
{
    const til_count_law_t *before = &mix->before[f], *after = &mix->after[f];
    const til_tilt_plan_t *plan = mix->plan;
    int n_classes = plan->classes.n, c = plan->point_class[first];
    double log_none = 0;

    for (int i = 0; i < c; i++) log_none += before->log_none[i];
    for (int i = c; i < n_classes; i++) log_none += after->log_none[i];
    for (int p = first; p < end; p++) {
        int from, to, split = plan->point_class[p];
        for (; c < split; c++) log_none += before->log_none[c] - after->log_none[c];
        split_range(before, after, n_classes, split, plan->size, &from, &to);
        double z = 0;
        for (int j = from; j <= to; j++)
            z += *sum_value(before, split, j) *
                 *sum_value(after, n_classes - split, plan->size - j);
        mix->mass[p] = z;
        mix->family[p] = f;
        mix->share[p] = z > 1e-280 ? plan->share[p] : 0;
        mix->log_constant[p] = z > 1e-280 ? log_none - log(z) : -INFINITY;
    }
}

static til_status_t build_family(til_ctx_t *ctx, const til_tilt_base_t *base,
                                 til_poisson_mixture_t *mix, int f, int first, int end)
{
    const til_tilt_plan_t *plan = mix->plan;
    const til_classes_t *classes = &plan->classes;
    const til_tilt_t *tilt = &plan->tilt[f];
    til_count_law_t *before = &mix->before[f], *after = &mix->after[f];
    double pi_before[TIL_MAX_CLASSES], pi_after[TIL_MAX_CLASSES], slack = 0;
    int first_class = plan->point_class[first], last_class = plan->point_class[end - 1];

    for (int c = 0; c < classes->n; c++) {
        double r = classes->weight[c];
        pi_before[c] = probability(tilt->a + tilt->theta * (r * (1 - tilt->c) + tilt->w));
        pi_after[c] = probability(tilt->all_before ? -MAX_LOG_ODDS
                                                   : tilt->a - tilt->theta * tilt->c * r);
    }
    /* the mean total count differs between the points of a family by up to this */
    for (int c = first_class; c < last_class; c++)
        slack += classes->width[c] * (pi_before[c] - pi_after[c]);
    slack = fabs(slack);

    before->backward = false;
    before->n_steps = last_class;
    after->backward = true;
    after->n_steps = classes->n - first_class;
    til_status_t status = fill_law(ctx, base, classes, pi_before,
                                   lay_out(before, classes, pi_before, plan->size, slack), before);
    if (status == TIL_OK)
        status = fill_law(ctx, base, classes, pi_after,
                          lay_out(after, classes, pi_after, plan->size, slack), after);
    if (status == TIL_OK) set_constants(mix, f, first, end);
    return status;
}

til_status_t til_mixture_build(til_ctx_t *ctx, const til_tilt_base_t *base,
                               const til_tilt_plan_t *plan, double plain,
                               til_poisson_mixture_t *mixture)
{
    double sum = 0;

    mixture->plan = plan;
    mixture->plain = plain;
    mixture->log_choose = til_tilt_log_choose(base, plan->size);
    for (int f = 0, first = 0; f < plan->n_families; first = plan->family_end[f++]) {
        til_status_t status = build_family(ctx, base, mixture, f, first, plan->family_end[f]);
        if (status != TIL_OK) return status;
    }
    for (int p = 0; p < plan->n_points; p++) sum += mixture->share[p];
    for (int p = 0; p < plan->n_points; p++)
        mixture->share[p] = sum > 0 ? mixture->share[p] / sum : 0;
    return TIL_OK;
}

bool til_mixture_possible(const til_poisson_mixture_t *mixture)
{
    for (int p = 0; p < mixture->plan->n_points; p++)
        if (mixture->share[p] > 0) return true;
    return false;
}

void til_mixture_clear(til_poisson_mixture_t *mixture)
{
    if (mixture == NULL) return;
    for (int f = 0; f < TIL_MAX_POINTS; f++) {
        free(mixture->before[f].value);
        free(mixture->after[f].value);
    }
    *mixture = (til_poisson_mixture_t){ 0 };
}

/* A value i in from..to with probability p(i) q(m - i) / whole, where p points to the value of
 * `from` and goes up, q to its partner and goes down. Inversion from the low end; where the guess,
 * which is near the mean, is far from there, outward from it, so that a wide law is left after a
 * few steps. */
static inline int invert(const double *p, const double *q, int from, int to, int guess, double u)
{
    if (guess - from < 6) {
        int i = from;
        for (u -= *p * *q; u >= 0 && i < to; u -= *++p * *--q) i++;
        return i;
    }
    int up = guess > to ? to : guess, down = up - 1;
    while (up <= to || down >= from) {
        if (up <= to) {
            u -= p[up - from] * q[from - up];
            if (u < 0) return up;
            up++;
        }
        if (down >= from) {
            u -= p[down - from] * q[from - down];
            if (u < 0) return down;
            down--;
        }
    }
    return to; /* rounding ran past the last one */
}

/* Counts of the classes of the first `steps` steps of a run, given that their sum is m. */
static void draw_run(const til_count_law_t *law, int n_classes, int steps, int m, til_dice_t *dice,
                     int *counts)
{
    int s = steps - 1;
    for (; s >= 0 && m > 0; s--) {
        int from = law->own_low[s], to = law->own_high[s], n;
        if (from < m - law->sum_high[s]) from = m - law->sum_high[s];
        if (to > m - law->sum_low[s]) to = m - law->sum_low[s];
        if (from >= to) {
            n = from;
        } else {
            n = invert(law->value + law->own_at[s] + (from - law->own_low[s]),
                       sum_value(law, s, m - from), from, to, (int)(m * law->mean_share[s]),
                       til_dice_uniform(dice) * *sum_value(law, s + 1, m));
        }
        counts[class_of_step(law, n_classes, s)] = n;
        m -= n;
    }
    for (; s >= 0; s--) counts[class_of_step(law, n_classes, s)] = 0;
}

void til_mixture_draw(const til_poisson_mixture_t *mixture, int point, til_dice_t *dice,
                      int *counts)
{
    const til_tilt_plan_t *plan = mixture->plan;
    const til_count_law_t *before = &mixture->before[mixture->family[point]];
    const til_count_law_t *after = &mixture->after[mixture->family[point]];
    int n_classes = plan->classes.n, split = plan->point_class[point], rest = n_classes - split;
    int from, to;

    split_range(before, after, n_classes, split, plan->size, &from, &to);
    int m = invert(sum_value(before, split, from), sum_value(after, rest, plan->size - from), from,
                   to, (from + to) / 2, til_dice_uniform(dice) * mixture->mass[point]);
    draw_run(before, n_classes, split, m, dice, counts);
    draw_run(after, n_classes, rest, plan->size - m, dice, counts);
}

double til_mixture_log_weight(const til_poisson_mixture_t *mixture, const int *counts)
{
    const til_tilt_plan_t *plan = mixture->plan;
    int n_classes = plan->classes.n, first = 0;
    double log_q[TIL_MAX_POINTS], largest = -INFINITY, sum = 0;

    for (int f = 0; f < plan->n_families; f++) {
        const double *before = mixture->before[f].log_odds, *after = mixture->after[f].log_odds;
        double log_product = 0;
        int c = plan->point_class[first];
        for (int i = 0; i < c; i++) log_product += counts[i] * before[i];
        for (int i = c; i < n_classes; i++) log_product += counts[i] * after[i];
        for (; first < plan->family_end[f]; first++) {
            for (; c < plan->point_class[first]; c++)
                log_product += counts[c] * (before[c] - after[c]);
            log_q[first] = log_product + mixture->log_constant[first];
            if (log_q[first] > largest) largest = log_q[first];
        }
    }
    for (int p = 0; p < plan->n_points; p++)
        if (mixture->share[p] > 0) sum += mixture->share[p] * exp(log_q[p] - largest);
    /* over the uniform law, in the form that overflows at neither end */
    double ratio = mixture->log_choose + largest + log(sum), plain = mixture->plain;
    if (ratio > 0) return -ratio - log(1 - plain + plain * exp(-ratio));
    return -log(plain + (1 - plain) * exp(ratio));
}
