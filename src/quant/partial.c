/* partial.c -- the verdict on fragments of which only a part fits.
 *
 * A part can fail for two reasons. The sequencer: quality falls in the second mate and towards the
 * end of a read, adapters stand at the end. Then the failures lean to one side, and the part that
 * fits is good evidence. Or the molecule: unspliced, of another species, of a gene that the
 * transcriptome lacks. Then both mates, both ends fail alike, and what fits by chance or by
 * relationship is no evidence for a transcript. So the first fragments decide: dropped when the
 * rarer side has at least LOPSIDED of the failures, beyond binomial error; kept otherwise and when
 * there are too few to matter.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "base/words.h"
#include "quant/partial.h"

#define LOPSIDED 0.25  /* share of the rarer side up to which the sequencer is to blame */
#define LEAST    0.002 /* of the mapped fragments: fewer change nothing                 */
enum { ENOUGH = 50 };

TIL_DEFINE_WORDS(til_partial_words, TIL_PARTIAL_DROP + 1, [TIL_PARTIAL_AUTO] = "auto",
                 [TIL_PARTIAL_KEEP] = "keep", [TIL_PARTIAL_DROP] = "drop");

static bool both_sides_fail(const uint64_t n_seen[2], uint64_t n)
{
    double all = (double)(n_seen[0] + n_seen[1]);
    double rarer = n_seen[0] < n_seen[1] ? (double)n_seen[0] : (double)n_seen[1];

    if (all < ENOUGH || all < LEAST * (double)n) return false;
    return rarer / all - 1.96 * sqrt(LOPSIDED * (1 - LOPSIDED) / all) > LOPSIDED;
}

static void decide(til_ctx_t *ctx, til_partial_t given, const uint64_t n_seen[2], uint64_t n,
                   const char *option, const char *what, const char *one, const char *other,
                   til_partial_verdict_t *v)
{
    *v = (til_partial_verdict_t){ .given = given, .used = given };
    v->n_seen[0] = n_seen[0];
    v->n_seen[1] = n_seen[1];
    if (given != TIL_PARTIAL_AUTO) return;
    v->used = both_sides_fail(n_seen, n) ? TIL_PARTIAL_DROP : TIL_PARTIAL_KEEP;
    if (v->used == TIL_PARTIAL_DROP)
        til_say(ctx, TIL_LOG_NOTICE,
                "%s (%.1f%% of the first that map) fail at both sides, %s %llu times and %s %llu: "
                "unspliced or foreign molecules, not counted (%s keep counts them)",
                what, 100 * (double)(n_seen[0] + n_seen[1]) / (double)n, one,
                (unsigned long long)n_seen[0], other, (unsigned long long)n_seen[1], option);
}

void til_partial_decide_orphans(til_ctx_t *ctx, til_partial_t given, const uint64_t n_seen[2],
                                uint64_t n, til_partial_verdict_t *verdict)
{
    decide(ctx, given, n_seen, n, "--orphans", "pairs of which one mate fits nowhere", "mate 1",
           "mate 2", verdict);
}

void til_partial_decide_clip(til_ctx_t *ctx, til_partial_t given, const uint64_t n_seen[2],
                             uint64_t n, til_partial_verdict_t *verdict)
{
    decide(ctx, given, n_seen, n, "--clip", "reads of which an end does not fit", "the start",
           "the end", verdict);
}
