/* file_name.h -- names from the data (samples, questions, sets, genes) as names of files.
 *
 * The one way from a name to a path. A name that can stand as it is stays: letters, digits, _ - . +
 * = @ , and letters outside ASCII, up to 100 bytes, not beginning with '-' or '.'. Any other gets
 * '_' for what cannot stand, is cut, and ends in '-' and eight digits of its hash. Two names never
 * share a file, also where a file system takes A and a for one.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_FILE_NAME_H
#define TIL_BASE_FILE_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum { TIL_FILE_NAME_MAX = 100 }; /* bytes of a name of a file that this makes, before its end */

typedef struct til_file_names til_file_names_t;

/* The names given out within one folder. NULL for want of memory. */
til_file_names_t *til_file_names_new(void);
void til_file_names_free(til_file_names_t *names);

/* Takes a file name for the caller's own use: no name gets it. False for want of memory. */
bool til_file_names_take(til_file_names_t *names, const char *file);

/* The file name for `name`, the same for the same name; NULL for want of memory. Borrows from
 * `names`. What it is depends on the names asked for before only where two differ by case alone.
 */
const char *til_file_name(til_file_names_t *names, const char *name);

#endif
