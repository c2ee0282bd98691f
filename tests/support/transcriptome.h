/* transcriptome.h -- a small transcriptome with isoforms, and reads from it with the truth. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TEST_TRANSCRIPTOME_H
#define TIL_TEST_TRANSCRIPTOME_H

#include <math.h>
#include <stdint.h>

#include "base/rng.h"
#include "base/strbuf.h"
#include "support/scratch.h"

enum { TX_GENES = 40, TX_PER_GENE = 2, TX_N = TX_GENES * TX_PER_GENE };

typedef struct {
    char *sequence[TX_N];
    int length[TX_N];
    double truth[TX_N]; /* fragments drawn from each */
} transcriptome_t;

/* Genes of six exons; the second isoform of each lacks the third exon. */
static inline void transcriptome_make(transcriptome_t *t, uint64_t seed)
{
    for (int g = 0; g < TX_GENES; g++) {
        til_rng_t rng = til_rng_stream(seed, 1, (uint64_t)g, 0);
        int n = 900 + (int)til_rng_below(&rng, 900), cut = n / 3, skip = 150;
        char *whole = malloc((size_t)n + 1), *spliced = malloc((size_t)n + 1);
        for (int i = 0; i < n; i++) whole[i] = "ACGT"[til_rng_below(&rng, 4)];
        whole[n] = 0;
        memcpy(spliced, whole, (size_t)cut);
        strcpy(spliced + cut, whole + cut + skip);
        t->sequence[2 * g] = whole;
        t->sequence[2 * g + 1] = spliced;
        t->length[2 * g] = n;
        t->length[2 * g + 1] = n - skip;
    }
}

static inline void transcriptome_clear(transcriptome_t *t)
{
    for (int i = 0; i < TX_N; i++) free(t->sequence[i]);
}

static inline const char *transcriptome_fasta(const transcriptome_t *t, const char *name)
{
    til_strbuf_t b = { 0 };
    for (int i = 0; i < TX_N; i++)
        til_strbuf_printf(&b, ">t%d gene=g%d\n%s\n", i, i / TX_PER_GENE, t->sequence[i]);
    const char *path = scratch_text(name, til_strbuf_text(&b));
    til_strbuf_clear(&b);
    return path;
}

static inline char complement(char c)
{
    return c == 'A' ? 'T' : c == 'C' ? 'G' : c == 'G' ? 'C' : 'A';
}

/* Appends a read of `n` bases from `from`, reversed or not, with about `errors` wrong in 1000. */
static inline void add_read(til_strbuf_t *b, const char *from, int n, int reverse, int errors,
                            til_rng_t *rng, int number)
{
    til_strbuf_printf(b, "@r%d\n", number);
    for (int i = 0; i < n; i++) {
        char c = reverse ? complement(from[n - 1 - i]) : from[i];
        if ((int)til_rng_below(rng, 1000) < errors) c = "ACGT"[til_rng_below(rng, 4)];
        til_strbuf_add_char(b, c);
    }
    til_strbuf_add(b, "\n+\n");
    for (int i = 0; i < n; i++) til_strbuf_add_char(b, 'F');
    til_strbuf_add(b, "\n");
}

/* Writes 1.fq and 2.fq: n_pairs pairs of reads of `length`; gene g has an abundance growing with g,
 * its first isoform twice the second. Mate 1 shows the other strand (ISR). */
static inline void transcriptome_reads(transcriptome_t *t, uint64_t seed, int n_pairs, int length,
                                       const char **one, const char **two)
{
    til_strbuf_t a = { 0 }, b = { 0 };
    til_rng_t rng = til_rng_stream(seed, 2, 0, 0);
    double total = 0;

    for (int i = 0; i < TX_N; i++) {
        t->truth[i] = 0;
        total += (double)t->length[i] * (1 + i / 2) * (i % 2 ? 1 : 2);
    }
    for (int p = 0; p < n_pairs; p++) {
        double x = til_rng_uniform(&rng) * total;
        int i = 0;
        while (i + 1 < TX_N && x >= (double)t->length[i] * (1 + i / 2) * (i % 2 ? 1 : 2)) {
            x -= (double)t->length[i] * (1 + i / 2) * (i % 2 ? 1 : 2);
            i++;
        }
        int f = (int)fmax(length, 220 + 30 * til_rng_normal(&rng));
        if (f > t->length[i]) f = t->length[i];
        int start = (int)til_rng_below(&rng, (uint64_t)(t->length[i] - f + 1));
        t->truth[i]++;
        add_read(&a, t->sequence[i] + start + f - length, length, 1, 5, &rng, p);
        add_read(&b, t->sequence[i] + start, length, 0, 5, &rng, p);
    }
    *one = scratch_text("1.fq", til_strbuf_text(&a));
    *two = scratch_text("2.fq", til_strbuf_text(&b));
    til_strbuf_clear(&a);
    til_strbuf_clear(&b);
}

#endif
