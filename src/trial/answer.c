/* answer.c -- the tables of one question.
 *
 * Verdicts follow one rule: p_family (secondary signatures: padj) at most alpha, and an interval
 * that leaves 0 out: rose, fell; else not shown; without a test: not tested (reason).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "math/dist.h"
#include "math/order.h"
#include "trial/answer.h"
#include "trial/detectable.h"
#include "trial/reml.h"

static const double DETECTABLE_POWER = 0.8;

enum {
    N_GENES,
    N_FOUND,
    N_PATIENTS,
    N_UP,
    EFFECT,
    CI_LOW,
    CI_HIGH,
    EFFECT_SD,
    SE,
    DF,
    STAT,
    PVALUE,
    PADJ,
    P_PERMUTATION,
    P_LEAST,
    P_FAMILY,
    DETECTABLE,
    SD,
    SD_FIRST,
    NOISE_SD,
    DF_RESIDUAL,
    N_ALL,
    EFFECT_ALL,
    LOW_ALL,
    HIGH_ALL,
    PVALUE_ALL,
    N_NUMBERS
};
enum { SIGNATURE, KIND, STATUS, VERDICT, FAMILY, READOUT, N_TEXTS };

/* Columns in the order of the table. */
static const struct {
    bool is_number;
    int what;
    const char *name, *about;
} COLUMNS[] = {
    { false, SIGNATURE, "signature", "" },
    { false, KIND, "kind", "set, gene, ratio, value" },
    { true, N_GENES, "n_genes", "genes asked for" },
    { true, N_FOUND, "n_found", "genes in the matrix" },
    { true, N_PATIENTS, "n_patients", "patients (samples, where nobody is paired) in the test" },
    { true, N_UP, "n_up",
      "patients whose value is above 0; levels: above the mean of the reference" },
    { true, EFFECT, "effect", "log2" },
    { true, CI_LOW, "ci_low", "95 % interval of effect" },
    { true, CI_HIGH, "ci_high", "95 % interval of effect" },
    { true, EFFECT_SD, "effect_sd", "effect in standard deviations of the first visit" },
    { true, SE, "se", "standard error of effect, moderated" },
    { true, DF, "df", "degrees of freedom of the moderated t" },
    { true, STAT, "stat", "moderated t" },
    { true, PVALUE, "pvalue", "of the moderated t, two-sided" },
    { true, PADJ, "padj", "Benjamini-Hochberg over the rows of one family" },
    { true, P_PERMUTATION, "p_permutation", "by moving patients between arms, or signs" },
    { true, P_LEAST, "p_least", "the least p_permutation that the design allows" },
    { true, P_FAMILY, "p_family", "max-T over the primary signatures of all questions" },
    { true, DETECTABLE, "detectable", "the effect that is found with 80 % power" },
    { false, STATUS, "status", "ok, or why there is no test" },
    { false, VERDICT, "verdict", "rose, fell, not shown, not tested (reason)" },
    { false, FAMILY, "family", "primary or secondary" },
    { true, SD, "sd", "standard deviation of the values within groups" },
    { true, SD_FIRST, "sd_first", "standard deviation of the first visit" },
    { true, NOISE_SD, "noise_sd", "the part of sd that counting alone gives" },
    { true, DF_RESIDUAL, "df_residual", "degrees of freedom of sd" },
    { true, N_ALL, "n_all",
      "patients with any of the two visits; NA: all have both, or covariates" },
    { true, EFFECT_ALL, "effect_all", "with patients who have one of the two visits (REML)" },
    { true, LOW_ALL, "ci_low_all", "95 % interval of effect_all" },
    { true, HIGH_ALL, "ci_high_all", "95 % interval of effect_all" },
    { true, PVALUE_ALL, "pvalue_all", "of effect_all" },
    { false, READOUT, "readout", "what the signature reads out" },
};
enum { N_COLUMNS = sizeof COLUMNS / sizeof COLUMNS[0] };

typedef struct {
    til_table_t *table;
    double *number[N_NUMBERS];
    size_t text[N_TEXTS];
    size_t *row; /* per signature: its row; SIZE_MAX for references */
} writer_t;

static til_status_t writer_init(til_ctx_t *ctx, const til_trial_input_t *in, til_table_t *table,
                                writer_t *w)
{
    size_t n = 0;
    til_status_t status = TIL_OK;

    *w = (writer_t){ .table = table };
    w->row = til_array(in->n_signatures, sizeof *w->row);
    if (w->row == NULL) TIL_TRY(til_no_memory(ctx, in->n_signatures, "signatures"));
    for (size_t i = 0; i < in->n_signatures; i++)
        w->row[i] = in->signatures[i].is_reference ? SIZE_MAX : n++;
    TIL_TRY(til_table_init(ctx, n, table));
    for (size_t c = 0; c < N_COLUMNS; c++)
        if (COLUMNS[c].is_number)
            TIL_TRY(til_table_add_number(ctx, table, COLUMNS[c].name, COLUMNS[c].about,
                                         &w->number[COLUMNS[c].what]));
        else
            TIL_TRY(til_table_add_text(ctx, table, COLUMNS[c].name, COLUMNS[c].about,
                                       &w->text[COLUMNS[c].what]));
done:
    return status;
}

/* ---- scales ---------------------------------------------------------------------------------- */

static double sd_of(size_t n, const double *x)
{
    double mean = 0, squares = 0;

    for (size_t i = 0; i < n; i++) mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) squares += (x[i] - mean) * (x[i] - mean);
    return n > 1 ? sqrt(squares / (double)(n - 1)) : NAN;
}

/* The standard deviation of the signature at the first visit: of all patients who have one; of
 * the reference group where samples are the units (of all, in a design). */
static double sd_first(const til_trial_cohort_t *c, const til_trial_question_t *q,
                       const til_trial_frame_t *f, const double *u, double *work)
{
    size_t n = 0;

    if (c->is_paired) {
        for (size_t p = 0; p < c->n_units; p++) {
            ptrdiff_t row = til_trial_sample(c, p, q->first_cell);
            if (row >= 0 && !isnan(u[row])) work[n++] = u[row];
        }
        return sd_of(n, work);
    }
    for (size_t i = 0; i < f->n; i++)
        if (q->n_groups < 2 || f->group[i] == q->n_groups - 1)
            work[n++] = til_trial_unit_value(c, q, u, f->unit[i]);
    return sd_of(n, work);
}

/* The root mean variance that counting gives the values of the units. */
static double noise_of(const til_trial_cohort_t *c, const til_trial_question_t *q,
                       const til_trial_frame_t *f, const double *noise)
{
    double sum = 0;

    for (size_t i = 0; i < f->n; i++) {
        for (size_t k = 0; k < q->n_terms; k++)
            sum += q->coef[k] * q->coef[k] * noise[til_trial_sample(c, f->unit[i], q->cell[k])];
        if (q->n_terms == 0) sum += til_trial_unit_value(c, q, noise, f->unit[i]);
    }
    return sqrt(sum / (double)f->n);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* The same question with the patients who have one of the two visits, where there are any. */
static til_status_t write_all_patients(til_ctx_t *ctx, const til_trial_cohort_t *c,
                                       const til_trial_question_t *q, const double *u, size_t row,
                                       writer_t *w)
{
    til_trial_reml_t all;
    til_status_t status = til_trial_reml(ctx, c, q, u, &all);

    if (status != TIL_OK || all.n_single == 0 || isnan(all.effect) || !(all.df > 0)) return status;
    double half = all.se * til_qt(c->input->alpha / 2, all.df, true, false);
    w->number[N_ALL][row] = (double)all.n_patients;
    w->number[EFFECT_ALL][row] = all.effect;
    w->number[LOW_ALL][row] = all.effect - half;
    w->number[HIGH_ALL][row] = all.effect + half;
    w->number[PVALUE_ALL][row] = 2 * til_pt(fabs(all.effect / all.se), all.df, true, false);
    return TIL_OK;
}

static til_status_t write_test(til_ctx_t *ctx, const til_trial_cohort_t *c,
                               const til_trial_values_t *values, const til_trial_question_t *q,
                               const til_trial_fit_t *fit, size_t i,
                               const til_trial_chance_t *chance, writer_t *w, double *work)
{
    size_t s = fit->signature[i], row = w->row[s], n = fit->frame.n;
    const double *u = values->u + s * values->n_samples, *y = fit->y + i * n;
    double zero = 0, n_zero = 0, up = 0, alpha = c->input->alpha;
    double half = fit->se[i] * til_qt(alpha / 2, fit->df[i], true, false);
    til_status_t status = TIL_OK;

    for (size_t k = 0; k < n && q->n_terms == 0; k++)
        if (q->n_groups < 2 || fit->frame.group[k] == q->n_groups - 1) {
            zero += y[k];
            n_zero++;
        }
    for (size_t k = 0; k < n; k++) up += y[k] > (n_zero > 0 ? zero / n_zero : 0);
    w->number[N_PATIENTS][row] = (double)n;
    w->number[N_UP][row] = up;
    if (fit->frame.problem != NULL || isnan(fit->stat[i])) {
        TIL_TRY(til_table_set_text(ctx, w->table, w->text[STATUS], row,
                                   fit->frame.problem != NULL ? fit->frame.problem : "constant"));
        goto done;
    }
    double first = sd_first(c, q, &fit->frame, u, work);
    w->number[EFFECT][row] = fit->effect[i];
    w->number[CI_LOW][row] = fit->effect[i] - half;
    w->number[CI_HIGH][row] = fit->effect[i] + half;
    w->number[EFFECT_SD][row] = first > 0 ? fit->effect[i] / first : NAN;
    w->number[SE][row] = fit->se[i];
    w->number[DF][row] = fit->df[i];
    w->number[STAT][row] = fit->stat[i];
    w->number[PVALUE][row] = fit->pvalue[i];
    w->number[P_PERMUTATION][row] = chance->p[s];
    w->number[P_LEAST][row] = chance->least[s];
    w->number[P_FAMILY][row] = chance->family[s];
    w->number[DETECTABLE][row] = fit->se[i] *
                                 til_trial_detectable(fit->df[i], alpha, DETECTABLE_POWER);
    w->number[SD][row] = fit->sd[i];
    w->number[SD_FIRST][row] = first;
    w->number[DF_RESIDUAL][row] = fit->df_residual;
    w->number[NOISE_SD][row] = noise_of(c, q, &fit->frame, values->noise + s * values->n_samples);
    TIL_TRY(write_all_patients(ctx, c, q, u, row, w));
    TIL_TRY(til_table_set_text(ctx, w->table, w->text[STATUS], row,
                               first > 0 ? "ok" : "ok;no_spread_at_first_visit"));
done:
    return status;
}

static til_status_t write_names(til_ctx_t *ctx, const til_trial_input_t *in,
                                const til_trial_values_t *values, writer_t *w)
{
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < in->n_signatures; i++) {
        const til_trial_signature_t *s = &in->signatures[i];
        size_t row = w->row[i];
        if (row == SIZE_MAX) continue;
        TIL_TRY(til_table_set_text(ctx, w->table, w->text[SIGNATURE], row, s->name));
        TIL_TRY(
            til_table_set_text(ctx, w->table, w->text[KIND], row, til_trial_kind_name(s->kind)));
        TIL_TRY(til_table_set_text(ctx, w->table, w->text[FAMILY], row,
                                   s->is_primary ? "primary" : "secondary"));
        TIL_TRY(til_table_set_text(ctx, w->table, w->text[READOUT], row, s->readout));
        if (values->problem[i] != NULL)
            TIL_TRY(til_table_set_text(ctx, w->table, w->text[STATUS], row, values->problem[i]));
        if (s->kind == TIL_TRIAL_VALUE) continue;
        w->number[N_GENES][row] = (double)s->n_genes;
        w->number[N_FOUND][row] = (double)s->n_found;
    }
done:
    return status;
}

/* padj: within primary rows, and within the others. */
static til_status_t adjust(til_ctx_t *ctx, const til_trial_input_t *in, writer_t *w)
{
    size_t n = w->table->n_rows;
    double *p = til_array(n, sizeof *p);
    til_status_t status = TIL_OK;

    if (p == NULL) return til_no_memory(ctx, n, "p-values");
    for (int primary = 0; primary < 2; primary++) {
        for (size_t r = 0; r < n; r++) p[r] = NAN;
        for (size_t i = 0; i < in->n_signatures; i++)
            if (w->row[i] != SIZE_MAX && in->signatures[i].is_primary == (primary == 1))
                p[w->row[i]] = w->number[PVALUE][w->row[i]];
        TIL_TRY(til_adjust_bh(ctx, n, p, p));
        for (size_t r = 0; r < n; r++)
            if (!isnan(p[r])) w->number[PADJ][r] = p[r];
    }
done:
    free(p);
    return status;
}

static til_status_t write_verdicts(til_ctx_t *ctx, const til_trial_input_t *in, writer_t *w)
{
    til_strbuf_t b = { 0 };
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < in->n_signatures; i++) {
        size_t row = w->row[i];
        if (row == SIZE_MAX) continue;
        double p = w->number[in->signatures[i].is_primary ? P_FAMILY : PADJ][row];
        const char *status_word = w->table->columns[w->text[STATUS]].text[row];
        til_strbuf_reset(&b);
        if (isnan(w->number[EFFECT][row])) {
            til_strbuf_printf(&b, "not tested (%s)", status_word);
            for (size_t k = 0; k < b.length; k++)
                if (b.text[k] == '_') b.text[k] = ' ';
        } else if (p <= in->alpha && w->number[CI_LOW][row] > 0) til_strbuf_add(&b, "rose");
        else if (p <= in->alpha && w->number[CI_HIGH][row] < 0) til_strbuf_add(&b, "fell");
        else til_strbuf_add(&b, "not shown");
        if (b.failed) TIL_TRY(til_no_memory(ctx, 1, "verdict"));
        TIL_TRY(til_table_set_text(ctx, w->table, w->text[VERDICT], row, til_strbuf_text(&b)));
    }
done:
    til_strbuf_clear(&b);
    return status;
}

til_status_t til_trial_answer_table(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                                    const til_trial_values_t *values, const til_trial_fits_t *fits,
                                    const til_trial_chance_t *chance, til_table_t *out)
{
    writer_t w;
    double *work = til_array(cohort->n_units, sizeof *work);
    til_status_t status = writer_init(ctx, cohort->input, out, &w);

    if (status != TIL_OK) goto done;
    if (work == NULL) TIL_TRY(til_no_memory(ctx, cohort->n_units, "patients"));
    TIL_TRY(write_names(ctx, cohort->input, values, &w));
    for (size_t k = 0; k < fits->n_fits; k++)
        for (size_t i = 0; i < fits->fits[k].m; i++)
            if (w.row[fits->fits[k].signature[i]] != SIZE_MAX)
                TIL_TRY(write_test(ctx, cohort, values, fits->question, &fits->fits[k], i, chance,
                                   &w, work));
    TIL_TRY(adjust(ctx, cohort->input, &w));
    TIL_TRY(write_verdicts(ctx, cohort->input, &w));
done:
    free(work);
    free(w.row);
    return status;
}

/* ---- patients -------------------------------------------------------------------------------- */

/* The patients with a value of any signature, in the order of the cohort. */
static size_t list_patients(const til_trial_cohort_t *c, const til_trial_values_t *values,
                            const til_trial_question_t *q, size_t *unit)
{
    size_t n = 0;

    for (size_t p = 0; p < c->n_units; p++) {
        bool is_asked = false, any = false;
        for (size_t j = 0; j < q->n_groups; j++)
            is_asked = is_asked || q->groups[j].arm < 0 || (size_t)q->groups[j].arm == c->arm_of[p];
        for (size_t i = 0; i < values->n_signatures && is_asked && !any; i++)
            any = !isnan(til_trial_unit_value(c, q, values->u + i * values->n_samples, p));
        if (any) unit[n++] = p;
    }
    return n;
}

til_status_t til_trial_answer_patients(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                                       const til_trial_values_t *values,
                                       const til_trial_question_t *question, til_table_t *out)
{
    const til_trial_input_t *in = cohort->input;
    size_t *unit = til_array(cohort->n_units, sizeof *unit), n, patient, arm;
    til_status_t status = TIL_OK;

    if (unit == NULL) TIL_TRY(til_no_memory(ctx, cohort->n_units, "patients"));
    n = list_patients(cohort, values, question, unit);
    TIL_TRY(til_table_init(ctx, n, out));
    TIL_TRY(til_table_add_text(ctx, out, "patient", "", &patient));
    TIL_TRY(til_table_add_text(ctx, out, "arm", "", &arm));
    for (size_t r = 0; r < n; r++) {
        const char *name = cohort->arms[cohort->arm_of[unit[r]]];
        TIL_TRY(til_table_set_text(ctx, out, patient, r, cohort->units[unit[r]]));
        TIL_TRY(til_table_set_text(ctx, out, arm, r, *name != '\0' ? name : NULL));
    }
    for (size_t i = 0; i < in->n_signatures; i++) {
        double *x;
        if (in->signatures[i].is_reference) continue;
        TIL_TRY(til_table_add_number(ctx, out, in->signatures[i].name, "", &x));
        for (size_t r = 0; r < n; r++)
            x[r] = til_trial_unit_value(cohort, question, values->u + i * values->n_samples,
                                        unit[r]);
    }
done:
    free(unit);
    return status;
}
