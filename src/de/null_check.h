/* null_check.h -- how many genes would be called if the labels meant nothing. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DE_NULL_CHECK_H
#define TIL_DE_NULL_CHECK_H

#include <stdint.h>
#include <tilseq/de.h>

typedef struct {
    size_t n_called;
    double share_small; /* of the p-values: below 0.05, where a sound test has 0.05 */
} til_null_round_t;

/* Exchanges the samples a contrast compares and tests again.
 *
 * Within strata of samples whose other columns of the design are equal (a patient in a paired
 * design, a batch), the columns the contrast weighs are permuted; where that can change nothing (an
 * interaction) whole rows of the design are, over all samples. A difference between two arms of a
 * paired design deals the arms of the patients anew. The real labelling and its mirror are never
 * drawn, unless there is no other.
 *
 *   contrast   index into input->contrasts; TIL_DE_LRT takes all of them together
 *   round      0, 1, ...: another permutation, the same for one seed whatever else is run
 *   out        n_called: genes with padj < input->alpha
 */
TIL_MUST_USE
til_status_t til_de_null_round(til_ctx_t *ctx, const til_de_method_t *method,
                               const til_de_input_t *input, size_t contrast, uint64_t seed,
                               uint64_t round, til_null_round_t *out);

#endif
