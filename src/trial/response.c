/* response.c -- does a signature tell who responds?
 *
 * Responders are patients whose cell in the column of --response is a word for it (R, responder,
 * CR, PR, yes, TRUE, 1...), others those with a word for the opposite (NR, SD, PD, no...); cells of
 * neither kind (NE, NA) are left out. Columns with two other words: the second level is taken.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "math/order.h"
#include "trial/auc.h"
#include "trial/fit.h"
#include "trial/response.h"

static const char *const RESPONDERS[] = { "R",    "responder", "CR",    "PR",  "CRPR",
                                          "PRCR", "CR/PR",     "PR/CR", "yes", "true",
                                          "1",    "response",  NULL };
static const char *const OTHERS[] = {
    "NR", "non-responder", "nonresponder", "SD", "PD", "SD/PD", "SDPD", "no", "false", "0", "MR",
    NULL
};

static bool is_one_of(const char *cell, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (strcasecmp(cell, words[i]) == 0) return true;
    return false;
}

/* The cell of a patient; NULL where it has none. */
static const char *cell_of(const til_trial_cohort_t *c, size_t unit, size_t column)
{
    for (size_t k = 0; k < til_trial_n_cells(c); k++) {
        ptrdiff_t row = til_trial_sample(c, unit, k);
        if (row >= 0) {
            const char *cell = til_sheet_cell(c->sheet, (size_t)row, column);
            return til_cell_is_missing(cell) ? NULL : cell;
        }
    }
    return NULL;
}

/* class[unit]: 1 a responder, 0 another, -1 not known. */
static til_status_t classify(til_ctx_t *ctx, const til_trial_cohort_t *c, int *class)
{
    const char *name = c->input->response, *levels[3] = { NULL, NULL, NULL };
    ptrdiff_t column = til_sheet_column(c->sheet, name);
    size_t n_levels = 0, n[2] = { 0, 0 };
    bool is_known = false;

    if (column < 0)
        return til_fail(ctx, TIL_EINPUT, "%s: no column %s for --response", c->sheet->origin, name);
    for (size_t p = 0; p < c->n_units; p++) {
        const char *cell = cell_of(c, p, (size_t)column);
        class[p] = cell == NULL                  ? -1
                   : is_one_of(cell, RESPONDERS) ? 1
                   : is_one_of(cell, OTHERS)     ? 0
                                                 : -1;
        is_known = is_known || class[p] >= 0;
        bool is_new = cell != NULL;
        for (size_t l = 0; l < n_levels && l < 3 && is_new; l++)
            is_new = strcmp(cell, levels[l]) != 0;
        if (is_new && n_levels < 3) levels[n_levels] = cell;
        n_levels += is_new;
    }
    if (!is_known && n_levels != 2)
        return til_fail(
            ctx, TIL_EINPUT,
            "%s: --response %s: expected words for responders (R, CR, PR, yes) and others "
            "(NR, SD, PD, no), or two levels",
            c->sheet->origin, name);
    for (size_t p = 0; p < c->n_units && !is_known; p++) {
        const char *cell = cell_of(c, p, (size_t)column);
        class[p] = cell == NULL ? -1 : strcmp(cell, levels[1]) == 0;
    }
    for (size_t p = 0; p < c->n_units; p++)
        if (class[p] >= 0) n[class[p]]++;
    if (n[0] == 0 || n[1] == 0)
        return til_fail(ctx, TIL_EINPUT,
                        "%s: --response %s: %zu responders and %zu others: there must "
                        "be both",
                        c->sheet->origin, name, n[1], n[0]);
    til_say(ctx, TIL_LOG_NOTICE, "%s: %zu responders, %zu others%s%s", name, n[1], n[0],
            is_known ? "" : "; taken as a response: ", is_known ? "" : levels[1]);
    return TIL_OK;
}

/* Everything the rows are written with. */
typedef struct {
    const til_trial_cohort_t *c;
    const til_trial_values_t *values;
    int *class;
    double *x, *y;
    til_table_t *table;
    size_t signature, when, arm, status, row;
    double *auc, *low, *high, *p, *adjusted, *n_x, *n_y;
} writer_t;

static til_status_t write_row(til_ctx_t *ctx, writer_t *w, size_t s, const char *when,
                              const til_trial_question_t *q, ptrdiff_t arm)
{
    const til_trial_cohort_t *c = w->c;
    const double *u = w->values->u + s * w->values->n_samples;
    size_t n_x = 0, n_y = 0, row = w->row++;
    til_auc_t auc;
    til_status_t status = TIL_OK;

    for (size_t p = 0; p < c->n_units; p++) {
        if (w->class[p] < 0 || (arm >= 0 && (size_t)arm != c->arm_of[p])) continue;
        double value = til_trial_unit_value(c, q, u, p);
        if (isnan(value)) continue;
        if (w->class[p] == 1) w->x[n_x++] = value;
        else w->y[n_y++] = value;
    }
    TIL_TRY(til_table_set_text(ctx, w->table, w->signature, row, c->input->signatures[s].name));
    TIL_TRY(til_table_set_text(ctx, w->table, w->when, row, when));
    TIL_TRY(til_table_set_text(ctx, w->table, w->arm, row, arm < 0 ? "all" : c->arms[arm]));
    w->n_x[row] = (double)n_x;
    w->n_y[row] = (double)n_y;
    TIL_TRY(til_table_set_text(ctx, w->table, w->status, row,
                               n_x == 0   ? "no_responders"
                               : n_y == 0 ? "only_responders"
                                          : "ok"));
    if (n_x == 0 || n_y == 0) goto done;
    TIL_TRY(til_trial_auc(ctx, n_x, w->x, n_y, w->y, c->input->alpha, &auc));
    w->auc[row] = auc.auc;
    w->low[row] = auc.low;
    w->high[row] = auc.high;
    w->p[row] = auc.p;
done:
    return status;
}

/* All signatures at one time, in all patients and in each arm; padj over the signatures of each. */
static til_status_t write_time(til_ctx_t *ctx, writer_t *w, const char *when,
                               const til_trial_question_t *q)
{
    const til_trial_input_t *in = w->c->input;
    til_status_t status = TIL_OK;

    for (ptrdiff_t arm = -1; arm < (ptrdiff_t)w->c->n_arms; arm++) {
        size_t first = w->row;
        if (arm >= 0 && w->c->n_arms == 1) break;
        for (size_t s = 0; s < in->n_signatures; s++)
            if (!in->signatures[s].is_reference) TIL_TRY(write_row(ctx, w, s, when, q, arm));
        TIL_TRY(til_adjust_bh(ctx, w->row - first, w->p + first, w->adjusted + first));
    }
done:
    return status;
}

static til_status_t write_times(til_ctx_t *ctx, writer_t *w)
{
    const til_trial_cohort_t *c = w->c;
    til_strbuf_t when = { 0 };
    til_status_t status = TIL_OK;

    for (size_t t = 0; t < c->n_tissues; t++)
        for (size_t v = 0; v < (c->is_paired ? c->n_visits : 1); v++) {
            size_t first = t * c->n_visits;
            til_trial_question_t q = { .n_terms = v == 0 ? 1 : 2,
                                       .cell = { first + v, first },
                                       .coef = { 1, -1 } };
            if (!c->is_paired) q.n_terms = 0;
            til_strbuf_reset(&when);
            if (c->n_tissues > 1) til_strbuf_printf(&when, "%s_", c->tissues[t]);
            til_strbuf_add(&when, v == 0 ? "baseline" : c->visits[v]);
            if (when.failed) TIL_TRY(til_no_memory(ctx, 1, "name"));
            TIL_TRY(write_time(ctx, w, til_strbuf_text(&when), &q));
        }
done:
    til_strbuf_clear(&when);
    return status;
}

til_status_t til_trial_response_table(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                                      const til_trial_values_t *values, til_table_t *out)
{
    writer_t w = { .c = cohort, .values = values, .table = out };
    size_t n_times = cohort->n_tissues * (cohort->is_paired ? cohort->n_visits : 1), n = 0;
    til_status_t status = TIL_OK;

    w.class = til_array(cohort->n_units, sizeof *w.class);
    w.x = til_array(cohort->n_units, sizeof *w.x);
    w.y = til_array(cohort->n_units, sizeof *w.y);
    if (w.class == NULL || w.x == NULL || w.y == NULL)
        TIL_TRY(til_no_memory(ctx, cohort->n_units, "patients"));
    TIL_TRY(classify(ctx, cohort, w.class));
    for (size_t s = 0; s < cohort->input->n_signatures; s++)
        n += !cohort->input->signatures[s].is_reference;
    TIL_TRY(til_table_init(ctx, n * n_times * (cohort->n_arms > 1 ? cohort->n_arms + 1 : 1), out));
    TIL_TRY(til_table_add_text(ctx, out, "signature", "", &w.signature));
    TIL_TRY(til_table_add_text(ctx, out, "when", "baseline, or the visit of a change", &w.when));
    TIL_TRY(til_table_add_number(ctx, out, "auc", "above 1/2: higher in responders", &w.auc));
    TIL_TRY(til_table_add_number(ctx, out, "ci_low", "95 % interval", &w.low));
    TIL_TRY(til_table_add_number(ctx, out, "ci_high", "95 % interval", &w.high));
    TIL_TRY(til_table_add_number(ctx, out, "pvalue", "two-sided, of 1/2", &w.p));
    TIL_TRY(til_table_add_number(ctx, out, "padj", "over the signatures of one time and arm",
                                 &w.adjusted));
    TIL_TRY(til_table_add_text(ctx, out, "arm", "all, or one", &w.arm));
    TIL_TRY(til_table_add_number(ctx, out, "n_responders", "", &w.n_x));
    TIL_TRY(til_table_add_number(ctx, out, "n_others", "", &w.n_y));
    TIL_TRY(til_table_add_text(ctx, out, "status", "", &w.status));
    TIL_TRY(write_times(ctx, &w));
done:
    free(w.class);
    free(w.x);
    free(w.y);
    return status;
}
