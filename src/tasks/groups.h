/* groups.h -- samples grouped by a column of the sheet. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_GROUPS_H
#define TIL_TASKS_GROUPS_H

#include <stddef.h>
#include <tilseq/design.h>

/* group[s]: the number, from 0 in order of appearance, of the text in `column` of sample s.
 *
 *   option   for messages: "--filter"
 *
 * TIL_EINPUT when there is no such column or a cell of it is empty. */
TIL_MUST_USE
til_status_t til_sheet_groups(til_ctx_t *ctx, const til_sheet_t *sheet, const char *column,
                              const char *option, size_t *group, size_t *n_groups);

#endif
