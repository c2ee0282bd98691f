/* effects.h -- what set tests from counts work on: the effect of a contrast and the residual effects
 * of every gene, all of one variance. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GSEA_EFFECTS_H
#define TIL_GSEA_EFFECTS_H

#include <tilseq/gsea.h>

#include "glm/ebayes.h"

/* The effects of gene g: [0] is that of the contrast, 1.. are residual. */
static inline const double *til_effects_of(const til_set_effects_t *effects, size_t g)
{
    return effects->effect + g * effects->n_effects;
}

/* Mean square of the residual effects of every gene (n_genes). */
void til_effects_variance(const til_set_effects_t *effects, double *variance);

/* The moderated variances of the genes from `variance`, as limma's squeezeVar(). */
TIL_MUST_USE
til_status_t til_effects_moderate(til_ctx_t *ctx, const til_set_effects_t *effects,
                                  const double *variance, til_moderated_t *out);

/* The inflation of the variance of a mean over the genes of a set by their correlation, from
 * standardised residual effects: m mean_s (mean_g u_gs)^2; `variance` as above. */
double til_effects_inflation(const til_set_effects_t *effects, const double *variance,
                             const size_t *gene, size_t m);

/* Normal deviates with the tails of t (limma's zscoreT, Hill's and Bailey's approximations). */
double til_zscore_t_hill(double t, double df);
double til_zscore_t_bailey(double t, double df);

#endif
