/* tilseq/norm.h -- make samples comparable.
 *
 *   in:  til_matrix_t   counts, features x samples
 *   out: til_norm_t     library size, factors and effective library size of every sample
 *        til_matrix_t   the same features on another scale (normalized, cpm, logcpm, tpm, vst)
 *
 * The room opens no file and prints nothing.
 * To add a method: write src/norm/<method>.c, name it in src/norm/methods.h; a scale likewise in
 * src/norm/scales.h.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_NORM_H
#define TILSEQ_NORM_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>
#include <tilseq/matrix.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One way to compare sequencing depths. The strings are what --list-methods, the manual and the
 * report print. */
typedef struct {
    const char *name;      /* as typed after --method        */
    const char *summary;   /* one line, lower case, no stop  */
    const char *reference; /* authors, year, doi             */
    bool is_size_factor;   /* estimate gives size factors (divide the counts by them), not
                                   factors on the library size    */
    /* counts are checked; lib_size > 0, n_cols; factors n_cols, > 0, undefined unless TIL_OK */
    til_status_t (*estimate)(til_ctx_t *ctx, const til_matrix_t *counts, const double *lib_size,
                             double *factors);
} til_norm_method_t;

/* All methods, ended by NULL. The first is the default. */
extern const til_norm_method_t *const til_norm_methods[];

/* The method called `name`, or NULL. */
const til_norm_method_t *til_norm_find(const char *name);

/* What a method says of the samples, whichever of the two kinds it is:
 *
 *     effective  = lib_size * norm_factor         norm_factor has geometric mean 1
 *     effective is proportional to size_factor
 *
 * A size factor method's own factors are kept as they are; the others' size factors are scaled
 * to geometric mean 1. */
typedef struct {
    size_t n_samples;
    double *lib_size, *norm_factor, *size_factor, *effective;
} til_norm_t;

void til_norm_clear(til_norm_t *norm);

/* Runs one method.
 *
 *   counts   finite and >= 0; whole numbers are not required
 *   out      left empty unless TIL_OK
 *
 * Returns TIL_EINPUT when a count is negative or missing (naming feature and sample),
 * TIL_ENUMERIC when a sample has no counts or the method has no answer for these counts,
 * TIL_ENOMEM. The result does not depend on ctx->n_threads.
 */
TIL_MUST_USE
til_status_t til_norm_estimate(til_ctx_t *ctx, const til_norm_method_t *method,
                               const til_matrix_t *counts, til_norm_t *out);

/* What a scale may need beside the factors. Start from TIL_NORM_WISHES_INIT. */
typedef struct {
    double prior_count;          /* logcpm: added to each count, per mean library size    */
    const til_matrix_t *lengths; /* tpm: bases, same features and samples as the counts;
                                       NULL: counts->lengths                                 */
} til_norm_wishes_t;

#ifdef __cplusplus
static inline til_norm_wishes_t til_norm_wishes_defaults(void)
{
    til_norm_wishes_t x = til_norm_wishes_t();
    x.prior_count = 2;
    return x;
}
#define TIL_NORM_WISHES_INIT til_norm_wishes_defaults()
#else
#define TIL_NORM_WISHES_INIT                                                                       \
    {                                                                                              \
        .prior_count = 2                                                                           \
    }
#endif

/* One scale. `values` has the shape and the names of the counts, and their numbers on entry. */
typedef struct {
    const char *name;    /* as typed after --to            */
    const char *summary; /* one line, lower case, no stop  */
    til_status_t (*transform)(til_ctx_t *ctx, const til_norm_t *norm,
                              const til_norm_wishes_t *wishes, til_matrix_t *values);
} til_norm_scale_t;

/* All scales, ended by NULL. */
extern const til_norm_scale_t *const til_norm_scales[];

/* The scale called `name`, or NULL. */
const til_norm_scale_t *til_norm_find_scale(const char *name);

/* Turns counts into values on `scale`, in place.
 *
 * Returns TIL_EINPUT when a length is missing or not positive (naming the feature), TIL_ENUMERIC
 * when the scale has no answer (no dispersion trend for vst); `values` is then undefined.
 */
TIL_MUST_USE
til_status_t til_norm_transform(til_ctx_t *ctx, const til_norm_scale_t *scale,
                                const til_norm_t *norm, const til_norm_wishes_t *wishes,
                                til_matrix_t *values);

#ifdef __cplusplus
}
#endif
#endif
