/* cooks.h -- samples whose count alone moves the fit of a gene, and what to put in their place. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DE_COOKS_H
#define TIL_DE_COOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "glm/nb_fit.h"

enum {
    TIL_COOKS_MIN_CELL = 3,  /* samples with equal design rows to judge one of them   */
    TIL_REPLACE_MIN_CELL = 7 /* and to replace its count                              */
};

/* Cook's distances of the gene in `work` after til_nb_fit_coef, in plan order.
 *
 *   cooks     n
 *   scratch   2 n
 */
void til_cooks_distances(const til_nb_work_t *work, double *cooks, double *scratch);

bool til_cooks_any_cell(const til_nb_plan_t *plan, size_t n);

/* Replaces counts whose distance is beyond `cutoff` in cells of TIL_REPLACE_MIN_CELL by the trimmed
 * mean of the normalised counts of the gene times the size factor of the sample, cut to whole.
 *
 *   cooks    n, plan order; counts: n, sample order, changed in place
 * Returns how many were replaced. */
size_t til_cooks_replace(const til_nb_work_t *work, const double *cooks, double cutoff,
                         double *counts, double *scratch);

#endif
