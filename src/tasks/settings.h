/* settings.h -- what any task is asked: lists of words, threads, how much to say. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_SETTINGS_H
#define TIL_TASKS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tilseq/words.h>

typedef struct {
    const char **items;
    size_t n;
} til_list_t;

/* Where it is written what results come from. */
typedef enum { TIL_PROVENANCE_JSON, TIL_PROVENANCE_INLINE, TIL_PROVENANCE_NONE } til_provenance_t;
extern const til_words_t til_provenance_words;

/* What every command is asked. */
typedef struct {
    int64_t threads; /* 0: the CPUs this process may run on */
    til_provenance_t provenance;
    bool quiet, verbose, help;
    bool no_provenance; /* --provenance none, said otherwise: the driver sets `provenance` */
} til_common_t;

#endif
