/* pairs.c -- a hash table of waiting reads: open addressing over small slots, the reads
 * themselves in a pool. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "count/pairs.h"

#define NONE UINT32_MAX

typedef struct {
    uint32_t hash;    /* of the reads there               */
    uint32_t place_1; /* the first of them + 1; 0: free   */
} slot_t;

/* Where a waiting read stands: among those of one hash, in order of coming, and in the list of
 * its mate's contig. */
typedef struct {
    uint32_t next, previous; /* previous: of the first, the last of them */
    uint32_t before, after;
} links_t;

struct til_pairs_table {
    slot_t *slots;
    size_t n_slots, n_used; /* slots: a power of two */
    size_t n_waiting;
    til_read_t *pool; /* a place that is free owns nothing */
    links_t *links;   /* of each place */
    size_t pool_capacity, link_capacity, pool_top;
    uint32_t *free_places; /* apart from the pool, whose lines other threads' caches hold */
    size_t free_capacity, n_free;
    uint32_t *lists; /* the first place of each; NULL where none are kept */
    size_t n_lists;
};

til_pairs_table_t *til_pairs_new(size_t n_lists)
{
    til_pairs_table_t *t = calloc(1, sizeof *t);
    if (t == NULL) return NULL;
    t->n_slots = 4096;
    t->n_lists = n_lists;
    t->slots = til_array_zero(t->n_slots, sizeof *t->slots);
    if (n_lists > 0) t->lists = til_array(n_lists, sizeof *t->lists);
    if (t->slots == NULL || (n_lists > 0 && t->lists == NULL)) {
        til_pairs_free(t);
        return NULL;
    }
    for (size_t i = 0; i < n_lists; i++) t->lists[i] = NONE;
    return t;
}

void til_pairs_free(til_pairs_table_t *t)
{
    if (t == NULL) return;
    for (size_t i = 0; i < t->pool_top; i++) free(t->pool[i].more);
    free(t->lists);
    free(t->free_places);
    free(t->slots);
    free(t->links);
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

/* Ends are kept apart: all reads of one hash are of one end (but for chance), and match a seeker of
 * the other. */
static uint32_t hash_of(const til_read_t *r, bool first)
{
    return first ? r->key : r->key ^ 0x85EBCA6Bu;
}

static uint32_t own_hash(const til_read_t *r) { return hash_of(r, r->flag & TIL_FLAG_FIRST); }
static uint32_t mate_hash(const til_read_t *r) { return hash_of(r, !(r->flag & TIL_FLAG_FIRST)); }

/* ------------------------------------------------------------------- slots */

/* The slot of a hash, or the free one where it would stand. */
static size_t find_slot(const til_pairs_table_t *t, uint32_t hash)
{
    size_t mask = t->n_slots - 1, at = hash & mask;
    while (t->slots[at].place_1 != 0 && t->slots[at].hash != hash) at = (at + 1) & mask;
    return at;
}

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

/* ------------------------------------------------------------------- lists */

/* The list a read stands in, NULL for none. */
static uint32_t *list_of(const til_pairs_table_t *t, const til_read_t *r)
{
    if (t->n_lists == 1) return t->lists;
    return t->n_lists == 0 || r->mate_contig < 0 ? NULL : &t->lists[r->mate_contig];
}

static void list_place(til_pairs_table_t *t, uint32_t place)
{
    uint32_t *first = list_of(t, &t->pool[place]);
    if (first == NULL) return;
    t->links[place].before = NONE;
    t->links[place].after = *first;
    if (*first != NONE) t->links[*first].before = place;
    *first = place;
}

static void unlist_place(til_pairs_table_t *t, uint32_t place)
{
    uint32_t *first = list_of(t, &t->pool[place]);
    const links_t *own = &t->links[place];
    if (first == NULL) return;
    if (own->before != NONE) t->links[own->before].after = own->after;
    else *first = own->after;
    if (own->after != NONE) t->links[own->after].before = own->before;
}

/* Takes a place out of those of its hash. */
static void unhash_place(til_pairs_table_t *t, size_t slot, uint32_t place)
{
    uint32_t first = t->slots[slot].place_1 - 1;
    const links_t *own = &t->links[place];
    if (place != first) {
        t->links[own->previous].next = own->next;
        t->links[own->next != NONE ? own->next : first].previous = own->previous;
    } else if (own->next != NONE) {
        t->links[own->next].previous = own->previous;
        t->slots[slot].place_1 = own->next + 1;
    } else {
        drop_slot(t, slot);
    }
    t->n_waiting--;
}

/* ----------------------------------------------------------------- surface */

void til_pairs_prefetch(const til_pairs_table_t *t, const til_read_t *read)
{
    __builtin_prefetch(&t->slots[mate_hash(read) & (t->n_slots - 1)]);
}

void til_pairs_prefetch_mate(const til_pairs_table_t *t, const til_read_t *read)
{
    uint32_t hash = mate_hash(read);
    const slot_t *slot = &t->slots[hash & (t->n_slots - 1)];
    if (slot->place_1 != 0 && slot->hash == hash) __builtin_prefetch(&t->pool[slot->place_1 - 1]);
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
        if (status == TIL_OK && t->pool_top == t->link_capacity)
            status = til_grow(ctx, &t->links, &t->link_capacity, t->pool_top + 1, sizeof *t->links);
        if (status != TIL_OK) return status;
        *place = (uint32_t)t->pool_top++;
    }
    t->pool[*place] = *read;
    read->more = NULL;
    return TIL_OK;
}

bool til_pairs_take(til_pairs_table_t *t, const til_read_t *read, uint32_t *place)
{
    size_t slot = find_slot(t, mate_hash(read));
    if (t->slots[slot].place_1 == 0) return false;
    for (uint32_t at = t->slots[slot].place_1 - 1; at != NONE; at = t->links[at].next) {
        if (!til_pairs_match(&t->pool[at], read)) continue;
        unlist_place(t, at);
        unhash_place(t, slot, at);
        *place = at;
        return true;
    }
    return false;
}

til_status_t til_pairs_wait(til_ctx_t *ctx, til_pairs_table_t *t, uint32_t place)
{
    til_status_t status;
    if (2 * (t->n_used + 1) > t->n_slots && (status = grow_slots(ctx, t)) != TIL_OK) return status;
    uint32_t hash = own_hash(&t->pool[place]);
    size_t slot = find_slot(t, hash);
    t->links[place].next = NONE;
    if (t->slots[slot].place_1 == 0) {
        t->slots[slot] = (slot_t){ hash, place + 1 };
        t->links[place].previous = place;
        t->n_used++;
    } else {
        uint32_t first = t->slots[slot].place_1 - 1, last = t->links[first].previous;
        t->links[last].next = place;
        t->links[place].previous = last;
        t->links[first].previous = place;
    }
    list_place(t, place);
    t->n_waiting++;
    return TIL_OK;
}

bool til_pairs_any(const til_pairs_table_t *t) { return t->n_waiting > 0; }

bool til_pairs_pop_list(til_pairs_table_t *t, size_t list, uint32_t *place)
{
    uint32_t at = t->lists[list];
    if (at == NONE) return false;
    unlist_place(t, at);
    unhash_place(t, find_slot(t, own_hash(&t->pool[at])), at);
    *place = at;
    return true;
}

bool til_pairs_pop(til_pairs_table_t *t, size_t *cursor, uint32_t *place)
{
    while (*cursor < t->n_slots && t->slots[*cursor].place_1 == 0) ++*cursor;
    if (*cursor >= t->n_slots) return false;
    *place = t->slots[*cursor].place_1 - 1;
    unlist_place(t, *place);
    unhash_place(t, *cursor, *place);
    return true; /* the slot is looked at again: another may stand there */
}
