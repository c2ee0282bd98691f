/* rank.c -- can the coefficients of a design be told apart, and if not, why not.
 *
 * The columns are walked in order; one that is a combination of those before it is aliased, and
 * least squares on them gives the combination. The words come from the variables that stand in
 * such a relation: two factors may make the same groups, one may be nested in the other, a
 * covariate may be constant within a factor, a combination of levels may have no sample.
 *
 * The walk is over covariates freed of origin and unit (standard.h): a date is no constant because
 * it is a large number.
 *
 * Agrees:  R 4.2.2 qr(X)$rank and $pivot (tests/golden/design); tolerance 1e-7.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/try.h"
#include "math/linalg.h"
#include "design/rank.h"
#include "design/standard.h"

enum { MAX_TERMS_SHOWN = 4, MAX_SAMPLES_SHOWN = 4 };

#define TOL_RANK   1e-7 /* R's qr(), lm(), DESeq2's checkFullRank                         */
#define TOL_WEIGHT 1e-6 /* weights are small fractions; what is below is rounding      */

void til_rank_clear(til_rank_t *rank)
{
    if (rank == NULL) return;
    til_arena_free(rank->arena);
    *rank = (til_rank_t){ 0 };
}

/* ---- the relations ------------------------------------------------------------------- */

/* weights (rank x n_aliased): the aliased columns as combinations of the independent ones. */
static til_status_t solve(til_ctx_t *ctx, const til_design_t *design, const size_t *pivot,
                          size_t rank, double *weights)
{
    til_status_t status = TIL_OK;
    size_t n = design->n_samples, k = design->n_coef - rank;
    double *a = til_array(n * rank, sizeof *a), *tau = til_array(rank, sizeof *tau);
    double *y = til_array(n * k, sizeof *y);

    if (a == NULL || tau == NULL || y == NULL) {
        status = til_no_memory(ctx, n * design->n_coef, "numbers");
        goto done;
    }
    for (size_t j = 0; j < rank; j++) memcpy(a + j * n, design->x + pivot[j] * n, n * sizeof *a);
    for (size_t j = 0; j < k; j++)
        memcpy(y + j * n, design->x + pivot[rank + j] * n, n * sizeof *y);
    if (rank > 0) {
        TIL_TRY(til_qr(ctx, n, rank, a, tau));
        TIL_TRY(til_qr_apply(ctx, n, rank, a, tau, true, k, y));
    }
    for (size_t j = 0; j < k; j++) {
        memcpy(weights + j * rank, y + j * n, rank * sizeof *weights);
        if (rank > 0) TIL_TRY(til_solve_upper(ctx, rank, a, n, false, 1, weights + j * rank));
    }

done:
    free(y);
    free(tau);
    free(a);
    return status;
}

/* " + batchb2", " - 0.5*x": one part of a combination. */
static void add_part(til_strbuf_t *b, double weight, const char *name, bool is_first)
{
    double size = fabs(weight), nearest = round(size * 1e4) / 1e4;

    til_strbuf_add(b, is_first ? (weight < 0 ? "-" : "") : (weight < 0 ? " - " : " + "));
    if (fabs(size - 1) > TOL_WEIGHT) {
        til_strbuf_add_number(b, nearest > 0 ? nearest : size);
        til_strbuf_add_char(b, '*');
    }
    til_strbuf_add(b, name);
}

/* "armNR = batchb2 (samples S5, S6, S7 and S8)". */
static void write_relation(const til_design_t *design, const size_t *pivot, size_t rank, size_t j,
                           const double *weights, til_strbuf_t *b)
{
    const double *x = design->x + j * design->n_samples;
    size_t n_parts = 0, n_with = 0, shown = 0;

    til_strbuf_reset(b);
    til_strbuf_printf(b, "%s = ", design->coef_names[j]);
    for (size_t i = 0; i < rank; i++) {
        if (fabs(weights[i]) < TOL_WEIGHT) continue;
        if (n_parts < MAX_TERMS_SHOWN)
            add_part(b, weights[i], design->coef_names[pivot[i]], n_parts == 0);
        n_parts++;
    }
    if (n_parts == 0) til_strbuf_add(b, "0");
    if (n_parts > MAX_TERMS_SHOWN) til_strbuf_printf(b, " and %zu more", n_parts - MAX_TERMS_SHOWN);

    for (size_t s = 0; s < design->n_samples; s++) n_with += x[s] != 0;
    if (n_with == 0) til_strbuf_add(b, " (no sample has it)");
    if (n_with == 0 || n_with == design->n_samples) return;
    til_strbuf_add(b, n_with == 1 ? " (sample " : " (samples ");
    for (size_t s = 0; s < design->n_samples && shown < MAX_SAMPLES_SHOWN; s++)
        if (x[s] != 0) til_strbuf_printf(b, "%s%s", shown++ > 0 ? ", " : "", design->samples[s]);
    if (shown < n_with) til_strbuf_printf(b, " and %zu more", n_with - shown);
    til_strbuf_add_char(b, ')');
}

/* ---- the causes ---------------------------------------------------------------------- */

typedef struct {
    const til_design_t *design;
    const til_formula_t *formula;
    til_rank_t *rank;
    til_strbuf_t text;
} words_t;

static til_status_t add_cause(til_ctx_t *ctx, words_t *w)
{
    til_status_t status = til_keep_strbuf(ctx, w->rank->arena, &w->text,
                                          &w->rank->causes[w->rank->n_causes]);

    if (status == TIL_OK) w->rank->n_causes++;
    til_strbuf_reset(&w->text);
    return status;
}

/* Does the value of `a` fix that of `b`? A factor's value is its level. */
static bool determines(const til_design_t *d, const til_variable_t *a, const til_variable_t *b)
{
    for (size_t s = 0; s < d->n_samples; s++)
        for (size_t e = 0; e < s; e++) {
            bool same_a = a->is_factor ? a->level[s] == a->level[e] : a->value[s] == a->value[e];
            bool same_b = b->is_factor ? b->level[s] == b->level[e] : b->value[s] == b->value[e];
            if (same_a && !same_b) return false;
        }
    return true;
}

static til_status_t explain_pair(til_ctx_t *ctx, words_t *w, const til_variable_t *a,
                                 const til_variable_t *b)
{
    bool a_fixes = a->is_factor && determines(w->design, a, b);
    bool b_fixes = b->is_factor && determines(w->design, b, a);

    if (a_fixes && b_fixes) {
        til_strbuf_printf(&w->text,
                          "%s and %s make the same groups of samples: their effects "
                          "cannot be told apart, and leaving one out gives the effect of both",
                          a->name, b->name);
        return add_cause(ctx, w);
    }
    if (!a_fixes && !b_fixes) return TIL_OK;
    const til_variable_t *inner = a_fixes ? a : b, *outer = a_fixes ? b : a;
    const char *in = inner->name, *out = outer->name;
    if (outer->is_factor)
        til_strbuf_printf(&w->text,
                          "%s is nested in %s: each %s has one %s only, so %s already "
                          "tells the %s levels apart; leave %s out to compare %s, or "
                          "--pair %s --time COLUMN --arm %s compares times within each "
                          "%s, arm by arm",
                          in, out, in, out, in, out, in, out, in, out, in);
    else
        til_strbuf_printf(&w->text,
                          "%s has one value for each %s, so %s already tells it: leave "
                          "one of them out",
                          out, in, in);
    return add_cause(ctx, w);
}

static til_status_t explain_constant(til_ctx_t *ctx, words_t *w, const til_variable_t *v)
{
    for (size_t s = 1; s < w->design->n_samples; s++)
        if (v->is_factor || v->value[s] != v->value[0]) return TIL_OK;
    if (v->is_factor) return TIL_OK;
    til_strbuf_printf(&w->text, "%s has the same value in every sample: leave it out", v->name);
    return add_cause(ctx, w);
}

/* Looks for a combination of levels of the factors of a term that no sample has. */
static til_status_t explain_empty_cell(til_ctx_t *ctx, words_t *w, uint64_t term)
{
    const til_variable_t *factors[TIL_MAX_VARIABLES];
    size_t at[TIL_MAX_VARIABLES] = { 0 }, n = 0, i;

    for (size_t v = 0; v < w->formula->n_variables; v++) {
        if (!(term >> v & 1)) continue;
        const til_variable_t *f = til_design_variable(w->design, w->formula->variables[v]);
        if (f != NULL && f->is_factor) factors[n++] = f;
    }
    if (n < 2) return TIL_OK;
    do { /* ends after as many cells as there are samples: the next is empty */
        bool is_there = false;
        for (size_t s = 0; s < w->design->n_samples && !is_there; s++) {
            for (i = 0; i < n && factors[i]->level[s] == at[i]; i++) continue;
            is_there = i == n;
        }
        if (!is_there) {
            til_strbuf_add(&w->text, "no sample has");
            for (i = 0; i < n; i++)
                til_strbuf_printf(&w->text, "%s %s=%s", i == 0 ? "" : " with", factors[i]->name,
                                  factors[i]->levels[at[i]]);
            til_strbuf_add(&w->text, ", so their interaction cannot be estimated: leave it out, or "
                                     "leave out the levels that are incomplete");
            return add_cause(ctx, w);
        }
        for (i = 0; i < n && ++at[i] == factors[i]->n_levels; i++) at[i] = 0;
    } while (i < n);
    return TIL_OK;
}

/* Bits of the formula's variables in the columns of relation k; *own: in the aliased one alone. */
static uint64_t variables_of(const words_t *w, const size_t *pivot, size_t k, const double *weights,
                             uint64_t *own)
{
    const til_design_t *d = w->design;
    size_t rank = w->rank->rank, term = d->terms[pivot[rank + k]];
    uint64_t bits = *own = term == 0 ? 0 : w->formula->terms[term - 1];

    for (size_t i = 0; i < rank; i++)
        if (fabs(weights[k * rank + i]) >= TOL_WEIGHT && d->terms[pivot[i]] > 0)
            bits |= w->formula->terms[d->terms[pivot[i]] - 1];
    return bits;
}

/* At most one cause per variable, pair of variables and interaction. */
static til_status_t explain(til_ctx_t *ctx, words_t *w, const size_t *pivot, const double *weights)
{
    til_status_t status = TIL_OK;
    size_t n_vars = w->formula->n_variables;
    bool told_alone[TIL_MAX_VARIABLES] = { false };
    bool told_pair[TIL_MAX_VARIABLES][TIL_MAX_VARIABLES] = { { false } };
    uint64_t last_term = 0, own;

    for (size_t k = 0; k < w->rank->n_aliased; k++) {
        uint64_t bits = variables_of(w, pivot, k, weights, &own);
        for (size_t v = 0; v < n_vars; v++) {
            const til_variable_t *a = til_design_variable(w->design, w->formula->variables[v]);
            if (!(bits >> v & 1) || a == NULL) continue;
            if (!told_alone[v]) TIL_TRY(explain_constant(ctx, w, a));
            told_alone[v] = true;
            for (size_t u = v + 1; u < n_vars; u++) {
                const til_variable_t *b = til_design_variable(w->design, w->formula->variables[u]);
                if (!(bits >> u & 1) || b == NULL || told_pair[v][u]) continue;
                TIL_TRY(explain_pair(ctx, w, a, b));
                told_pair[v][u] = true;
            }
        }
        if (w->rank->n_causes == 0 && own != last_term) {
            TIL_TRY(explain_empty_cell(ctx, w, own));
            last_term = own;
        }
    }
    if (w->rank->n_causes == 0 && w->design->n_coef > w->design->n_samples) {
        til_strbuf_printf(&w->text, "%zu samples cannot tell %zu coefficients apart",
                          w->design->n_samples, w->design->n_coef);
        TIL_TRY(add_cause(ctx, w));
    }

done:
    return status;
}

/* ---- the whole ----------------------------------------------------------------------- */

static til_status_t describe(til_ctx_t *ctx, const til_design_t *design, const size_t *pivot,
                             const double *weights, til_rank_t *out)
{
    til_status_t status = TIL_OK;
    til_formula_t formula = { 0 };
    words_t w = { .design = design, .formula = &formula, .rank = out };
    size_t room = 2; /* causes: a sum below bounds them */

    TIL_TRY(til_keep_array(ctx, out->arena, out->n_aliased, sizeof *out->aliased, &out->aliased));
    TIL_TRY(
        til_keep_array(ctx, out->arena, out->n_aliased, sizeof *out->relations, &out->relations));
    for (size_t k = 0; k < out->n_aliased; k++) {
        out->aliased[k] = pivot[out->rank + k];
        write_relation(design, pivot, out->rank, out->aliased[k], weights + k * out->rank, &w.text);
        TIL_TRY(til_keep_strbuf(ctx, out->arena, &w.text, &out->relations[k]));
    }
    til_strbuf_reset(&w.text);
    if (design->formula == NULL || design->terms == NULL || design->is_paired) goto done;
    TIL_TRY(til_formula_parse(ctx, design->formula, &formula));
    room += formula.n_variables * (formula.n_variables + 1) + out->n_aliased;
    TIL_TRY(til_keep_array(ctx, out->arena, room, sizeof *out->causes, &out->causes));
    TIL_TRY(explain(ctx, &w, pivot, weights));

done:
    til_strbuf_clear(&w.text);
    til_formula_clear(&formula);
    return status;
}

til_status_t til_rank_analyse(til_ctx_t *ctx, const til_design_t *design, til_rank_t *out)
{
    til_status_t status = TIL_OK;
    size_t p = design->n_coef, *pivot = til_array(p, sizeof *pivot);
    double *weights = NULL;
    til_standard_t standard = { 0 };

    *out = (til_rank_t){ .arena = til_arena_new() };
    if (pivot == NULL || out->arena == NULL) {
        status = til_no_memory(ctx, p, "coefficients");
        goto done;
    }
    TIL_TRY(til_standard_init(ctx, design, TIL_STANDARD_PROJECT, &standard));
    TIL_TRY(til_rank_pivot(ctx, design->n_samples, p, standard.x, TOL_RANK, &out->rank, pivot));
    out->n_aliased = p - out->rank;
    if (out->n_aliased == 0) goto done;
    weights = til_array(out->rank * out->n_aliased, sizeof *weights);
    if (weights == NULL) {
        status = til_no_memory(ctx, p, "coefficients");
        goto done;
    }
    TIL_TRY(solve(ctx, design, pivot, out->rank, weights));
    TIL_TRY(describe(ctx, design, pivot, weights, out));

done:
    til_standard_clear(&standard);
    free(weights);
    free(pivot);
    if (status != TIL_OK) til_rank_clear(out);
    return status;
}

static const char *or_unknown(const char *text) { return text == NULL ? "?" : text; }

til_status_t til_rank_require(til_ctx_t *ctx, const til_design_t *design)
{
    til_status_t status = TIL_OK;
    til_rank_t rank;
    til_strbuf_t b = { 0 };

    TIL_TRY(til_rank_analyse(ctx, design, &rank));
    if (rank.n_aliased > 0) {
        for (size_t k = 0; k < rank.n_aliased && k < 3; k++)
            til_strbuf_printf(&b, "%s%s", k == 0 ? "" : "; ", rank.relations[k]);
        if (rank.n_aliased > 3) til_strbuf_printf(&b, "; and %zu more", rank.n_aliased - 3);
        for (size_t k = 0; k < rank.n_causes && k < 2; k++)
            til_strbuf_printf(&b, ": %s", rank.causes[k]);
        status = til_fail(ctx, TIL_EINPUT, "%s: design %s is not of full rank (%zu of %zu): %s",
                          or_unknown(design->origin), or_unknown(design->formula), rank.rank,
                          design->n_coef, til_strbuf_text(&b));
    }
    til_rank_clear(&rank);

done:
    til_strbuf_clear(&b);
    return status;
}

til_status_t til_rank_require_replicates(til_ctx_t *ctx, const til_design_t *design)
{
    til_status_t status = til_rank_require(ctx, design);

    if (status != TIL_OK || design->n_samples > design->n_coef) return status;
    return til_fail(ctx, TIL_EINPUT,
                    "%s: design %s has %zu coefficients for %zu samples: without "
                    "replicates there is no variance to test against",
                    or_unknown(design->origin), or_unknown(design->formula), design->n_coef,
                    design->n_samples);
}

til_status_t til_rank_require_nested(til_ctx_t *ctx, const til_design_t *full,
                                     const til_design_t *reduced)
{
    til_status_t status = TIL_OK;
    size_t n = full->n_samples, p = full->n_coef + reduced->n_coef, rank;
    double *both = til_array(n * p, sizeof *both);
    size_t *pivot = til_array(p, sizeof *pivot);

    if (both == NULL || pivot == NULL) {
        status = til_no_memory(ctx, n * p, "numbers");
        goto done;
    }
    memcpy(both, full->x, n * full->n_coef * sizeof *both);
    memcpy(both + n * full->n_coef, reduced->x, n * reduced->n_coef * sizeof *both);
    TIL_TRY(til_rank_pivot(ctx, n, p, both, TOL_RANK, &rank, pivot));
    if (reduced->n_coef >= full->n_coef || rank > full->n_coef)
        status = til_fail(ctx, TIL_EUSAGE,
                          "reduced design %s is not part of %s: it should leave "
                          "terms out and add none",
                          or_unknown(reduced->formula), or_unknown(full->formula));

done:
    free(pivot);
    free(both);
    return status;
}
