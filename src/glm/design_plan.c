/* design_plan.c -- groups of equal design rows, and X'WX as an arrow.
 *
 * With leaves l (columns whose supports are disjoint) and the border B of the other columns,
 *
 *     A = X'WX + diag(ridge) = [ D  C ]       D diagonal
 *                              [ C' B ]
 *     S = B - C' D^-1 C = L L'            the Schur complement, border x border
 *     log det A = sum log D + log det S
 *     x' A^-1 x = v^2 / D_l + | L^-1 (b - v C_l / D_l) |^2      x with leaf value v, border b
 *
 * Without leaves this is a plain Cholesky factorisation.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "math/linalg.h"
#include "glm/design_plan.h"

/* Below this many coefficients the dense form is as fast. */
enum { MIN_ARROW_COEF = 7, MIN_LEAVES = 4 };

static bool same_row(const til_design_t *design, size_t a, size_t b)
{
    for (size_t j = 0; j < design->n_coef; j++)
        if (design->x[a + j * design->n_samples] != design->x[b + j * design->n_samples])
            return false;
    return true;
}

/* Groups in order of first sample; samples keep their order within a group. */
static void find_groups(const til_design_t *design, til_nb_plan_t *plan, size_t *group)
{
    size_t n = plan->n, at = 0;

    plan->n_groups = 0;
    for (size_t s = 0; s < n; s++) {
        size_t earlier = 0;
        while (earlier < s && !same_row(design, earlier, s)) earlier++;
        group[s] = earlier < s ? group[earlier] : plan->n_groups++;
    }
    for (size_t g = 0; g < plan->n_groups; g++) {
        plan->group_begin[g] = at;
        for (size_t s = 0; s < n; s++)
            if (group[s] == g) plan->order[at++] = s;
    }
    plan->group_begin[plan->n_groups] = n;
}

static size_t count_support(const til_nb_plan_t *plan, size_t j)
{
    size_t n = 0;
    for (size_t g = 0; g < plan->n_groups; g++) n += plan->row[g * plan->p + j] != 0;
    return n;
}

static bool meets_a_leaf(const til_nb_plan_t *plan, size_t j)
{
    for (size_t g = 0; g < plan->n_groups; g++)
        if (plan->row[g * plan->p + j] != 0 && plan->group_leaf[g] >= 0) return true;
    return false;
}

/* Greedy: the columns with the smallest supports first. */
static void choose_leaves(til_nb_plan_t *plan)
{
    size_t p = plan->p;

    for (size_t g = 0; g < plan->n_groups; g++) plan->group_leaf[g] = -1;
    plan->n_leaves = plan->n_border = 0;
    for (size_t size = 1; p >= MIN_ARROW_COEF && size <= plan->n_groups / 2; size++)
        for (size_t j = 0; j < p; j++) {
            if (count_support(plan, j) != size || meets_a_leaf(plan, j)) continue;
            for (size_t g = 0; g < plan->n_groups; g++)
                if (plan->row[g * p + j] != 0) {
                    plan->group_leaf[g] = (ptrdiff_t)plan->n_leaves;
                    plan->group_leaf_value[g] = plan->row[g * p + j];
                }
            plan->leaf[plan->n_leaves++] = j;
        }
    if (plan->n_leaves < MIN_LEAVES) {
        for (size_t g = 0; g < plan->n_groups; g++) plan->group_leaf[g] = -1;
        plan->n_leaves = 0;
    }
    for (size_t j = 0; j < p; j++) {
        bool is_leaf = false;
        for (size_t l = 0; l < plan->n_leaves; l++) is_leaf |= plan->leaf[l] == j;
        if (!is_leaf) plan->border[plan->n_border++] = j;
    }
    for (size_t g = 0; g < plan->n_groups; g++)
        for (size_t k = 0; k < plan->n_border; k++)
            plan->group_border[g * plan->n_border + k] = plan->row[g * p + plan->border[k]];
}

/* by_row and by_column from row. */
static void list_entries(til_nb_plan_t *plan)
{
    size_t n = 0;

    for (size_t g = 0; g < plan->n_groups; g++) {
        plan->row_begin[g] = n;
        for (size_t j = 0; j < plan->p; j++)
            if (plan->row[g * plan->p + j] != 0)
                plan->by_row[n++] = (til_plan_entry_t){ j, plan->row[g * plan->p + j] };
    }
    plan->row_begin[plan->n_groups] = n;
    n = 0;
    for (size_t j = 0; j < plan->p; j++) {
        plan->column_begin[j] = n;
        for (size_t g = 0; g < plan->n_groups; g++)
            if (plan->row[g * plan->p + j] != 0)
                plan->by_column[n++] = (til_plan_entry_t){ g, plan->row[g * plan->p + j] };
    }
    plan->column_begin[plan->p] = n;
}

/* R^-1 Q' of the design, its columns of one group being equal. */
static til_status_t find_least_squares(til_ctx_t *ctx, const til_design_t *design,
                                       til_nb_plan_t *plan)
{
    til_status_t status = TIL_OK;
    size_t n = plan->n, p = plan->p;
    double *qr = til_array(n * p, sizeof *qr), *tau = til_array(p, sizeof *tau);
    double *unit = til_array_zero(n * plan->n_groups, sizeof *unit);

    if (qr == NULL || tau == NULL || unit == NULL)
        TIL_TRY(til_no_memory(ctx, n * plan->n_groups, "design values"));
    memcpy(qr, design->x, n * p * sizeof *qr);
    for (size_t g = 0; g < plan->n_groups; g++) unit[plan->order[plan->group_begin[g]] + g * n] = 1;
    TIL_TRY(til_qr(ctx, n, p, qr, tau));
    TIL_TRY(til_qr_apply(ctx, n, p, qr, tau, true, plan->n_groups, unit));
    for (size_t g = 0; g < plan->n_groups; g++) {
        TIL_TRY(til_solve_upper(ctx, p, qr, n, false, 1, unit + g * n));
        for (size_t j = 0; j < p; j++)
            plan->least_squares[j * plan->n_groups + g] = unit[j + g * n];
    }
done:
    free(unit);
    free(tau);
    free(qr);
    return status;
}

static bool is_just_intercept(const til_design_t *design)
{
    if (design->n_coef != 1) return false;
    for (size_t s = 0; s < design->n_samples; s++)
        if (design->x[s] != 1) return false;
    return true;
}

til_status_t til_nb_plan_init(til_ctx_t *ctx, const til_design_t *design, til_nb_plan_t *out)
{
    til_status_t status = TIL_OK;
    size_t n = design->n_samples, p = design->n_coef;
    size_t *group = til_array(n, sizeof *group);

    *out = (til_nb_plan_t){ .n = n, .p = p };
    out->n_padded = (n + TIL_LANES - 1) / TIL_LANES * TIL_LANES;
    out->order = til_array(n, sizeof *out->order);
    out->position = til_array(n, sizeof *out->position);
    out->group_begin = til_array(n + 1, sizeof *out->group_begin);
    out->row = til_array(n * p, sizeof *out->row);
    out->by_row = til_array(n * p, sizeof *out->by_row);
    out->by_column = til_array(n * p, sizeof *out->by_column);
    out->row_begin = til_array(n + 1, sizeof *out->row_begin);
    out->column_begin = til_array(p + 1, sizeof *out->column_begin);
    out->least_squares = til_array(n * p, sizeof *out->least_squares);
    out->leaf = til_array(p, sizeof *out->leaf);
    out->border = til_array(p, sizeof *out->border);
    out->group_leaf = til_array(n, sizeof *out->group_leaf);
    out->group_leaf_value = til_array_zero(n, sizeof *out->group_leaf_value);
    out->group_border = til_array(n * p, sizeof *out->group_border);
    if (group == NULL || out->order == NULL || out->position == NULL || out->group_begin == NULL ||
        out->row == NULL || out->by_row == NULL || out->by_column == NULL ||
        out->row_begin == NULL || out->column_begin == NULL || out->least_squares == NULL ||
        out->leaf == NULL || out->border == NULL || out->group_leaf == NULL ||
        out->group_leaf_value == NULL || out->group_border == NULL)
        TIL_TRY(til_no_memory(ctx, n * p, "design values"));

    find_groups(design, out, group);
    for (size_t i = 0; i < n; i++) out->position[out->order[i]] = i;
    for (size_t g = 0; g < out->n_groups; g++)
        for (size_t j = 0; j < p; j++)
            out->row[g * p + j] = design->x[out->order[out->group_begin[g]] + j * n];
    list_entries(out);
    out->by_group = out->n_groups == p;
    out->just_intercept = is_just_intercept(design);
    choose_leaves(out);
    TIL_TRY(find_least_squares(ctx, design, out));

    if (out->by_group) {
        til_gram_t gram = { 0 };
        TIL_TRY(til_gram_init(ctx, out, &gram));
        for (size_t g = 0; g < p; g++) gram.scratch[g] = 1;
        if (til_gram_factor(out, &gram, gram.scratch, NULL))
            out->log_det_rows = til_gram_log_det(out, &gram);
        til_gram_clear(&gram);
    }
done:
    free(group);
    if (status != TIL_OK) til_nb_plan_clear(out);
    return status;
}

void til_nb_plan_clear(til_nb_plan_t *plan)
{
    if (plan == NULL) return;
    free(plan->order);
    free(plan->position);
    free(plan->group_begin);
    free(plan->row);
    free(plan->by_row);
    free(plan->by_column);
    free(plan->row_begin);
    free(plan->column_begin);
    free(plan->least_squares);
    free(plan->leaf);
    free(plan->border);
    free(plan->group_leaf);
    free(plan->group_leaf_value);
    free(plan->group_border);
    memset(plan, 0, sizeof *plan);
}

til_status_t til_gram_init(til_ctx_t *ctx, const til_nb_plan_t *plan, til_gram_t *out)
{
    size_t d = plan->n_leaves, q = plan->n_border;

    out->leaf = til_array(d, sizeof *out->leaf);
    out->cross = til_array(d * q, sizeof *out->cross);
    out->ratio = til_array(d * q, sizeof *out->ratio);
    out->head = til_array(q * q, sizeof *out->head);
    out->scratch = til_array(plan->p + q, sizeof *out->scratch);
    if (out->leaf == NULL || out->cross == NULL || out->ratio == NULL || out->head == NULL ||
        out->scratch == NULL) {
        til_gram_clear(out);
        return til_no_memory(ctx, plan->p * plan->p, "values of X'WX");
    }
    return TIL_OK;
}

void til_gram_clear(til_gram_t *gram)
{
    if (gram == NULL) return;
    free(gram->leaf);
    free(gram->cross);
    free(gram->ratio);
    free(gram->head);
    free(gram->scratch);
    memset(gram, 0, sizeof *gram);
}

static void accumulate(const til_nb_plan_t *plan, til_gram_t *gram, const double *weight,
                       const double *ridge)
{
    size_t q = plan->n_border;

    for (size_t l = 0; l < plan->n_leaves; l++)
        gram->leaf[l] = ridge == NULL ? 0 : ridge[plan->leaf[l]];
    memset(gram->cross, 0, plan->n_leaves * q * sizeof *gram->cross);
    memset(gram->head, 0, q * q * sizeof *gram->head);
    for (size_t k = 0; k < q && ridge != NULL; k++) gram->head[k + k * q] = ridge[plan->border[k]];

    for (size_t g = 0; g < plan->n_groups; g++) {
        const double *b = plan->group_border + g * q;
        for (size_t j = 0; j < q; j++) {
            double wb = weight[g] * b[j];
            if (wb == 0) continue;
            for (size_t i = j; i < q; i++) gram->head[i + j * q] += wb * b[i];
        }
        if (plan->group_leaf[g] < 0) continue;
        size_t l = (size_t)plan->group_leaf[g];
        double wv = weight[g] * plan->group_leaf_value[g];
        gram->leaf[l] += wv * plan->group_leaf_value[g];
        for (size_t k = 0; k < q; k++) gram->cross[l * q + k] += wv * b[k];
    }
}

bool til_gram_factor(const til_nb_plan_t *plan, til_gram_t *gram, const double *weight,
                     const double *ridge)
{
    size_t q = plan->n_border;

    accumulate(plan, gram, weight, ridge);
    for (size_t l = 0; l < plan->n_leaves; l++) {
        const double *c = gram->cross + l * q;
        double *ratio = gram->ratio + l * q;
        if (!(gram->leaf[l] > 0)) return false;
        for (size_t k = 0; k < q; k++) ratio[k] = c[k] / gram->leaf[l];
        for (size_t j = 0; j < q; j++)
            for (size_t i = j; i < q; i++) gram->head[i + j * q] -= ratio[j] * c[i];
    }
    return til_chol(q, gram->head);
}

/* The logarithm of a product of a few moderate numbers costs one log. */
double til_gram_log_det(const til_nb_plan_t *plan, const til_gram_t *gram)
{
    double sum = 0, product = 1;

    for (size_t l = 0; l < plan->n_leaves; l++) {
        product *= gram->leaf[l];
        if (!(product > 1e-200 && product < 1e200)) {
            sum += log(product);
            product = 1;
        }
    }
    return sum + log(product) + til_chol_log_det(plan->n_border, gram->head);
}

void til_gram_solve(const til_nb_plan_t *plan, til_gram_t *gram, double *b)
{
    size_t d = plan->n_leaves, q = plan->n_border;
    double *head = gram->scratch, *leaf = gram->scratch + q;

    for (size_t k = 0; k < q; k++) head[k] = b[plan->border[k]];
    for (size_t l = 0; l < d; l++) {
        leaf[l] = b[plan->leaf[l]];
        for (size_t k = 0; k < q; k++) head[k] -= gram->ratio[l * q + k] * leaf[l];
    }
    til_chol_solve(q, gram->head, head);
    for (size_t k = 0; k < q; k++) b[plan->border[k]] = head[k];
    for (size_t l = 0; l < d; l++) {
        double value = leaf[l];
        for (size_t k = 0; k < q; k++) value -= gram->cross[l * q + k] * head[k];
        b[plan->leaf[l]] = value / gram->leaf[l];
    }
}

double til_gram_leverage(const til_nb_plan_t *plan, til_gram_t *gram, size_t g)
{
    size_t q = plan->n_border;
    const double *b = plan->group_border + g * q;
    double *u = gram->scratch, sum = 0;

    if (plan->group_leaf[g] >= 0) {
        size_t l = (size_t)plan->group_leaf[g];
        double v = plan->group_leaf_value[g];
        for (size_t k = 0; k < q; k++) u[k] = b[k] - v * gram->ratio[l * q + k];
        sum = v * v / gram->leaf[l];
    } else {
        for (size_t k = 0; k < q; k++) u[k] = b[k];
    }
    for (size_t i = 0; i < q; i++) { /* u <- L^-1 u */
        double value = u[i];
        for (size_t j = 0; j < i; j++) value -= gram->head[i + j * q] * u[j];
        u[i] = value / gram->head[i + i * q];
        sum += u[i] * u[i];
    }
    return sum;
}
