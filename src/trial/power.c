/* power.c -- how many patients the next trial needs, from the scatter of this one.
 *
 *     n       the least number per arm that finds the effect (detectable.h)
 *     limits  the same for the ends of the 95 % interval of sd: sd sqrt(d / chi2(d))
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <tilseq/trial.h>

#include "base/need.h"
#include "base/try.h"
#include "math/dist.h"
#include "trial/detectable.h"

static const double SD_LEVEL = 0.95;

/* Numbers of a column; NULL with TIL_EINPUT where there is none. */
static til_status_t numbers(til_ctx_t *ctx, const til_table_t *t, const char *origin,
                            const char *name, const double **out)
{
    const til_column_t *column = til_table_column(t, name);

    if (column == NULL || column->type != TIL_COLUMN_NUMBER)
        return til_fail(
            ctx, TIL_EINPUT,
            "%s: no column of numbers %s: expected a table ID.trial.tsv of tilseq trial", origin,
            name);
    *out = column->number;
    return TIL_OK;
}

til_status_t til_trial_power(til_ctx_t *ctx, const til_table_t *answer, const char *origin,
                             const char *id, const til_trial_power_wishes_t *wishes,
                             til_table_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_table_t){ 0 };
    TIL_NEED(ctx, answer);
    TIL_NEED(ctx, origin);
    TIL_NEED(ctx, id);
    TIL_NEED(ctx, wishes);
    const til_column_t *names = til_table_column(answer, "signature");
    const double *sd = NULL, *df = NULL;
    double *columns[4];
    size_t signature, question;
    til_status_t status = TIL_OK;

    if (names == NULL || names->type != TIL_COLUMN_TEXT)
        TIL_TRY(til_fail(ctx, TIL_EINPUT,
                         "%s: no column signature: expected a table ID.trial.tsv of tilseq trial",
                         origin));
    TIL_TRY(numbers(ctx, answer, origin, "sd", &sd));
    TIL_TRY(numbers(ctx, answer, origin, "df_residual", &df));
    TIL_TRY(til_table_init(ctx, answer->n_rows, out));
    TIL_TRY(til_table_add_text(ctx, out, "signature", "", &signature));
    TIL_TRY(til_table_add_number(ctx, out, "sd", "of the values within groups", &columns[0]));
    TIL_TRY(til_table_add_number(ctx, out, "n_per_arm", "", &columns[1]));
    TIL_TRY(til_table_add_number(ctx, out, "ci_low", "n at the low end of sd", &columns[2]));
    TIL_TRY(til_table_add_number(ctx, out, "ci_high", "n at the high end of sd", &columns[3]));
    TIL_TRY(til_table_add_text(ctx, out, "question", "", &question));
    for (size_t i = 0; i < answer->n_rows; i++) {
        double d = df[i], tail = (1 - SD_LEVEL) / 2;
        double ends[3] = { sd[i], sd[i] * sqrt(d / til_qchisq(tail, d, true, false)),
                           sd[i] * sqrt(d / til_qchisq(tail, d, false, false)) };
        TIL_TRY(til_table_set_text(ctx, out, signature, i, names->text[i]));
        TIL_TRY(til_table_set_text(ctx, out, question, i, id));
        columns[0][i] = sd[i];
        for (int k = 0; k < 3 && sd[i] > 0 && d > 0; k++)
            columns[k + 1][i] = til_trial_n_per_arm(wishes->effect / ends[k], wishes->n_arms,
                                                    wishes->alpha, wishes->power);
    }
done:
    if (status != TIL_OK) til_table_clear(out);
    return status;
}
