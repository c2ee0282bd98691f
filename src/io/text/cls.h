/* cls.h -- GSEA's class files: one label per sample. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_CLS_H
#define TIL_IO_CLS_H

#include <tilseq/design.h>

#include "io/text/textfile.h"

/* Reads a CLS file from its text (consumed) as a sheet with one column `class`; the samples, which
 * the format does not name, are called by the n names given (of the matrix that goes with it).
 * TIL_EINPUT when the numbers of samples or classes differ from what is promised. */
TIL_MUST_USE
til_status_t til_cls_read(til_ctx_t *ctx, til_text_t *text, char *const *samples, size_t n,
                          til_sheet_t *out);

#endif
