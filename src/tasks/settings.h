/* settings.h -- what any task is asked: lists of words, threads, how much to say. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_SETTINGS_H
#define TIL_TASKS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char **items;
    size_t n;
} til_list_t;

/* What every command is asked. */
typedef struct {
    int64_t threads; /* 0: the CPUs this process may run on */
    bool quiet, verbose, no_provenance, help;
} til_common_t;

#endif
