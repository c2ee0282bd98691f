/* methods.h -- lists of methods: each room has an array of pointers to rows, ended by NULL, that
 * begin with name, summary and reference. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_METHODS_H
#define TIL_BASE_METHODS_H

#include <stddef.h>
#include <string.h>

/* Defines `const type *find(const char *name)`: the row called `name`, NULL where none is. */
#define TIL_DEFINE_FIND(find, type, list)                                                          \
    const type *find(const char *name)                                                             \
    {                                                                                              \
        for (size_t i = 0; name != NULL && (list)[i] != NULL; i++)                                 \
            if (strcmp((list)[i]->name, name) == 0) return (list)[i];                              \
        return NULL;                                                                               \
    }

#endif
