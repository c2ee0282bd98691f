/* trend.h -- the dispersion expected of a gene from its mean. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_TREND_H
#define TIL_GLM_TREND_H

#include <stddef.h>
#include <tilseq/context.h>

#include "math/smooth.h"

typedef enum { TIL_TREND_PARAMETRIC, TIL_TREND_LOCAL, TIL_TREND_MEAN } til_trend_type_t;

/* A fitted trend; release with til_trend_clear. */
typedef struct {
    til_trend_type_t type;   /* what was fitted in the end (parametric may become local) */
    double asymptote, extra; /* parametric: asymptote + extra / mean; mean: asymptote    */
    til_locfit_t *local;     /* log dispersion over log mean                             */
} til_trend_t;

/* Fits the trend to gene-wise dispersions (DESeq2 estimateDispersionsFit).
 *
 *   mean, dispersion   n genes with a count; mean > 0
 *   type   what is wished; a parametric trend that fails is replaced by a local one with a notice
 *   out    left empty unless TIL_OK
 *
 * When every dispersion is within 100 times the smallest allowed one, a warning says so and the
 * trend is ten times that. */
TIL_MUST_USE
til_status_t til_trend_fit(til_ctx_t *ctx, size_t n, const double *mean, const double *dispersion,
                           til_trend_type_t type, til_trend_t *out);
double til_trend_at(const til_trend_t *trend, double mean);
void til_trend_clear(til_trend_t *trend);

#endif
