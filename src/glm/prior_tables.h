/* prior_tables.h -- simulated histograms for the width of the dispersion prior. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_PRIOR_TABLES_H
#define TIL_GLM_PRIOR_TABLES_H

enum { TIL_PRIOR_VARIANCES = 200, TIL_PRIOR_BINS = 40 };

extern const char *const til_prior_tables[3][TIL_PRIOR_VARIANCES];

#endif
