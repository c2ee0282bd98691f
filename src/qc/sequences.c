/* sequences.c -- two hash tables of the beginnings of reads. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "qc/sequences.h"

enum { MAX_SAMPLED = 1 << 15, FIRST_CAPACITY = 1 << 10 };

uint64_t til_sequences_weight(uint64_t record, unsigned first_log2)
{
    uint64_t weight = 1, mixed = record * 0x9e3779b97f4a7c15u;

    for (uint64_t n = (record - 1) >> first_log2; n > 0; n >>= 1) weight <<= 1;
    return (mixed >> 32 & (weight - 1)) == 0 ? weight : 0;
}

/* One word of the hash: a one-to-one scrambling, another for each place. */
static uint64_t scramble(uint64_t word, size_t place)
{
    uint64_t product = word * (0x9e3779b97f4a7c15u + 0x5851f42d4c957f2eu * place);
    return product ^ product >> 32;
}

/* Hash of a beginning of at most TIL_QC_KEY_BASES bases, eight at a time and no step waiting for
 * another. Equal hashes of different beginnings are rarer than one in 2^30 files. */
static uint64_t hash_of(const char *bases, size_t n)
{
    uint64_t sum = n, word;
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        memcpy(&word, bases + i, 8);
        sum += scramble(word, i);
    }
    if (n >= 8) memcpy(&word, bases + n - 8, 8);
    else
        for (word = 0; i < n; i++) word = word << 8 | (unsigned char)bases[i];
    sum += scramble(word, i);
    sum = (sum ^ sum >> 29) * 0xff51afd7ed558ccdu;
    sum = (sum ^ sum >> 32) * 0xc4ceb9fe1a85ec53u;
    return sum ^ sum >> 29;
}

/* The top bits choose the slot, the low ones whether a hash is sampled. */
static size_t slot_of(uint64_t hash, size_t capacity)
{
    return (size_t)(hash >> 20) & (capacity - 1);
}

static bool is_sampled(uint64_t hash, unsigned level)
{
    return (hash & (((uint64_t)1 << level) - 1)) == 0;
}

/* ---- sampled ------------------------------------------------------------------------------- */

static til_sampled_t *find_sampled(const til_sequences_t *s, uint64_t hash)
{
    size_t i = slot_of(hash, s->sampled_capacity);
    while (s->sampled[i].count > 0 && s->sampled[i].hash != hash)
        i = (i + 1) & (s->sampled_capacity - 1);
    return &s->sampled[i];
}

/* Moves what stays sampled at `level` into a table of `capacity` slots. */
static til_status_t rebuild_sampled(til_ctx_t *ctx, til_sequences_t *s, size_t capacity,
                                    unsigned level)
{
    til_sampled_t *old = s->sampled, *fresh = til_array_zero(capacity, sizeof *fresh);
    size_t old_capacity = s->sampled_capacity;

    if (fresh == NULL) return til_no_memory(ctx, capacity, "sequences");
    s->sampled = fresh;
    s->sampled_capacity = capacity;
    s->level = level;
    s->n_sampled = 0;
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i].count > 0 && is_sampled(old[i].hash, level)) {
            *find_sampled(s, old[i].hash) = old[i];
            s->n_sampled++;
        }
    free(old);
    return TIL_OK;
}

/* The level ends up as the lowest at which no more than MAX_SAMPLED sequences are sampled. */
static til_status_t add_sampled(til_ctx_t *ctx, til_sequences_t *s, uint64_t hash, uint64_t count)
{
    til_status_t status = TIL_OK;

    if (!is_sampled(hash, s->level)) return TIL_OK;
    if (s->n_sampled * 2 >= s->sampled_capacity) {
        size_t capacity = s->sampled_capacity == 0 ? FIRST_CAPACITY : s->sampled_capacity * 2;
        status = rebuild_sampled(ctx, s, capacity, s->level);
        if (status != TIL_OK) return status;
    }
    til_sampled_t *slot = find_sampled(s, hash);
    if (slot->count == 0) s->n_sampled++;
    slot->hash = hash;
    slot->count += count;
    while (s->n_sampled > MAX_SAMPLED && status == TIL_OK)
        status = rebuild_sampled(ctx, s, s->sampled_capacity, s->level + 1);
    return status;
}

/* ---- listed -------------------------------------------------------------------------------- */

static til_listed_t *find_listed(const til_sequences_t *s, uint64_t hash)
{
    size_t i = slot_of(hash, s->listed_capacity);
    while (s->listed[i].weight > 0 && s->listed[i].hash != hash)
        i = (i + 1) & (s->listed_capacity - 1);
    return &s->listed[i];
}

const til_listed_t *til_sequences_listed(const til_sequences_t *s, uint64_t hash)
{
    const til_listed_t *slot = s->listed_capacity == 0 ? NULL : find_listed(s, hash);
    return slot == NULL || slot->weight == 0 ? NULL : slot;
}

static til_status_t grow_listed(til_ctx_t *ctx, til_sequences_t *s)
{
    til_listed_t *old = s->listed;
    size_t old_capacity = s->listed_capacity;
    size_t capacity = old_capacity == 0 ? FIRST_CAPACITY : old_capacity * 2;
    til_listed_t *fresh = til_array_zero(capacity, sizeof *fresh);

    if (fresh == NULL) return til_no_memory(ctx, capacity, "sequences");
    s->listed = fresh;
    s->listed_capacity = capacity;
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i].weight > 0) *find_listed(s, old[i].hash) = old[i];
    free(old);
    return TIL_OK;
}

static til_status_t add_listed(til_ctx_t *ctx, til_sequences_t *s, uint64_t hash, const char *bases,
                               size_t n, uint64_t weight)
{
    if (s->n_listed * 2 >= s->listed_capacity) {
        til_status_t status = grow_listed(ctx, s);
        if (status != TIL_OK) return status;
    }
    til_listed_t *slot = find_listed(s, hash);
    if (slot->weight == 0) {
        s->n_listed++;
        slot->hash = hash;
        slot->length = (uint8_t)n;
        memcpy(slot->bases, bases, n);
    }
    slot->weight += weight;
    return TIL_OK;
}

/* ---- the whole ----------------------------------------------------------------------------- */

til_status_t til_sequences_add(til_ctx_t *ctx, til_sequences_t *s, const char *bases, size_t length,
                               uint64_t weight)
{
    size_t n = length < TIL_QC_KEY_BASES ? length : TIL_QC_KEY_BASES;
    uint64_t hash = hash_of(bases, n);
    til_status_t status = TIL_OK;

    if (is_sampled(hash, s->level)) status = add_sampled(ctx, s, hash, 1);
    if (status == TIL_OK && weight > 0) status = add_listed(ctx, s, hash, bases, n, weight);
    return status;
}

til_status_t til_sequences_merge(til_ctx_t *ctx, til_sequences_t *into, const til_sequences_t *from)
{
    til_status_t status = TIL_OK;

    if (from->level > into->level && into->sampled_capacity > 0)
        status = rebuild_sampled(ctx, into, into->sampled_capacity, from->level);
    if (from->level > into->level) into->level = from->level;
    for (size_t i = 0; i < from->sampled_capacity && status == TIL_OK; i++)
        if (from->sampled[i].count > 0)
            status = add_sampled(ctx, into, from->sampled[i].hash, from->sampled[i].count);
    for (size_t i = 0; i < from->listed_capacity && status == TIL_OK; i++) {
        const til_listed_t *l = &from->listed[i];
        if (l->weight > 0) status = add_listed(ctx, into, l->hash, l->bases, l->length, l->weight);
    }
    return status;
}

void til_sequences_clear(til_sequences_t *s)
{
    if (s == NULL) return;
    free(s->sampled);
    free(s->listed);
    *s = (til_sequences_t){ 0 };
}
