/* run_folder.h -- the folder of a run: one run at a time holds it, and what dead ones left goes. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_RUN_FOLDER_H
#define TIL_TASKS_RUN_FOLDER_H

#include <stddef.h>
#include <tilseq/context.h>

typedef struct til_run_lock til_run_lock_t;

/* Makes the folder where there is none and takes its lock: flock on FOLDER/.tilseq.lock, which holds
 * the process and its host. TIL_EIO naming them when another run has it, and when the folder cannot be
 * made or written. Children of this process hold it with it. */
TIL_MUST_USE
til_status_t til_run_lock(til_ctx_t *ctx, const char *folder, til_run_lock_t **lock);

/* Gives the lock back and removes its file; NULL is passed over. */
void til_run_unlock(til_run_lock_t *lock);

/* Removes temporaries below the folder whose process is gone; *n of them. For who holds the lock. */
TIL_MUST_USE
til_status_t til_run_sweep(til_ctx_t *ctx, const char *folder, size_t *n);

#endif
