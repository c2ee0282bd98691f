/* fragments.c -- fragments and their mates, drawn from a sample's counts. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/need.h"
#include "sim/parts.h"

static const double MEAN_LENGTH = 200, SD_LENGTH = 30;
enum { SHORTEST = 80 };

void til_sim_thin(uint64_t seed, double fragments, til_matrix_t *counts)
{
    double total = 0;

    for (size_t i = 0; i < counts->n_rows * counts->n_cols; i++) total += counts->x[i];
    double scale = total > 0 ? fragments * (double)counts->n_cols / total : 0;
    for (size_t g = 0; g < counts->n_rows; g++)
        for (size_t s = 0; s < counts->n_cols; s++) {
            til_rng_t rng = til_rng_stream(seed, TIL_SIM_FOR_DEPTH, g, s);
            double *k = &til_matrix_row(counts, g)[s];
            *k = til_rng_poisson(&rng, *k * scale);
        }
}

/* One fragment of a gene: the first transcript twice as often as the others together would be by
 * chance. */
static til_sim_fragment_t draw_fragment(const til_sim_genome_t *genome, size_t gene, til_rng_t *rng)
{
    size_t n = genome->first[gene + 1] - genome->first[gene];
    size_t which = til_rng_below(rng, n + 1), t = genome->first[gene] + (which < n ? which : 0);
    size_t most = genome->transcripts[t].length;
    double length = round(MEAN_LENGTH + SD_LENGTH * til_rng_normal(rng));

    if (length < SHORTEST) length = SHORTEST;
    if (length > (double)most) length = (double)most;
    return (til_sim_fragment_t){ (uint32_t)t,
                                 (uint32_t)til_rng_below(rng, most - (size_t)length + 1),
                                 (uint32_t)length };
}

til_status_t til_sim_fragments(til_ctx_t *ctx, uint64_t seed, const til_sim_genome_t *genome,
                               const til_matrix_t *counts, size_t s, til_sim_fragment_t **out,
                               size_t *n)
{
    TIL_NEED(ctx, genome);
    TIL_NEED(ctx, counts);
    TIL_NEED(ctx, out);
    TIL_NEED(ctx, n);
    size_t total = 0, k = 0;

    for (size_t g = 0; g < counts->n_rows; g++) total += (size_t)til_matrix_row(counts, g)[s];
    *n = 0;
    *out = til_array(total, sizeof **out);
    if (*out == NULL) return til_no_memory(ctx, total, "fragments");
    for (size_t g = 0; g < counts->n_rows; g++) {
        til_rng_t rng = til_rng_stream(seed, TIL_SIM_FOR_FRAGMENTS, s, g + 1);
        for (size_t i = 0; i < (size_t)til_matrix_row(counts, g)[s]; i++)
            (*out)[k++] = draw_fragment(genome, g, &rng);
    }
    til_rng_t rng = til_rng_stream(seed, TIL_SIM_FOR_FRAGMENTS, s, 0);
    for (size_t i = total; i > 1; i--) {
        size_t j = til_rng_below(&rng, i);
        til_sim_fragment_t swapped = (*out)[i - 1];
        (*out)[i - 1] = (*out)[j];
        (*out)[j] = swapped;
    }
    *n = total;
    return TIL_OK;
}

/* Wrong bases a geometric distance apart: one draw per error, not per base. */
static void add_errors(char *bases, size_t n, til_rng_t *rng)
{
    static const double log_right = -0.0020020026706730793; /* log(1 - 0.002): 1 error in 500 */

    for (size_t i = 0;; i++) {
        double gap = floor(log(1 - til_rng_uniform(rng)) / log_right);
        if (!(gap < (double)(n - i))) return;
        i += (size_t)gap;
        if (i >= n) return;
        bases[i] = "ACGT"[til_rng_u32(rng) >> 30];
    }
}

void til_sim_mates(uint64_t seed, size_t s, size_t i, const til_sim_fragment_t *fragment,
                   const char *transcript, size_t read_length, char *mate1, char *mate2)
{
    til_rng_t rng = til_rng_stream(seed, TIL_SIM_FOR_ERRORS, s, i);
    const char *bases = transcript + fragment->start;
    size_t n = fragment->length < read_length ? fragment->length : read_length;

    memcpy(mate2, bases, n);
    mate2[n] = '\0';
    for (size_t k = 0; k < n; k++) { /* mate 1 reads the other strand from the other end */
        char base = bases[fragment->length - 1 - k];
        mate1[k] = base == 'A' ? 'T' : base == 'C' ? 'G' : base == 'G' ? 'C' : 'A';
    }
    mate1[n] = '\0';
    add_errors(mate1, n, &rng);
    add_errors(mate2, n, &rng);
}
