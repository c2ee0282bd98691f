/* methods.h -- the enrichment methods, in the order --list-methods prints them; the first is the
 * default. each(x) stands for `til_gsea_x`, defined at the end of x.c. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GSEA_METHODS_H
#define TIL_GSEA_METHODS_H

#include <tilseq/gsea.h>

#include "genes/gene_index.h"

#define TIL_GSEA_METHODS(each)                                                                     \
    each(preranked) each(simple) each(camera_pr) each(ora) each(camera) each(camera_fixed)         \
        each(fry) each(roast)

#define TIL_DECLARE_METHOD(x) extern const til_gsea_method_t til_gsea_##x;
TIL_GSEA_METHODS(TIL_DECLARE_METHOD)
#undef TIL_DECLARE_METHOD

/* Where the genes of sets are looked for: the ranking, by name; of rows of one gene the one with the
 * larger |statistic|. */
TIL_MUST_USE
til_status_t til_gsea_index(til_ctx_t *ctx, const til_ranking_t *ranking,
                            const til_gsea_options_t *options, til_gene_index_t *index);

#endif
