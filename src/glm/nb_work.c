/* nb_work.c -- the memory of per-gene fits, and bringing a gene into it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "math/optimise.h"
#include "glm/nb_fit.h"

#define TINY_PRECISION 1e-6 /* keeps coefficients of groups without counts finite */
#define LN2            0.693147180559945309417232121458

double til_nb_max_dispersion(size_t n_samples) { return n_samples > 10 ? (double)n_samples : 10; }

static void set_precision(til_nb_work_t *work, size_t j, double precision)
{
    work->precision[j] = precision;
    work->ridge[j] = precision / (LN2 * LN2);
}

til_status_t til_nb_work_init(til_ctx_t *ctx, const til_nb_plan_t *plan, til_nb_work_t *out)
{
    size_t n = plan->n_padded, p = plan->p;
    double **per_sample[] = { &out->y,   &out->nf,      &out->log_nf, &out->floor,
                              &out->mu,  &out->hat,     &out->weight, &out->weight_z,
                              &out->eta, &out->exp_eta, &out->log_mu, &out->spare };
    double **per_group[] = { &out->group_weight, &out->group_sum };
    double **per_coef[] = { &out->beta, &out->start, &out->step, &out->precision, &out->ridge };
    bool failed = false;

    memset(out, 0, sizeof *out);
    out->plan = plan;
    for (size_t i = 0; i < sizeof per_sample / sizeof *per_sample; i++)
        failed |= (*per_sample[i] = til_array_zero(n, sizeof(double))) == NULL;
    for (size_t i = 0; i < sizeof per_group / sizeof *per_group; i++)
        failed |= (*per_group[i] = til_array_zero(plan->n_groups, sizeof(double))) == NULL;
    for (size_t i = 0; i < sizeof per_coef / sizeof *per_coef; i++)
        failed |= (*per_coef[i] = til_array_zero(p, sizeof(double))) == NULL;
    out->bounds = til_array_zero(2 * p, sizeof *out->bounds);
    out->optim = til_array_zero(til_lbfgsb_work_size(p), sizeof *out->optim);
    failed |= out->bounds == NULL || out->optim == NULL;
    if (failed) {
        til_nb_work_clear(out);
        return til_no_memory(ctx, n, "samples of a fit");
    }
    if (til_gram_init(ctx, plan, &out->gram) != TIL_OK) {
        til_nb_work_clear(out);
        return TIL_ENOMEM;
    }
    for (size_t j = 0; j < p; j++) set_precision(out, j, TINY_PRECISION);
    for (size_t i = 0; i < plan->n_padded; i++) {
        out->nf[i] = 1;
        out->floor[i] = i < plan->n ? TIL_NB_MIN_MU : 0;
    }
    return TIL_OK;
}

void til_nb_work_set_prior(til_nb_work_t *work, const double *variance)
{
    for (size_t j = 0; j < work->plan->p; j++) set_precision(work, j, 1 / variance[j]);
    work->has_prior = true;
}

void til_nb_work_clear(til_nb_work_t *work)
{
    if (work == NULL) return;
    double *owned[] = {
        work->y,      work->nf,     work->log_nf,       work->floor,     work->mu,
        work->hat,    work->weight, work->weight_z,     work->eta,       work->exp_eta,
        work->log_mu, work->spare,  work->group_weight, work->group_sum, work->beta,
        work->start,  work->step,   work->precision,    work->ridge,     work->bounds,
        work->optim
    };

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
    til_gram_clear(&work->gram);
    memset(work, 0, sizeof *work);
}

void til_nb_work_load(til_nb_work_t *work, const double *counts, const double *factors)
{
    const til_nb_plan_t *plan = work->plan;

    for (size_t i = 0; i < plan->n; i++) work->y[i] = counts[plan->order[i]];
    if (factors == NULL) return;
    for (size_t i = 0; i < plan->n; i++) {
        work->nf[i] = factors[plan->order[i]];
        work->log_nf[i] = log(work->nf[i]);
    }
}
