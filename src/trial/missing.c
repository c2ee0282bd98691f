/* missing.c -- who lacks which visit, and whether that goes with the arm or the first visit.
 *
 *     p_arm     Fisher's exact test of missing against arm (this arm against the others), two-sided:
 *               all tables with these margins that are no likelier than the one seen
 *     p_first   Welch's t of the first visit of the first primary signature, patients with against
 *               patients without the visit, all arms
 *
 * Where either is below 0.1, a change is estimated from patients who are not all patients: a warning
 * says so. Agrees: R 4.2 fisher.test(), t.test() to 1e-10.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "math/dist.h"
#include "trial/missing.h"

static const double SUSPECT = 0.1;
static const double TOL_TIE = 1e-7; /* relative, as fisher.test() */

static double fisher(size_t missing, size_t n, size_t others_missing, size_t n_others)
{
    size_t total = missing + others_missing;
    double chosen[2], p = 0;
    size_t low = total > n_others ? total - n_others : 0, high = total < n ? total : n;

    if (n == 0 || n_others == 0) return NAN;
    double base = til_lchoose((double)(n + n_others), (double)total);
    chosen[0] = til_lchoose((double)n, (double)missing) +
                til_lchoose((double)n_others, (double)others_missing) - base;
    for (size_t k = low; k <= high; k++) {
        chosen[1] = til_lchoose((double)n, (double)k) +
                    til_lchoose((double)n_others, (double)(total - k)) - base;
        if (chosen[1] <= chosen[0] + TOL_TIE) p += exp(chosen[1]);
    }
    return fmin(1, p);
}

typedef struct {
    double n, mean, squares;
} moments_t;

static void take(moments_t *m, double x)
{
    double off = x - m->mean;
    m->n++;
    m->mean += off / m->n;
    m->squares += off * (x - m->mean);
}

static double welch(const moments_t *a, const moments_t *b)
{
    double va = a->squares / (a->n - 1) / a->n, vb = b->squares / (b->n - 1) / b->n;

    if (!(a->n > 1 && b->n > 1 && va + vb > 0)) return NAN;
    double df = (va + vb) * (va + vb) / (va * va / (a->n - 1) + vb * vb / (b->n - 1));
    return 2 * til_pt(fabs(a->mean - b->mean) / sqrt(va + vb), df, true, false);
}

/* The first primary signature with values, or -1. */
static ptrdiff_t first_primary(const til_trial_cohort_t *c, const til_trial_values_t *values)
{
    for (size_t i = 0; i < values->n_signatures; i++)
        if (c->input->signatures[i].is_primary && values->problem[i] == NULL) return (ptrdiff_t)i;
    return -1;
}

typedef struct {
    til_table_t *table;
    size_t tissue, visit, arm, signature, row;
    double *n, *missing, *p_arm, *with, *without, *p_first;
} writer_t;

static til_status_t write_visit(til_ctx_t *ctx, const til_trial_cohort_t *c,
                                const til_trial_values_t *values, ptrdiff_t signature,
                                size_t tissue, size_t visit, writer_t *w)
{
    size_t n_all = 0, missing_all = 0, first = tissue * c->n_visits;
    moments_t with = { 0 }, without = { 0 };
    til_status_t status = TIL_OK;

    for (size_t p = 0; p < c->n_units; p++) {
        bool has = til_trial_sample(c, p, first + visit) >= 0;
        ptrdiff_t row = til_trial_sample(c, p, first);
        n_all++;
        missing_all += !has;
        if (signature < 0 || row < 0 || visit == 0) continue;
        double x = values->u[(size_t)signature * values->n_samples + (size_t)row];
        if (!isnan(x)) take(has ? &with : &without, x);
    }
    double p_first = welch(&with, &without), least = 1;
    for (size_t a = 0; a < c->n_arms; a++) {
        size_t n = 0, missing = 0, row = w->row++;
        for (size_t p = 0; p < c->n_units; p++) {
            if (c->arm_of[p] != a) continue;
            n++;
            missing += til_trial_sample(c, p, first + visit) < 0;
        }
        TIL_TRY(til_table_set_text(ctx, w->table, w->tissue, row,
                                   c->n_tissues > 1 ? c->tissues[tissue] : NULL));
        TIL_TRY(til_table_set_text(ctx, w->table, w->visit, row, c->visits[visit]));
        TIL_TRY(til_table_set_text(ctx, w->table, w->arm, row, c->n_arms > 1 ? c->arms[a] : NULL));
        if (signature >= 0)
            TIL_TRY(til_table_set_text(ctx, w->table, w->signature, row,
                                       c->input->signatures[signature].name));
        w->n[row] = (double)n;
        w->missing[row] = (double)missing;
        w->p_arm[row] = fisher(missing, n, missing_all - missing, n_all - n);
        w->with[row] = with.n > 0 ? with.mean : NAN;
        w->without[row] = without.n > 0 ? without.mean : NAN;
        w->p_first[row] = p_first;
        if (w->p_arm[row] < least) least = w->p_arm[row];
    }
    if (least < SUSPECT)
        til_say(
            ctx, TIL_LOG_WARNING,
            "%s: who lacks it depends on the arm (p %.2g): changes are those of patients who came "
            "back; see missing.tsv",
            c->visits[visit], least);
    if (p_first < SUSPECT)
        til_say(ctx, TIL_LOG_WARNING,
                "%s: who lacks it depends on the first visit (%s, p %.2g): changes are those of "
                "patients who came back; see missing.tsv",
                c->visits[visit], c->input->signatures[signature].name, p_first);
done:
    return status;
}

til_status_t til_trial_missing_table(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                                     const til_trial_values_t *values, til_table_t *out)
{
    writer_t w = { .table = out };
    ptrdiff_t signature = first_primary(cohort, values);
    til_status_t status = TIL_OK;

    TIL_TRY(til_table_init(ctx, til_trial_n_cells(cohort) * cohort->n_arms, out));
    TIL_TRY(til_table_add_text(ctx, out, "visit", "", &w.visit));
    TIL_TRY(til_table_add_text(ctx, out, "tissue", "", &w.tissue));
    TIL_TRY(til_table_add_text(ctx, out, "arm", "", &w.arm));
    TIL_TRY(til_table_add_number(ctx, out, "n_patients", "", &w.n));
    TIL_TRY(til_table_add_number(ctx, out, "n_missing", "patients without this visit", &w.missing));
    TIL_TRY(til_table_add_number(ctx, out, "p_arm", "missing goes with the arm", &w.p_arm));
    TIL_TRY(til_table_add_text(ctx, out, "signature", "", &w.signature));
    TIL_TRY(til_table_add_number(ctx, out, "first_with", "mean first visit of who came", &w.with));
    TIL_TRY(til_table_add_number(ctx, out, "first_without", "of who did not", &w.without));
    TIL_TRY(til_table_add_number(ctx, out, "p_first", "missing goes with the value", &w.p_first));
    for (size_t t = 0; t < cohort->n_tissues; t++)
        for (size_t v = 0; v < cohort->n_visits; v++)
            TIL_TRY(write_visit(ctx, cohort, values, signature, t, v, &w));
done:
    return status;
}
