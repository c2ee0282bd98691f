/* names_seen.c -- open addressing over a table that never grows: it is thinned. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/alloc.h"
#include "count/names_seen.h"

enum { SLOTS = 1 << 16, MOST = SLOTS / 2 };

static bool is_sampled(const til_names_seen_t *seen, uint64_t name)
{
    return name != 0 && (name & ((UINT64_C(1) << seen->shift) - 1)) == 0;
}

/* The slot of a name, or the free one where it would stand: by its upper bits. */
static uint64_t *find(uint64_t *slots, uint64_t name)
{
    size_t at = (size_t)(name >> 48);
    while (slots[at] != 0 && slots[at] != name) at = (at + 1) & (SLOTS - 1);
    return &slots[at];
}

static til_status_t thin(til_ctx_t *ctx, til_names_seen_t *seen)
{
    uint64_t *slots = til_array_zero(SLOTS, sizeof *slots);
    if (slots == NULL) return til_no_memory(ctx, SLOTS, "names");
    seen->shift++;
    seen->n = 0;
    for (size_t i = 0; i < SLOTS; i++) {
        if (!is_sampled(seen, seen->slots[i])) continue;
        *find(slots, seen->slots[i]) = seen->slots[i];
        seen->n++;
    }
    free(seen->slots);
    seen->slots = slots;
    return TIL_OK;
}

til_status_t til_names_seen_note(til_ctx_t *ctx, til_names_seen_t *seen, uint64_t name,
                                 bool *before)
{
    *before = false;
    if (!is_sampled(seen, name)) return TIL_OK;
    if (seen->slots == NULL) {
        seen->slots = til_array_zero(SLOTS, sizeof *seen->slots);
        if (seen->slots == NULL) return til_no_memory(ctx, SLOTS, "names");
    }
    uint64_t *slot = find(seen->slots, name);
    *before = *slot == name;
    if (*before) return TIL_OK;
    *slot = name;
    return ++seen->n > MOST ? thin(ctx, seen) : TIL_OK;
}

void til_names_seen_clear(til_names_seen_t *seen)
{
    if (seen == NULL) return;
    free(seen->slots);
    *seen = (til_names_seen_t){ 0 };
}
