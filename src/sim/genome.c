/* genome.c -- genes to draw reads from: exons, transcripts, bases.
 *
 * A gene has 3 to 7 exons of 90 to 420 bases with introns of 120 to 900 between them; its first
 * transcript has all exons, a second (in two thirds of the genes) skips an inner one, a third (in
 * one third) ends an exon early. Genes lie one after the other on one contig, 500 bases apart, on
 * either strand.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/names.h"
#include "base/need.h"
#include "base/try.h"
#include "sim/parts.h"

enum { MAX_EXONS = 7, GAP = 500 };

static size_t between(til_rng_t *rng, size_t lo, size_t hi)
{
    return lo + (size_t)til_rng_below(rng, hi - lo + 1);
}

/* Room for one more transcript of `gene` with n exons. */
static til_status_t add_transcript(til_ctx_t *ctx, til_sim_genome_t *g, size_t *capacity,
                                   size_t gene, const char *id, const size_t *start,
                                   const size_t *end, size_t n)
{
    til_sim_transcript_t t = { .gene = gene, .n_exons = n };
    char name[256];
    til_status_t status = til_grow(ctx, &g->transcripts, capacity, g->n_transcripts + 1,
                                   sizeof *g->transcripts);

    if (status != TIL_OK) return status;
    snprintf(name, sizeof name, "%.240s.T%zu", id, g->n_transcripts - g->first[gene] + 1);
    t.id = til_arena_text(g->arena, name);
    t.start = til_arena_bytes(g->arena, n * sizeof *t.start);
    t.end = til_arena_bytes(g->arena, n * sizeof *t.end);
    if (t.id == NULL || t.start == NULL || t.end == NULL) return til_no_memory(ctx, n, "exons");
    memcpy(t.start, start, n * sizeof *start);
    memcpy(t.end, end, n * sizeof *end);
    for (size_t e = 0; e < n; e++) t.length += end[e] - start[e];
    g->transcripts[g->n_transcripts++] = t;
    return TIL_OK;
}

/* The transcripts of one gene that begins at `at`; *at moves behind it. */
static til_status_t add_gene(til_ctx_t *ctx, til_sim_genome_t *g, size_t *capacity, size_t gene,
                             const char *id, til_rng_t *rng, size_t *at)
{
    size_t start[MAX_EXONS], end[MAX_EXONS], n = between(rng, 3, MAX_EXONS);
    til_status_t status;

    g->strand[gene] = til_rng_below(rng, 2) == 0 ? '+' : '-';
    for (size_t e = 0; e < n; e++) {
        start[e] = *at;
        end[e] = start[e] + between(rng, 90, 420);
        *at = end[e] + between(rng, 120, 900);
    }
    *at = end[n - 1] + GAP;
    TIL_TRY(add_transcript(ctx, g, capacity, gene, id, start, end, n));
    if (til_rng_below(rng, 3) > 0) { /* skips exon 1 .. n-2 */
        size_t skipped = 1 + (size_t)til_rng_below(rng, n - 2), s[MAX_EXONS], e[MAX_EXONS], k = 0;
        for (size_t i = 0; i < n; i++) {
            if (i == skipped) continue;
            s[k] = start[i];
            e[k++] = end[i];
        }
        TIL_TRY(add_transcript(ctx, g, capacity, gene, id, s, e, k));
    }
    if (til_rng_below(rng, 3) == 0) { /* the last exon ends early */
        end[n - 1] -= (end[n - 1] - start[n - 1]) / 2;
        TIL_TRY(add_transcript(ctx, g, capacity, gene, id, start, end, n));
    }
done:
    return status;
}

til_status_t til_sim_genome(til_ctx_t *ctx, uint64_t seed, size_t n_genes, char *const *ids,
                            til_sim_genome_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_sim_genome_t){ 0 };
    TIL_NEED(ctx, ids);
    size_t capacity = 0, at = GAP;
    til_status_t status = TIL_OK;

    *out = (til_sim_genome_t){ .n_genes = n_genes };
    out->arena = til_arena_new();
    out->strand = til_array(n_genes, 1);
    out->first = til_array(n_genes + 1, sizeof *out->first);
    if (out->arena == NULL || out->strand == NULL || out->first == NULL) {
        status = til_no_memory(ctx, n_genes, "genes");
        goto done;
    }
    for (size_t g = 0; g < n_genes; g++) {
        til_rng_t rng = til_rng_stream(seed, TIL_SIM_FOR_STRUCTURE,
                                       til_hash_bytes(ids[g], strlen(ids[g])), 0);
        out->first[g] = out->n_transcripts;
        TIL_TRY(add_gene(ctx, out, &capacity, g, ids[g], &rng, &at));
    }
    out->first[n_genes] = out->n_transcripts;
    out->n_bases = at;
    out->bases = til_array(at, 1);
    if (out->bases == NULL) {
        status = til_no_memory(ctx, at, "bases");
        goto done;
    }
    til_rng_t rng = til_rng_stream(seed, TIL_SIM_FOR_STRUCTURE, 0, 1);
    for (size_t i = 0; i < at; i++) out->bases[i] = "ACGT"[til_rng_u32(&rng) >> 30];
    /* a gene's own bases do not depend on its neighbours */
    for (size_t g = 0; g < n_genes; g++) {
        const til_sim_transcript_t *t = &out->transcripts[out->first[g]];
        til_rng_t own = til_rng_stream(seed, TIL_SIM_FOR_STRUCTURE,
                                       til_hash_bytes(ids[g], strlen(ids[g])), 1);
        for (size_t i = t->start[0]; i < t->end[t->n_exons - 1]; i++)
            out->bases[i] = "ACGT"[til_rng_u32(&own) >> 30];
    }
done:
    if (status != TIL_OK) til_sim_genome_clear(out);
    return status;
}

void til_sim_genome_clear(til_sim_genome_t *genome)
{
    if (genome == NULL) return;
    free(genome->bases);
    free(genome->strand);
    free(genome->transcripts);
    free(genome->first);
    til_arena_free(genome->arena);
    *genome = (til_sim_genome_t){ 0 };
}

static char complement(char base)
{
    switch (base) {
    case 'A': return 'T';
    case 'C': return 'G';
    case 'G': return 'C';
    default: return 'A';
    }
}

static void reverse_complement(char *bases, size_t n)
{
    for (size_t i = 0; i < n - i; i++) {
        char a = complement(bases[i]), b = complement(bases[n - 1 - i]);
        bases[i] = b;
        bases[n - 1 - i] = a;
    }
}

void til_sim_transcript_bases(const til_sim_genome_t *genome, size_t t, char *bases)
{
    const til_sim_transcript_t *tx = &genome->transcripts[t];
    size_t n = 0;

    for (size_t e = 0; e < tx->n_exons; e++) {
        memcpy(bases + n, genome->bases + tx->start[e], tx->end[e] - tx->start[e]);
        n += tx->end[e] - tx->start[e];
    }
    if (genome->strand[tx->gene] == '-') reverse_complement(bases, n);
    bases[n] = '\0';
}

size_t til_sim_blocks(const til_sim_genome_t *genome, size_t t, size_t from, size_t n,
                      size_t *start, size_t *end)
{
    const til_sim_transcript_t *tx = &genome->transcripts[t];
    size_t n_blocks = 0, before = 0;

    if (genome->strand[tx->gene] == '-') from = tx->length - from - n;
    for (size_t e = 0; e < tx->n_exons; e++) {
        size_t length = tx->end[e] - tx->start[e], lo = from > before ? from - before : 0;
        size_t hi = from + n > before ? from + n - before : 0;
        if (hi > length) hi = length;
        if (lo < hi) {
            start[n_blocks] = tx->start[e] + lo;
            end[n_blocks++] = tx->start[e] + hi;
        }
        before += length;
    }
    return n_blocks;
}
