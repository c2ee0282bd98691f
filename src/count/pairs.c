/* pairs.c -- a hash table of waiting reads: open addressing over small slots, the reads
 * themselves in a pool. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "count/pairs.h"

typedef struct {
    uint32_t hash;    /* the key of the read there        */
    uint32_t place_1; /* place in the pool + 1; 0: free   */
} slot_t;

struct til_pairs_table {
    slot_t *slots;
    size_t n_slots, n_used; /* slots: a power of two */
    til_read_t *pool;       /* a place that is free owns nothing */
    size_t pool_capacity, pool_top;
    uint32_t *free_places; /* apart from the pool, whose lines other threads' caches hold */
    size_t free_capacity, n_free;
};

til_pairs_table_t *til_pairs_new(void)
{
    til_pairs_table_t *t = calloc(1, sizeof *t);
    if (t == NULL) return NULL;
    t->n_slots = 4096;
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
    for (size_t i = 0; i < t->pool_top; i++) free(t->pool[i].more);
    free(t->free_places);
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
    __builtin_prefetch(&t->slots[read->key & (t->n_slots - 1)]);
}

void til_pairs_prefetch_mate(const til_pairs_table_t *t, const til_read_t *read)
{
    const slot_t *slot = &t->slots[read->key & (t->n_slots - 1)];
    if (slot->place_1 != 0 && slot->hash == read->key)
        __builtin_prefetch(&t->pool[slot->place_1 - 1]);
}

til_read_t *til_pairs_read(const til_pairs_table_t *t, uint32_t place) { return &t->pool[place]; }

void til_pairs_return(til_pairs_table_t *t, uint32_t place, bool owns)
{
    if (owns) {
        free(t->pool[place].more);
        t->pool[place].more = NULL;
    }
    t->free_places[t->n_free++] = place;
}

til_status_t til_pairs_keep(til_ctx_t *ctx, til_pairs_table_t *t, til_read_t *read, uint32_t *place)
{
    if (t->n_free > 0) {
        *place = t->free_places[--t->n_free];
    } else {
        /* room for all places to be free at once, so that giving one back cannot fail */
        til_status_t status = til_grow(ctx, &t->free_places, &t->free_capacity, t->pool_top + 1,
                                       sizeof *t->free_places);
        if (status == TIL_OK && t->pool_top == t->pool_capacity)
            status = til_grow(ctx, &t->pool, &t->pool_capacity, t->pool_top + 1, sizeof *t->pool);
        if (status != TIL_OK) return status;
        *place = (uint32_t)t->pool_top++;
    }
    t->pool[*place] = *read;
    read->more = NULL;
    return TIL_OK;
}

/* Every slot of the run is looked at: reads of one key stand in it in order of coming, since a
 * later one is put behind them and taking out keeps the order of a run. */
bool til_pairs_take(til_pairs_table_t *t, const til_read_t *read, uint32_t *place)
{
    size_t mask = t->n_slots - 1;
    for (size_t at = read->key & mask; t->slots[at].place_1 != 0; at = (at + 1) & mask) {
        if (t->slots[at].hash != read->key) continue;
        *place = t->slots[at].place_1 - 1;
        if (!til_pairs_match(&t->pool[*place], read)) continue;
        drop_slot(t, at);
        return true;
    }
    return false;
}

til_status_t til_pairs_wait(til_ctx_t *ctx, til_pairs_table_t *t, uint32_t place)
{
    til_status_t status;
    if (2 * (t->n_used + 1) > t->n_slots && (status = grow_slots(ctx, t)) != TIL_OK) return status;
    uint32_t key = t->pool[place].key;
    size_t mask = t->n_slots - 1, at = key & mask;
    while (t->slots[at].place_1 != 0) at = (at + 1) & mask;
    t->slots[at] = (slot_t){ key, place + 1 };
    t->n_used++;
    return TIL_OK;
}

bool til_pairs_any(const til_pairs_table_t *t) { return t->n_used > 0; }

bool til_pairs_sweep(til_pairs_table_t *t, int32_t contig, size_t *cursor, uint32_t *place)
{
    for (; *cursor < t->n_slots; ++*cursor) {
        const slot_t *slot = &t->slots[*cursor];
        if (slot->place_1 == 0) continue;
        *place = slot->place_1 - 1;
        const til_read_t *waiting = &t->pool[*place];
        if (contig != INT32_MAX && (waiting->mate_contig < 0 || waiting->mate_contig >= contig))
            continue;
        drop_slot(t, *cursor);
        return true; /* the slot is looked at again: another may have moved into it */
    }
    return false;
}
