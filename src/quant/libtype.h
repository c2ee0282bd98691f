/* libtype.h -- which strand mate 1 shows. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_LIBTYPE_H
#define TIL_QUANT_LIBTYPE_H

#include <tilseq/quant.h>

#include "quant/map.h"

/* The strand a library type asks of mate 1. */
til_read_strand_t til_library_strand(til_library_t library);

/* Decides the type from what the first fragments showed and says what is to be said about it.
 * TIL_EUSAGE when the type given is one of pairs for single reads or the reverse. */
TIL_MUST_USE
til_status_t til_library_decide(til_ctx_t *ctx, til_library_t given, bool paired, uint64_t n_sense,
                                uint64_t n_antisense, til_library_verdict_t *verdict);

#endif
