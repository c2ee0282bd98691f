/* em.h -- abundances from equivalence classes, one connected component at a time. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_EM_H
#define TIL_QUANT_EM_H

#include <stdbool.h>

#include "quant/eqclass.h"

/* The classes sorted into components of transcripts that share fragments. */
typedef struct {
    uint32_t n_transcripts;
    size_t n_components; /* with at least two transcripts                        */
    size_t n_classes, n_members;
    uint32_t *transcripts;      /* component by component                               */
    uint64_t *first_transcript; /* n_components + 1                                     */
    uint32_t *classes;          /* component by component: number in the view           */
    uint64_t *first_class;      /* n_components + 1                                     */
    uint32_t *local;            /* n_transcripts: position within the component         */
    til_classes_view_t view;
} til_components_t;

TIL_MUST_USE
til_status_t til_components_find(til_ctx_t *ctx, const til_classes_view_t *view,
                                 til_components_t *out);
void til_components_clear(til_components_t *components);

typedef struct {
    bool plain_em;       /* maximum likelihood in place of variational Bayes     */
    double prior;        /* pseudo-fragments per transcript                      */
    size_t n_unfinished; /* out: components that met the limit of steps          */
    uint64_t n_steps;    /* out                                                  */
} til_em_t;

#define TIL_EM_DEFAULT                                                                             \
    {                                                                                              \
        .plain_em = false, .prior = 0.01                                                           \
    }

/* Estimated fragments per transcript.
 *
 *   counts, unique   fragments per class and per transcript alone (those of the view, or resampled)
 *   effective        n_transcripts effective lengths
 *   estimates        n_transcripts; out. Estimates under 0.02 fragments are written as 0
 *
 * The same for any ctx->n_threads. */
TIL_MUST_USE
til_status_t til_em_solve(til_ctx_t *ctx, const til_components_t *components,
                          const uint32_t *counts, const uint32_t *unique, const double *effective,
                          til_em_t *em, double *estimates);

#endif
