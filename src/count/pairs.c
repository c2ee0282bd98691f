/* pairs.c -- a hash table of waiting reads: open addressing over small slots, the reads
 * themselves in a pool whose free places are chained. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "count/pairs.h"

#define NOWHERE UINT32_MAX

typedef struct {
    uint32_t hash;              /* lower half of the key's hash     */
    uint32_t place_1;           /* place in the pool + 1; 0: free   */
} slot_t;

typedef struct {
    til_read_t read;
    uint32_t next;              /* free chain */
} waiting_t;

struct til_pairs_table {
    slot_t *slots;
    size_t n_slots, n_used;     /* slots: a power of two */
    waiting_t *pool;
    size_t pool_capacity, pool_top, n;
    uint32_t free_chain;
};

til_pairs_table_t *til_pairs_new(void)
{
    til_pairs_table_t *t = calloc(1, sizeof *t);
    if (t == NULL) return NULL;
    t->n_slots = 4096;
    t->free_chain = NOWHERE;
    t->slots = til_array_zero(t->n_slots, sizeof *t->slots);
    if (t->slots == NULL) {
        free(t);
        return NULL;
    }
    return t;
}

void til_pairs_free(til_pairs_table_t *t)
{
    if (t == NULL) return;
    til_read_t read;
    size_t cursor = 0;
    while (til_pairs_sweep(t, INT32_MAX, &cursor, &read)) free(read.more);
    free(t->slots);
    free(t->pool);
    free(t);
}

/* --------------------------------------------------------------------- key */

bool til_pairs_match(const til_read_t *a, const til_read_t *b)
{
    return a->name == b->name && a->pos == b->mate_pos && a->mate_pos == b->pos &&
           a->contig == b->mate_contig && a->mate_contig == b->contig && a->hit == b->hit &&
           ((a->flag ^ b->flag) & TIL_FLAG_FIRST) != 0;
}

/* One hash for both ends: places enter by end, not by which record carries them. */
static uint64_t key_hash(const til_read_t *r)
{
    bool first = r->flag & TIL_FLAG_FIRST;
    uint64_t own = (uint64_t)(uint32_t)r->pos << 32 | (uint32_t)r->contig;
    uint64_t mate = (uint64_t)(uint32_t)r->mate_pos << 32 | (uint32_t)r->mate_contig;
    uint64_t h = r->name ^ (uint64_t)(uint32_t)r->hit * 0xD6E8FEB86659FD93u;
    h = (h ^ (first ? own : mate)) * 0x9E3779B97F4A7C15u;
    h = (h ^ h >> 32 ^ (first ? mate : own)) * 0xC2B2AE3D27D4EB4Fu;
    return h ^ h >> 29;
}

/* ------------------------------------------------------------------- slots */

/* Takes slot `at` out, moving later ones of its run forward. */
static void drop_slot(til_pairs_table_t *t, size_t at)
{
    size_t mask = t->n_slots - 1, hole = at;
    for (size_t i = (at + 1) & mask; t->slots[i].place_1 != 0; i = (i + 1) & mask) {
        size_t home = t->slots[i].hash & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            t->slots[hole] = t->slots[i];
            hole = i;
        }
    }
    t->slots[hole] = (slot_t){ 0 };
    t->n_used--;
}

static til_status_t grow_slots(til_ctx_t *ctx, til_pairs_table_t *t)
{
    size_t n = t->n_slots * 2, mask = n - 1;
    if (n > (size_t)1 << 31) return til_no_memory(ctx, n, "waiting reads");
    slot_t *slots = til_array_zero(n, sizeof *slots);
    if (slots == NULL) return til_no_memory(ctx, n, "waiting reads");
    for (size_t i = 0; i < t->n_slots; i++) {
        if (t->slots[i].place_1 == 0) continue;
        size_t at = t->slots[i].hash & mask;
        while (slots[at].place_1 != 0) at = (at + 1) & mask;
        slots[at] = t->slots[i];
    }
    free(t->slots);
    t->slots = slots;
    t->n_slots = n;
    return TIL_OK;
}

void til_pairs_prefetch(const til_pairs_table_t *t, const til_read_t *read)
{
    __builtin_prefetch(&t->slots[(uint32_t)key_hash(read) & (t->n_slots - 1)]);
}

static void give_back(til_pairs_table_t *t, uint32_t place)
{
    t->pool[place].next = t->free_chain;
    t->free_chain = place;
    t->n--;
}

/* Every slot of the run is looked at: reads of one key stand in it in order of coming, since a
 * later one is put behind them and taking out keeps the order of a run. */
bool til_pairs_take(til_pairs_table_t *t, const til_read_t *read, til_read_t *mate)
{
    if (t->n == 0) return false;
    uint64_t h = key_hash(read);
    size_t mask = t->n_slots - 1;
    for (size_t at = (uint32_t)h & mask; t->slots[at].place_1 != 0; at = (at + 1) & mask) {
        if (t->slots[at].hash != (uint32_t)h) continue;
        uint32_t place = t->slots[at].place_1 - 1;
        if (!til_pairs_match(&t->pool[place].read, read)) continue;
        *mate = t->pool[place].read;
        give_back(t, place);
        drop_slot(t, at);
        return true;
    }
    return false;
}

til_status_t til_pairs_wait(til_ctx_t *ctx, til_pairs_table_t *t, const til_read_t *read)
{
    til_status_t status;
    if (2 * (t->n_used + 1) > t->n_slots && (status = grow_slots(ctx, t)) != TIL_OK)
        return status;
    uint32_t place = t->free_chain;
    if (place != NOWHERE) {
        t->free_chain = t->pool[place].next;
    } else {
        status = til_grow(ctx, &t->pool, &t->pool_capacity, t->pool_top + 1, sizeof *t->pool);
        if (status != TIL_OK) return status;
        place = (uint32_t)t->pool_top++;
    }
    uint64_t h = key_hash(read);
    size_t mask = t->n_slots - 1, at = (uint32_t)h & mask;
    while (t->slots[at].place_1 != 0) at = (at + 1) & mask;
    t->slots[at] = (slot_t){ (uint32_t)h, place + 1 };
    t->pool[place] = (waiting_t){ .read = *read, .next = NOWHERE };
    t->n_used++;
    t->n++;
    return TIL_OK;
}

size_t til_pairs_count(const til_pairs_table_t *t) { return t->n; }

bool til_pairs_sweep(til_pairs_table_t *t, int32_t contig, size_t *cursor, til_read_t *read)
{
    for (; *cursor < t->n_slots; ++*cursor) {
        slot_t *slot = &t->slots[*cursor];
        if (slot->place_1 == 0) continue;
        uint32_t place = slot->place_1 - 1;
        const til_read_t *waiting = &t->pool[place].read;
        if (contig != INT32_MAX && (waiting->mate_contig < 0 || waiting->mate_contig >= contig))
            continue;
        *read = *waiting;
        give_back(t, place);
        drop_slot(t, *cursor);
        return true;        /* the slot is looked at again: another may have moved into it */
    }
    return false;
}
