/* libtype.c -- the verdict on strandedness, in three states.
 *
 * Stranded when at least STRANDED of the fragments agree, unstranded when both sides are within
 * EVEN of each other, otherwise unclear: then the sample is mixed, contaminated or degraded, and
 * reads of both strands are counted, with a warning. Few fragments scatter: what lies within Z
 * binomial standard errors of a limit is not held against it.
 *
 * Source:  nf-core/rnaseq's thresholds (0.8 and 0.1).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "base/words.h"
#include "quant/libtype.h"

#define STRANDED 0.8
#define EVEN     0.1
#define ENOUGH   100 /* fragments: fewer prove nothing */
#define Z        1.96

TIL_DEFINE_WORDS(til_library_words, TIL_LIBRARY_SR + 1, [TIL_LIBRARY_AUTO] = "auto|A",
                 [TIL_LIBRARY_IU] = "IU", [TIL_LIBRARY_ISF] = "ISF", [TIL_LIBRARY_ISR] = "ISR",
                 [TIL_LIBRARY_U] = "U", [TIL_LIBRARY_SF] = "SF", [TIL_LIBRARY_SR] = "SR");

const char *til_library_name(til_library_t library)
{
    return library == TIL_LIBRARY_AUTO ? "A" : til_library_words.words[library];
}

til_read_strand_t til_library_strand(til_library_t library)
{
    switch (library) {
    case TIL_LIBRARY_ISF:
    case TIL_LIBRARY_SF: return TIL_STRAND_FORWARD;
    case TIL_LIBRARY_ISR:
    case TIL_LIBRARY_SR: return TIL_STRAND_REVERSE;
    default: return TIL_STRAND_EITHER;
    }
}

/* What the counts alone say. Stranded needs the counts beyond an even library's error, so that few
 * fragments are not taken for it by chance. */
static til_library_t observe(bool paired, uint64_t n_sense, uint64_t n_antisense, bool *clear)
{
    double n = (double)(n_sense + n_antisense);
    double most = (double)(n_sense > n_antisense ? n_sense : n_antisense);
    double error = n > 0 ? Z * sqrt(n) : 0; /* of a count, per square root of p (1 - p) */
    bool stranded = most + error * sqrt(STRANDED * (1 - STRANDED)) >= STRANDED * n &&
                    most - 0.5 * error > (1 + EVEN) / 2 * n;
    bool even = 2 * most - n <= EVEN * n + error;

    *clear = n >= ENOUGH && (stranded || even);
    if (*clear && stranded && n_sense > n_antisense)
        return paired ? TIL_LIBRARY_ISF : TIL_LIBRARY_SF;
    if (*clear && stranded) return paired ? TIL_LIBRARY_ISR : TIL_LIBRARY_SR;
    return paired ? TIL_LIBRARY_IU : TIL_LIBRARY_U;
}

til_status_t til_library_decide(til_ctx_t *ctx, til_library_t given, bool paired, uint64_t n_sense,
                                uint64_t n_antisense, til_library_verdict_t *verdict)
{
    bool clear, of_pairs = given >= TIL_LIBRARY_IU && given <= TIL_LIBRARY_ISR;
    til_library_t seen = observe(paired, n_sense, n_antisense, &clear);
    uint64_t n = n_sense + n_antisense;
    double percent = n > 0 ? 100 * (double)n_sense / (double)n : 0;

    *verdict = (til_library_verdict_t){
        .given = given, .n_sense = n_sense, .n_antisense = n_antisense, .clear = clear
    };
    if (given != TIL_LIBRARY_AUTO && of_pairs != paired)
        return til_fail(ctx, TIL_EUSAGE, "-l/--library: %s is for %s reads, these are %s",
                        til_library_name(given), of_pairs ? "paired" : "single",
                        paired ? "paired" : "single");
    verdict->used = given == TIL_LIBRARY_AUTO ? seen : given;
    if (given == TIL_LIBRARY_AUTO) {
        if (n < ENOUGH)
            til_say(
                ctx, TIL_LOG_WARNING,
                "library type: only %llu of the first fragments map, too few to tell; taken as %s",
                (unsigned long long)n, til_library_name(seen));
        else if (!clear)
            til_say(
                ctx, TIL_LOG_WARNING,
                "library type is unclear: %.1f%% of %llu fragments have mate 1 on the transcript's "
                "strand, neither stranded (80%%) nor unstranded (45-55%%): taken as %s; a mixed or "
                "contaminated library?",
                percent, (unsigned long long)n, til_library_name(seen));
        else
            til_say(
                ctx, TIL_LOG_STAGE,
                "library type %s: %.1f%% of %llu fragments have mate 1 on the transcript's strand",
                til_library_name(seen), percent, (unsigned long long)n);
    } else if (clear && seen != given) {
        til_say(ctx, TIL_LOG_WARNING,
                "library type %s was given, but %.1f%% of %llu fragments have mate 1 on the "
                "transcript's strand and %.1f%% on the other: that is %s%s",
                til_library_name(given), percent, (unsigned long long)n, 100 - percent,
                til_library_name(seen),
                til_library_strand(given) == TIL_STRAND_EITHER
                    ? "; giving it makes answers sharper"
                    : "; reads of the other strand are lost");
    }
    return TIL_OK;
}
