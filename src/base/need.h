/* need.h -- what a public function may not be called without. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_NEED_H
#define TIL_BASE_NEED_H

#include <tilseq/context.h>

/* Returns TIL_EUSAGE from the function when `argument` is NULL. */
#define TIL_NEED(ctx, argument)                                                                    \
    do {                                                                                           \
        if ((argument) == NULL)                                                                    \
            return til_fail((ctx), TIL_EUSAGE, "%s: %s is NULL: it must be given", __func__,       \
                            #argument);                                                            \
    } while (0)

#endif
