/* qualify_performance.c -- error rates on a cohort simulated from a seed: what a validation plan calls
 * performance qualification.
 *
 * The cohort has 16 patients before and on treatment. Bounds are stated beside each rate; they hold
 * for any sound machine, because the cohort is the same on all of them.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "tasks/qualify_bench.h"

/* False calls of genes at FDR 0.1: a round of permuted labels calls any gene in at most one of ten. Of
 * 20 rounds more than 6 are so with probability 0.002; the share of p below 0.05 is 0.05 on average. */
enum { MOST_ROUNDS = 6 };
#define LEAST_SHARE      0.03
#define MOST_SHARE       0.06
#define MOST_FALSE_SHARE 0.2 /* of the genes called at FDR 0.1: twice what was aimed at  */
#define LEAST_FOUND      0.5 /* of the genes that change by a log2 fold of 0.8 or more    */
#define LARGE_EFFECT     0.8
#define LEAST_COVERAGE   0.92 /* of intervals of 95 % around genes that do not change      */
#define FDR              0.1

til_status_t til_qualify_null_labels(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                     const til_qualify_check_t *check, bool *passed,
                                     til_strbuf_t *found)
{
    til_table_t table = { 0 };
    const double *called, *share;
    double mean = 0;
    size_t n_rounds = 0;
    til_status_t status;

    TIL_TRY(til_bench_run(ctx, bench, check->commands, bench->folder));
    TIL_TRY(til_bench_table(ctx, bench->folder, check->result, &table));
    TIL_TRY(til_bench_numbers(ctx, &table, "called", &called));
    TIL_TRY(til_bench_numbers(ctx, &table, "share_p_below_0.05", &share));
    for (size_t i = 0; i < table.n_rows; i++) {
        n_rounds += !(called[i] == 0);
        mean += share[i] / (double)table.n_rows;
    }
    *passed = table.n_rows > 0 && n_rounds <= MOST_ROUNDS && mean >= LEAST_SHARE &&
              mean <= MOST_SHARE;
    til_strbuf_printf(found,
                      "%zu of %zu rounds of permuted labels call a gene at FDR %g (at most %d), "
                      "p < 0.05 in %.4f of the genes (%g to %g)",
                      n_rounds, table.n_rows, FDR, MOST_ROUNDS, mean, LEAST_SHARE, MOST_SHARE);
done:
    til_table_clear(&table);
    return status;
}

/* ---- against the truth --------------------------------------------------------------------------- */

typedef struct {
    size_t n_null, n_null_called, n_null_covered, n_large, n_large_called, n_called;
} tally_t;

static til_status_t tally(til_ctx_t *ctx, const til_table_t *de, const til_table_t *truth,
                          tally_t *t)
{
    const double *padj, *low, *high, *in_a, *in_b;
    til_status_t status;

    *t = (tally_t){ 0 };
    TIL_TRY(til_bench_numbers(ctx, de, "padj", &padj));
    TIL_TRY(til_bench_numbers(ctx, de, "ci_low", &low));
    TIL_TRY(til_bench_numbers(ctx, de, "ci_high", &high));
    TIL_TRY(til_bench_numbers(ctx, truth, "log2fc_on_in_A", &in_a));
    TIL_TRY(til_bench_numbers(ctx, truth, "log2fc_on_in_B", &in_b));
    if (de->n_rows != truth->n_rows)
        return til_fail(ctx, TIL_EINTERNAL, "%zu genes of %zu were tested", de->n_rows,
                        truth->n_rows);
    for (size_t g = 0; g < de->n_rows; g++) {
        const char *a = de->columns[0].text[g], *b = truth->columns[0].text[g];
        if (a == NULL || b == NULL || strcmp(a, b) != 0)
            return til_fail(ctx, TIL_EINTERNAL, "row %zu of the result is another gene", g + 1);
        if (isnan(padj[g])) continue;
        double effect = (in_a[g] + in_b[g]) / 2;
        bool is_called = padj[g] < FDR, is_null = effect == 0;
        t->n_called += is_called;
        t->n_null += is_null;
        t->n_null_called += is_null && is_called;
        t->n_null_covered += is_null && low[g] <= 0 && high[g] >= 0;
        t->n_large += fabs(effect) >= LARGE_EFFECT;
        t->n_large_called += fabs(effect) >= LARGE_EFFECT && is_called;
    }
done:
    return status;
}

static til_status_t ask_truth(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                              const til_qualify_check_t *check, tally_t *t)
{
    til_table_t de = { 0 }, truth = { 0 };
    til_status_t status;

    TIL_TRY(til_bench_run(ctx, bench, check->commands, bench->folder));
    TIL_TRY(til_bench_table(ctx, bench->folder, check->result, &de));
    TIL_TRY(til_bench_table(ctx, bench->folder, "sim/truth.genes.tsv", &truth));
    TIL_TRY(tally(ctx, &de, &truth, t));
done:
    til_table_clear(&de);
    til_table_clear(&truth);
    return status;
}

til_status_t til_qualify_effects(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                 const til_qualify_check_t *check, bool *passed,
                                 til_strbuf_t *found)
{
    tally_t t;
    til_status_t status = ask_truth(ctx, bench, check, &t);

    if (status != TIL_OK) return status;
    double wrong = t.n_called == 0 ? 1 : (double)t.n_null_called / (double)t.n_called;
    double seen = t.n_large == 0 ? 0 : (double)t.n_large_called / (double)t.n_large;
    *passed = wrong <= MOST_FALSE_SHARE && seen >= LEAST_FOUND;
    til_strbuf_printf(found,
                      "%zu of %zu genes called at FDR %g do not change (share %.3f, at most %g); "
                      "%zu of %zu large effects are found (share %.3f, at least %g)",
                      t.n_null_called, t.n_called, FDR, wrong, MOST_FALSE_SHARE, t.n_large_called,
                      t.n_large, seen, LEAST_FOUND);
    return TIL_OK;
}

til_status_t til_qualify_coverage(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                  const til_qualify_check_t *check, bool *passed,
                                  til_strbuf_t *found)
{
    tally_t t;
    til_status_t status = ask_truth(ctx, bench, check, &t);

    if (status != TIL_OK) return status;
    double share = t.n_null == 0 ? 0 : (double)t.n_null_covered / (double)t.n_null;
    *passed = share >= LEAST_COVERAGE;
    til_strbuf_printf(found,
                      "intervals of 95 %% hold the truth in %zu of %zu genes that do not change "
                      "(share %.3f, at least %g)",
                      t.n_null_covered, t.n_null, share, LEAST_COVERAGE);
    return TIL_OK;
}

til_status_t til_qualify_seeds(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                               const til_qualify_check_t *check, bool *passed, til_strbuf_t *found)
{
    char first[TIL_SHA256_TEXT], again[TIL_SHA256_TEXT], other[TIL_SHA256_TEXT];
    til_status_t status;

    (void)check;
    TIL_TRY(til_bench_run(ctx, bench, check->commands, bench->folder));
    TIL_TRY(til_bench_digest(ctx, bench->folder, "first/counts.tsv", first));
    TIL_TRY(til_bench_digest(ctx, bench->folder, "again/counts.tsv", again));
    TIL_TRY(til_bench_digest(ctx, bench->folder, "other/counts.tsv", other));
    *passed = strcmp(first, again) == 0 && strcmp(first, other) != 0;
    til_strbuf_printf(found, "one seed: sha256 %.16s and %.16s, another: %.16s", first, again,
                      other);
done:
    return status;
}
