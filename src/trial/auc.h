/* auc.h -- how well a value tells two groups apart. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TRIAL_AUC_H
#define TIL_TRIAL_AUC_H

#include <tilseq/context.h>

typedef struct {
    double auc, low, high, p; /* 95 % interval; two-sided p of auc = 1/2 */
} til_auc_t;

/* x: n_x values of the group that should be higher, y: n_y of the other. At least one of each. */
TIL_MUST_USE
til_status_t til_trial_auc(til_ctx_t *ctx, size_t n_x, const double *x, size_t n_y, const double *y,
                           double alpha, til_auc_t *out);

#endif
