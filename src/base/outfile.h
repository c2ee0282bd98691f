/* outfile.h -- output files that appear whole or not at all.
 *
 * A file is written under a temporary name in its own folder (O_EXCL), and gets its name in
 * til_outset_commit, after every write, the fsync and the close have succeeded. til_outset groups the
 * files of one run: none of them appears before all are written. On failure, and on SIGINT,
 * SIGTERM, SIGHUP and SIGPIPE, the temporaries of this run are removed; files of an earlier run
 * stay.
 *
 *     til_outset_t *set = til_outset_new();
 *     TIL_TRY(til_out_open(ctx, set, "DIR/a.tsv", &out));
 *     til_out_printf(out, ...);                      (failures are kept until close)
 *     TIL_TRY(til_out_close(ctx, out));
 *     ...
 *     TIL_TRY(til_outset_commit(ctx, set));          (renames all, in order)
 * done:
 *     til_outset_free(set);                          (removes what was not committed)
 *
 * "-" is standard output: written through, checked at close.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_OUTFILE_H
#define TIL_BASE_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tilseq/context.h>

#include "base/strbuf.h"

typedef struct til_out til_out_t;
typedef struct til_outset til_outset_t;

/* NULL for want of memory. */
til_outset_t *til_outset_new(void);
void til_outset_free(til_outset_t *set);

/* Opens `path` for writing; its missing folders are made (and removed again, if empty, when the
 * set is freed uncommitted). TIL_EIO when that cannot be done, naming the path. */
TIL_MUST_USE
til_status_t til_out_open(til_ctx_t *ctx, til_outset_t *set, const char *path, til_out_t **out);

/* True for what cannot be replaced by a rename: devices, FIFOs, sockets. */
bool til_out_is_special(const char *path);

/* Makes a folder and its parents, under the same rule. */
TIL_MUST_USE
til_status_t til_outset_mkdir(til_ctx_t *ctx, til_outset_t *set, const char *path);

/* Buffered; an error is remembered and reported by til_out_close. */
void til_out_write(til_out_t *out, const void *bytes, size_t n);
void til_out_text(til_out_t *out, const char *text);
void til_out_char(til_out_t *out, char c);
void til_out_int(til_out_t *out, int64_t value);
void til_out_number(til_out_t *out, double value);             /* shortest round trip, NA for NaN */
void til_out_strbuf(til_out_t *out, const til_strbuf_t *text); /* one that failed fails the file */
void til_out_printf(til_out_t *out, const char *format, ...) TIL_PRINTF(2, 3);

/* Flushes and closes; the file keeps its temporary name until the set is committed.
 * TIL_EIO names the file the user asked for. */
TIL_MUST_USE
til_status_t til_out_close(til_ctx_t *ctx, til_out_t *out);

TIL_MUST_USE
til_status_t til_outset_commit(til_ctx_t *ctx, til_outset_t *set);

/* Calls `use` for every file of a committed set, in order; not for "-" and devices. */
void til_outset_each(const til_outset_t *set, void (*use)(void *arg, const char *path), void *arg);

/* Whether `name` is that of a temporary, and then the process that made it. */
bool til_out_is_temporary(const char *name, long *pid);

/* In a forked child: the temporaries that are open are the parent's. */
void til_out_disown_temporaries(void);

/* Removes every open temporary of every set: for the signal handler; async-signal-safe. */
void til_out_remove_all_temporaries(void);

#endif
