/* bootstrap.c -- multinomial resampling of equivalence classes.
 *
 * Each of N draws picks a fragment at random, and with it its class: the class is found in the
 * running sums of the counts through a guide table with as many entries as classes, in constant
 * time on average (Chen & Asau, 1974).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/try.h"
#include "quant/bootstrap.h"

enum { STREAM_BOOTSTRAP = 0x626F6F74 };

typedef struct {
    const til_components_t *components;
    const double *effective;
    const til_em_t *em;
    uint64_t seed, total;
    size_t n_cells;  /* transcripts alone, then classes  */
    uint64_t *up_to; /* n_cells running sums             */
    uint32_t *guide; /* n_cells + 1                      */
    double *estimates;
} boot_t;

static til_status_t make_guide(til_ctx_t *ctx, boot_t *b)
{
    const til_classes_view_t *v = &b->components->view;

    b->n_cells = v->n_transcripts + v->n;
    b->up_to = til_array(b->n_cells, sizeof *b->up_to);
    b->guide = til_array(b->n_cells + 1, sizeof *b->guide);
    if (b->up_to == NULL || b->guide == NULL) return til_no_memory(ctx, b->n_cells, "classes");
    for (size_t i = 0; i < b->n_cells; i++) {
        b->total += i < v->n_transcripts ? v->unique[i] : v->counts[i - v->n_transcripts];
        b->up_to[i] = b->total;
    }
    size_t cell = 0;
    for (size_t g = 0; g <= b->n_cells; g++) {
        uint64_t least = (uint64_t)((double)b->total * ((double)g / (double)b->n_cells));
        while (cell + 1 < b->n_cells && b->up_to[cell] <= least) cell++;
        b->guide[g] = (uint32_t)cell;
    }
    return TIL_OK;
}

static size_t draw(const boot_t *b, til_rng_t *rng)
{
    uint64_t fragment = til_rng_below(rng, b->total);
    size_t g = (size_t)((double)fragment / (double)b->total * (double)b->n_cells);
    size_t cell = b->guide[g];

    while (cell > 0 && b->up_to[cell - 1] > fragment) cell--;
    while (b->up_to[cell] <= fragment) cell++;
    return cell;
}

static til_status_t one(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    til_status_t status = TIL_OK;
    const boot_t *b = arg;
    size_t n_transcripts = b->components->n_transcripts;
    uint32_t *counts = til_array(b->n_cells, sizeof *counts);

    (void)worker;
    if (counts == NULL) return til_no_memory(ctx, b->n_cells, "classes");
    for (size_t i = begin; i < end; i++) {
        til_rng_t rng = til_rng_stream(b->seed, STREAM_BOOTSTRAP, i, 0);
        til_em_t em = *b->em;
        memset(counts, 0, b->n_cells * sizeof *counts);
        for (uint64_t k = 0; k < b->total; k++) counts[draw(b, &rng)]++;
        TIL_TRY(til_em_solve(ctx, b->components, counts + n_transcripts, counts, b->effective, &em,
                             b->estimates + i * n_transcripts));
    }
done:
    free(counts);
    return status;
}

til_status_t til_bootstrap(til_ctx_t *ctx, const til_components_t *components,
                           const double *effective, const til_em_t *em, size_t n, uint64_t seed,
                           double *estimates)
{
    til_status_t status = TIL_OK;
    boot_t b = { .components = components,
                 .effective = effective,
                 .em = em,
                 .seed = seed,
                 .estimates = estimates };

    TIL_TRY(make_guide(ctx, &b));
    if (b.total == 0) {
        memset(estimates, 0, n * components->n_transcripts * sizeof *estimates);
        goto done;
    }
    TIL_TRY(til_parallel_for(ctx, n, 1, one, &b));
done:
    free(b.up_to);
    free(b.guide);
    return status;
}
