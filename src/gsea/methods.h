/* methods.h -- the enrichment methods, in the order --list-methods prints them; the first is the
 * default. each(x) stands for `til_gsea_x`, defined at the end of x.c. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GSEA_METHODS_H
#define TIL_GSEA_METHODS_H

#include <tilseq/gsea.h>

#define TIL_GSEA_METHODS(each) each(preranked) each(simple) each(ora)

#define TIL_DECLARE_METHOD(x) extern const til_gsea_method_t til_gsea_##x;
TIL_GSEA_METHODS(TIL_DECLARE_METHOD)
#undef TIL_DECLARE_METHOD

#endif
