/* index_build.c -- targets, breaks, unitigs, then the lists of places and the k-mer table.
 *
 * A table slot holds, from its low end, the position of the k-mer's first occurrence in T, its
 * unitig and some bits of its hash. Slots come in lines of one cache line each; a k-mer stands in
 * the first line at or behind its own that has room. The highest bit of a line's last slot says
 * whether any went on, so that nearly every search ends in its line.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/need.h"
#include "base/try.h"
#include "quant/index.h"
#include "quant/unitigs.h"

enum { AHEAD = 32, MIN_TAG_BITS = 4, MAX_TAG_BITS = 16, MIN_WINDOW = 3, MAX_WINDOW = 64 };
#define LOAD        0.85
#define TABLE_BYTES 256e6 /* the window is widened until the table is smaller */

static unsigned bits_for(uint64_t largest)
{
    unsigned bits = 1;
    while (bits < 63 && largest >> bits != 0) bits++;
    return bits;
}

/* Hands malloced memory to the index. */
static void *own(til_index_t *index, void *memory)
{
    index->owned[index->n_owned++] = memory;
    return memory;
}

/* Counting sort of the places by unitig; stable, so each list is in order of T. */
static til_status_t sort_places(til_ctx_t *ctx, const til_unitigs_t *u, til_index_t *index)
{
    til_unitig_t *unitigs = own(index, til_array_zero(u->n + 1, sizeof *unitigs));
    til_place_t *places = own(index, til_array(u->n_places, sizeof *places));
    uint32_t *next = til_array(u->n + 1, sizeof *next), first = 0;

    if (unitigs == NULL || places == NULL || next == NULL) {
        free(next);
        return til_no_memory(ctx, u->n_places, "places");
    }
    for (size_t i = 0; i < u->n_places; i++) unitigs[u->place_unitig[i]].first_place++;
    for (size_t i = 0; i < u->n; i++) {
        uint32_t n = unitigs[i].first_place;
        unitigs[i] = (til_unitig_t){ first, u->n_kmers[i] };
        next[i] = first;
        first += n;
    }
    unitigs[u->n].first_place = first;
    for (size_t i = 0; i < u->n_places; i++) places[next[u->place_unitig[i]]++] = u->places[i];
    free(next);
    index->unitigs = unitigs;
    index->places = places;
    index->n_unitigs = u->n;
    index->n_places = u->n_places;
    return TIL_OK;
}

/* Slots waiting to be written, so that their cache lines are on the way meanwhile. */
typedef struct {
    uint64_t line[AHEAD], slot[AHEAD];
    size_t n;
} waiting_t;

static void put_waiting(waiting_t *w, uint64_t *table, uint64_t n_lines)
{
    for (size_t i = 0; i < w->n; i++) {
        uint64_t line = w->line[i];
        for (;;) {
            uint64_t *slots = table + line * TIL_SLOTS_PER_LINE;
            int s = 0;
            while (s < TIL_SLOTS_PER_LINE && slots[s] != TIL_SLOT_EMPTY) s++;
            if (s < TIL_SLOTS_PER_LINE) {
                slots[s] = w->slot[i];
                break;
            }
            slots[TIL_SLOTS_PER_LINE - 1] |= TIL_SLOT_OVERFLOW;
            if (++line == n_lines) line = 0;
        }
    }
    w->n = 0;
}

/* Enters the sampled k-mers of one unitig. */
static void enter_unitig(const til_index_t *index, const til_unitigs_t *u, size_t unitig,
                         waiting_t *w, uint64_t *table)
{
    uint64_t at = u->start[unitig], end = at + u->n_kmers[unitig];
    const uint64_t mask = til_kmer_mask(index->k);

    while (at < end) {
        uint64_t rest = u->sampled[at >> 6] >> (at & 63);
        if (rest == 0) {
            at = (at | 63) + 1;
            continue;
        }
        at += (uint64_t)__builtin_ctzll(rest);
        if (at >= end) break;
        uint64_t forward = til_bases_get32(index->bases, at) & mask;
        uint64_t reverse = til_kmer_reverse(forward, index->k);
        uint64_t hash = til_kmer_hash(forward < reverse ? forward : reverse);
        w->line[w->n] = til_table_line(index, hash);
        w->slot[w->n] = til_table_tag(index, hash) << (index->position_bits + index->unitig_bits) |
                        (uint64_t)unitig << index->position_bits | at;
        __builtin_prefetch(table + w->line[w->n] * TIL_SLOTS_PER_LINE, 1);
        if (++w->n == AHEAD) put_waiting(w, table, index->n_lines);
        at++;
    }
}

static til_status_t fill_table(til_ctx_t *ctx, const til_unitigs_t *u, til_index_t *index)
{
    waiting_t waiting = { .n = 0 };
    unsigned room;

    index->position_bits = bits_for(index->n_bases + 1);
    index->unitig_bits = bits_for(u->n);
    if (index->position_bits + index->unitig_bits > 63 - MIN_TAG_BITS)
        return til_fail(ctx, TIL_EINPUT,
                        "%llu bases in %zu unitigs do not fit a table slot: leave out decoys",
                        (unsigned long long)index->n_bases, u->n);
    room = 63 - index->position_bits - index->unitig_bits;
    index->tag_bits = room < MAX_TAG_BITS ? room : MAX_TAG_BITS;
    index->n_lines = (uint64_t)((double)u->n_sampled / (LOAD * TIL_SLOTS_PER_LINE)) + 2;
    if (index->n_lines > UINT32_MAX)
        return til_fail(ctx, TIL_EINPUT, "%llu k-mers are too many for the table",
                        (unsigned long long)u->n_sampled);

    size_t bytes = (size_t)index->n_lines * TIL_SLOTS_PER_LINE * sizeof(uint64_t);
    uint64_t *table = own(index, til_array(bytes, 1));
    if (table == NULL) return til_no_memory(ctx, bytes, "bytes of the k-mer table");
    memset(table, 0xFF, bytes);
    for (size_t unitig = 0; unitig < u->n; unitig++)
        enter_unitig(index, u, unitig, &waiting, table);
    put_waiting(&waiting, table, index->n_lines);
    index->table = table;
    return TIL_OK;
}

/* A window of w keeps 2 of w + 1 k-mers. The narrower, the shorter a read's error-free stretch may
 * be. */
static unsigned choose_window(uint64_t n_kmers)
{
    unsigned window = MIN_WINDOW;
    while (window < MAX_WINDOW &&
           (double)n_kmers * 2 / (window + 1) / LOAD * (double)sizeof(uint64_t) > TABLE_BYTES)
        window++;
    return window;
}

/* Moves the targets' memory into the index. */
static void take_targets(til_targets_t *t, til_index_t *index)
{
    index->n_targets = (uint32_t)t->n;
    index->n_transcripts = (uint32_t)t->n_transcripts;
    index->n_bases = t->n_bases;
    index->bases = own(index, t->bases);
    index->starts = own(index, t->starts);
    index->names = own(index, t->names);
    index->names_size = t->names_size;
    index->name_at = own(index, t->name_at);
    index->header_genes = own(index, t->header_genes);
    memcpy(index->sequence_digest, t->sequence_digest, sizeof index->sequence_digest);
    memcpy(index->name_digest, t->name_digest, sizeof index->name_digest);
    *t = (til_targets_t){ 0 };
}

til_status_t til_index_build(til_ctx_t *ctx, const til_index_build_t *how, til_index_t **out,
                             til_index_stats_t *stats)
{
    TIL_NEED(ctx, how);
    TIL_NEED(ctx, out);
    til_status_t status = TIL_OK;
    til_targets_t targets = { 0 };
    til_breaks_t breaks = { 0 };
    til_unitigs_t unitigs = { 0 };
    til_index_t *index = til_array_zero(1, sizeof *index);

    *out = NULL;
    *stats = (til_index_stats_t){ 0 };
    if (index == NULL) return til_no_memory(ctx, 1, "index");
    if (how->k < TIL_KMER_MIN || how->k > TIL_KMER_MAX || how->k % 2 == 0) {
        status = til_fail(ctx, TIL_EUSAGE, "k = %u: must be odd, from %d to %d", how->k,
                          (int)TIL_KMER_MIN, (int)TIL_KMER_MAX);
        goto done;
    }
    index->k = how->k;
    TIL_TRY(til_targets_read(ctx, how, &targets, stats));
    til_say(ctx, TIL_LOG_STAGE, "%zu sequences, %llu bases", targets.n,
            (unsigned long long)targets.n_bases);
    TIL_TRY(til_breaks_find(ctx, &targets, how->k, &breaks));
    stats->n_kmers = breaks.n_kmers;
    til_say(ctx, TIL_LOG_STAGE, "%llu distinct k-mers", (unsigned long long)breaks.n_kmers);
    index->window = how->window > 0 ? how->window : choose_window(breaks.n_transcript_kmers);
    stats->window = index->window;
    TIL_TRY(til_unitigs_walk(ctx, &targets, how->k, index->window, &breaks, &unitigs));
    til_breaks_clear(&breaks);
    if (how->decoys != NULL) til_unitigs_drop_unsampled(&unitigs);
    stats->n_unitigs = unitigs.n;
    stats->n_places = unitigs.n_places;
    stats->n_sampled = unitigs.n_sampled;
    til_say(ctx, TIL_LOG_STAGE, "%zu unitigs at %zu places, %llu k-mers sampled (1 of any %u)",
            unitigs.n, unitigs.n_places, (unsigned long long)unitigs.n_sampled, index->window);
    take_targets(&targets, index);
    TIL_TRY(sort_places(ctx, &unitigs, index));
    free(unitigs.places);
    free(unitigs.place_unitig);
    unitigs.places = NULL;
    unitigs.place_unitig = NULL;
    TIL_TRY(fill_table(ctx, &unitigs, index));
done:
    til_targets_clear(&targets);
    til_breaks_clear(&breaks);
    til_unitigs_clear(&unitigs);
    if (status == TIL_OK) *out = index;
    else til_index_free(index);
    return status;
}

til_status_t til_index_without_seeds(til_ctx_t *ctx, const char *transcripts, til_index_t **out,
                                     til_index_stats_t *stats)
{
    TIL_NEED(ctx, transcripts);
    TIL_NEED(ctx, out);
    TIL_NEED(ctx, stats);
    til_index_build_t how = TIL_INDEX_BUILD_DEFAULT;
    til_targets_t targets = { 0 };
    til_index_t *index = til_array_zero(1, sizeof *index);

    *out = NULL;
    *stats = (til_index_stats_t){ 0 };
    if (index == NULL) return til_no_memory(ctx, 1, "index");
    how.transcripts = transcripts;
    til_status_t status = til_targets_read(ctx, &how, &targets, stats);
    if (status != TIL_OK) {
        til_index_free(index);
        return status;
    }
    index->k = how.k;
    take_targets(&targets, index);
    *out = index;
    return TIL_OK;
}
