/* null_check.h -- how many genes would be called if the labels meant nothing. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DE_NULL_CHECK_H
#define TIL_DE_NULL_CHECK_H

#include <stdint.h>
#include <tilseq/de.h>

/* How many ways there are to lay the labels on the samples (or arms on the patients). */
typedef struct {
    double n_all;    /* the real one among them                                           */
    bool is_listed;  /* few enough: rounds 0..n_others - 1 are each of the others once    */
    size_t n_others; /* neither the real one nor its mirror; 0 where not listed           */
} til_null_count_t;

typedef struct {
    size_t n_called;
    double share_small; /* of the p-values: below 0.05, where a sound test has 0.05 */
} til_null_round_t;

/* Counts the arrangements of what a contrast compares; they are listed when there are no more than
 * `most` others. */
TIL_MUST_USE
til_status_t til_de_null_count(til_ctx_t *ctx, const til_de_input_t *input, size_t contrast,
                               size_t most, til_null_count_t *out);

/* Exchanges the samples a contrast compares and tests again.
 *
 * Within strata of samples whose other columns of the design are equal (a patient in a paired
 * design, a batch), the columns the contrast weighs are permuted; where that can change nothing (an
 * interaction) whole rows of the design are, over all samples. A difference between two arms of a
 * paired design deals the arms of the patients anew. The real labelling and its mirror are never
 * drawn, unless there is no other.
 *
 *   contrast   index into input->contrasts; TIL_DE_LRT takes all of them together
 *   count      of til_de_null_count; the arrangements listed are taken one by one
 *   round      0, 1, ...: another permutation, the same for one seed whatever else is run
 *   out        n_called: genes with padj < input->alpha
 */
TIL_MUST_USE
til_status_t til_de_null_round(til_ctx_t *ctx, const til_de_method_t *method,
                               const til_de_input_t *input, size_t contrast, uint64_t seed,
                               const til_null_count_t *count, uint64_t round,
                               til_null_round_t *out);

#endif
