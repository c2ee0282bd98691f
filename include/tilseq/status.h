/* tilseq/status.h -- what a function that can fail returns.
 *
 * Seven values, each with one exit code (til_status_exit_code): a pipeline may retry an
 * environment failure (4) and must not retry wrong data (3).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_STATUS_H
#define TILSEQ_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TIL_MUST_USE                      __attribute__((warn_unused_result))
#define TIL_PRINTF(format_arg, first_arg) __attribute__((format(printf, format_arg, first_arg)))
#else
#define TIL_MUST_USE
#define TIL_PRINTF(format_arg, first_arg)
#endif

typedef enum {
    TIL_OK = 0,
    TIL_EUSAGE,   /* the command line or an argument by the caller: exit 2           */
    TIL_EINPUT,   /* the data are malformed, truncated or inconsistent: exit 3       */
    TIL_ENUMERIC, /* sound data for which the method has no answer: exit 3           */
    TIL_EIO,      /* a file is missing, unreadable, or a write failed: exit 4        */
    TIL_ENOMEM,   /* out of memory: exit 4                                           */
    TIL_EINTERNAL /* an internal check failed, a bug in tilseq: exit 70              */
} til_status_t;

/* The exit code of the program for `status`: 0, 2, 3, 4 or 70. */
int til_status_exit_code(til_status_t status);

#ifdef __cplusplus
}
#endif
#endif
