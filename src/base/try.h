/* try.h -- pass a failure up to the one `done:` of the function. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_TRY_H
#define TIL_BASE_TRY_H

/* Needs a local `til_status_t status` and a label `done`. */
#define TIL_TRY(call)                                                                              \
    do {                                                                                           \
        status = (call);                                                                           \
        if (status != TIL_OK) goto done;                                                           \
    } while (0)

#endif
