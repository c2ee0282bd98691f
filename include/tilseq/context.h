/* tilseq/context.h -- the first argument of every function that can fail or speak.
 *
 * A context carries three things and does not grow: the text of the first error, where
 * remarks go, and how many threads may be used. One context belongs to one thread; workers
 * started by the library get their own.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_CONTEXT_H
#define TILSEQ_CONTEXT_H

#include <tilseq/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TIL_MESSAGE_MAX 2048 /* bytes of ctx->message, its NUL included */

typedef enum {
    TIL_LOG_WARNING, /* the user must see it: shown unless -q                    */
    TIL_LOG_NOTICE,  /* something was repaired, chosen or left out: shown unless -q */
    TIL_LOG_STAGE,   /* a stage is done: shown unless -q                         */
    TIL_LOG_DETAIL,  /* shown with -v                                            */
    TIL_LOG_LIVE,    /* how far it is: takes the place of the one before on a terminal */
    TIL_LOG_SECURITY /* a risk that was asked for: shown always                   */
} til_log_level_t;

/* Where remarks go. `write` may be NULL (silence); `text` is one line without its newline.
 * It is only ever called from the thread that owns the context. */
typedef struct {
    void (*write)(void *arg, til_log_level_t level, const char *text);
    void *arg;
} til_log_t;

typedef struct {
    char message[TIL_MESSAGE_MAX]; /* text of the first failure; "" when there was none */
    til_log_t log;
    int n_threads; /* >= 1; answers never depend on it                  */
} til_ctx_t;

#define TIL_CTX_INIT                                                                               \
    {                                                                                              \
        "", { 0, 0 }, 1                                                                            \
    }

/* Records why something failed and returns `status`, so that a leaf reads
 *
 *     return til_fail(ctx, TIL_EINPUT, "%s:%zu: ...", path, line);
 *
 * The message is one line, lower case, without a stop: where: what is: what should be[; what
 * to do]. The first failure wins: a later call on the same context keeps the earlier text.
 * Control bytes in the text (from names in the data) are written as '?'.
 */
til_status_t til_fail(til_ctx_t *ctx, til_status_t status, const char *format, ...)
    TIL_PRINTF(3, 4);

/* Forgets the failure recorded in `ctx`. */
void til_ctx_forgive(til_ctx_t *ctx);

/* "X.Y.Z": the version of the library that runs, which may be later than that of the header. */
const char *til_version(void);

/* Says something that is not a failure; the same style of text as til_fail. */
void til_say(til_ctx_t *ctx, til_log_level_t level, const char *format, ...) TIL_PRINTF(3, 4);

#ifdef __cplusplus
}
#endif
#endif
