/* methods.h -- the engines of `tilseq de`, and nothing else. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DE_METHODS_H
#define TIL_DE_METHODS_H

#include <tilseq/de.h>

/* The methods, in the order --list-methods prints them; the first is the default. each(x)
 * stands for `til_de_x`, defined at the end of x.c. */
#define TIL_DE_METHODS(each) each(limma_trend) each(voom) each(voom_qw) each(edger_ql) each(deseq2)

#define DECLARE(x) extern const til_de_method_t til_de_##x;
TIL_DE_METHODS(DECLARE)
#undef DECLARE

#endif
