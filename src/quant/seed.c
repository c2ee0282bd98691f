/* seed.c -- window minima of a read and their look-up.
 *
 * The table holds the k-mer with the smallest hash of any `window` consecutive k-mers of a target;
 * so does every window of an error-free stretch of a read have its own in the table. Look-ups are
 * cut in stages so that a batch of reads can fetch what the next stage needs before any read waits
 * for it.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/seed.h"

enum { WIDE = 8 };

/* Hash of the k-mer at i of the read; ~0 when it may not be a seed. */
static inline uint64_t hash_at(const til_index_t *index, const til_packed_t *read, int i)
{
    const unsigned k = index->k;
    const uint64_t mask = til_kmer_mask(k);
    uint64_t forward = til_bases_get32(read->words[0], (uint64_t)i) & mask;
    uint64_t reverse = til_bases_get32(read->words[1], (uint64_t)(read->length - (int)k - i)) &
                       mask;

    if (til_kmer_is_run(forward, mask)) return ~0ULL;
    if (read->known[0] != NULL) {
        uint64_t ones = mask & 0x5555555555555555ULL;
        if ((til_bases_get32(read->known[0], (uint64_t)i) & ones) != ones) return ~0ULL;
    }
    return til_kmer_hash(forward < reverse ? forward : reverse);
}

static void use_seed(const til_index_t *index, til_mate_t *mate, int at, uint64_t hash)
{
    mate->at = at;
    mate->hash = hash;
    mate->cursor = til_table_line(index, hash) * TIL_SLOTS_PER_LINE;
    mate->found = false;
}

bool til_seed_first(const til_index_t *index, til_mate_t *mate)
{
    int n_kmers = mate->read.length - (int)index->k + 1, best_at = 0;
    int width = n_kmers < (int)index->window ? n_kmers : (int)index->window;
    uint64_t best = ~0ULL;

    mate->at = -1;
    mate->found = false;
    for (int i = 0; i < width; i++) {
        uint64_t hash = hash_at(index, &mate->read, i);
        best_at = hash < best ? i : best_at;
        best = hash < best ? hash : best;
    }
    if (best == ~0ULL) return false;
    use_seed(index, mate, best_at, best);
    return true;
}

bool til_seed_probe(const til_index_t *index, til_mate_t *mate)
{
    const unsigned shift = index->position_bits + index->unitig_bits;
    const uint64_t tag = til_table_tag(index, mate->hash);
    const uint64_t n_slots = index->n_lines * TIL_SLOTS_PER_LINE;
    uint64_t cursor = mate->cursor;

    while (cursor != TIL_CURSOR_END) {
        uint64_t slot = index->table[cursor];
        if (slot == TIL_SLOT_EMPTY) return false;
        if (cursor % TIL_SLOTS_PER_LINE < TIL_SLOTS_PER_LINE - 1) cursor++;
        else if ((slot & TIL_SLOT_OVERFLOW) == 0) cursor = TIL_CURSOR_END;
        else if (++cursor == n_slots) cursor = 0;
        slot &= ~TIL_SLOT_OVERFLOW;
        if (slot >> shift == tag) {
            mate->slot = slot;
            mate->cursor = cursor;
            return true;
        }
    }
    return false;
}

bool til_seed_verify(const til_index_t *index, til_mate_t *mate)
{
    const uint64_t mask = til_kmer_mask(index->k);
    uint64_t forward = til_bases_get32(mate->read.words[0], (uint64_t)mate->at) & mask;
    uint64_t reverse = til_kmer_reverse(forward, index->k);

    do {
        uint64_t position = mate->slot & ((1ULL << index->position_bits) - 1);
        uint64_t kmer = til_bases_get32(index->bases, position) & mask;
        if (kmer == forward || kmer == reverse) {
            mate->found = true;
            mate->backwards = kmer != forward;
            mate->unitig = (uint32_t)(mate->slot >> index->position_bits &
                                      ((1ULL << index->unitig_bits) - 1));
            return true;
        }
    } while (til_seed_probe(index, mate));
    return false;
}

void til_seed_places(const til_index_t *index, til_mate_t *mate)
{
    const til_unitig_t *unitig = &index->unitigs[mate->unitig];
    const til_place_t *first = &index->places[unitig->first_place];
    uint64_t position = mate->slot & ((1ULL << index->position_bits) - 1);

    mate->first_place = unitig->first_place;
    mate->n_places = unitig[1].first_place - unitig->first_place;
    mate->offset = (uint32_t)(position - index->starts[first->target] - (first->position >> 1));
}

/* Every k-mer of a short read: it may have no whole window without an error. */
static void all_kmers(const til_index_t *index, const til_mate_t *mate, int n_kmers,
                      til_seeds_t *seeds)
{
    for (int i = 0; i < n_kmers && seeds->n < TIL_MAX_SEEDS; i++) {
        uint64_t hash = hash_at(index, &mate->read, i);
        if (hash == ~0ULL) continue;
        seeds->at[seeds->n] = (int16_t)i;
        seeds->hash[seeds->n++] = hash;
    }
}

/* Minima of windows no narrower than WIDE: they are minima of the table's windows too, and a read
 * that fits nowhere is given up after fewer look-ups. */
static void window_minima(const til_index_t *index, const til_mate_t *mate, int n_kmers,
                          til_seeds_t *seeds)
{
    uint64_t hashes[TIL_READ_MAX];
    int window = (int)index->window > WIDE ? (int)index->window : WIDE;
    int lowest_at = -1, last = -1;

    for (int i = 0; i < n_kmers; i++) hashes[i] = hash_at(index, &mate->read, i);
    for (int i = 0; i + window <= n_kmers && seeds->n < TIL_MAX_SEEDS; i++) {
        int newest = i + window - 1;
        if (lowest_at < i) {
            lowest_at = i;
            for (int j = i + 1; j <= newest; j++)
                if (hashes[j] < hashes[lowest_at]) lowest_at = j;
        } else if (hashes[newest] < hashes[lowest_at]) {
            lowest_at = newest;
        }
        if (lowest_at == last || hashes[lowest_at] == ~0ULL) continue;
        last = lowest_at;
        seeds->at[seeds->n] = (int16_t)lowest_at;
        seeds->hash[seeds->n++] = hashes[lowest_at];
    }
}

void til_seeds_make(const til_index_t *index, const til_mate_t *mate, til_seeds_t *seeds)
{
    int n_kmers = mate->read.length - (int)index->k + 1;

    seeds->n = seeds->next = 0;
    if (n_kmers < 3 * (int)index->window || n_kmers < 3 * WIDE)
        all_kmers(index, mate, n_kmers, seeds);
    else window_minima(index, mate, n_kmers, seeds);
    for (int i = 0; i < seeds->n; i++)
        __builtin_prefetch(
            &index->table[til_table_line(index, seeds->hash[i]) * TIL_SLOTS_PER_LINE]);
}

bool til_seed_next(const til_index_t *index, til_mate_t *mate, til_seeds_t *seeds)
{
    if (seeds->n < 0) til_seeds_make(index, mate, seeds);
    while (seeds->next < seeds->n) {
        int i = seeds->next++;
        if (seeds->at[i] <= mate->at) continue;
        use_seed(index, mate, seeds->at[i], seeds->hash[i]);
        if (til_seed_probe(index, mate) && til_seed_verify(index, mate)) {
            til_seed_places(index, mate);
            return true;
        }
    }
    return false;
}
