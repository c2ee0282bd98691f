/* fuzz_sheet.h -- a sample sheet for fuzz targets, from TSV text that is known to be good. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TEST_FUZZ_SHEET_H
#define TIL_TEST_FUZZ_SHEET_H

#include <stdlib.h>
#include <string.h>

#include "io/text/sheet_tsv.h"

static inline til_sheet_t fuzz_sheet(const char *tsv)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_text_t text;
    til_sheet_t sheet;

    if (til_text_from_bytes(&ctx, "sheet", tsv, strlen(tsv), &text) != TIL_OK) abort();
    if (til_sheet_read(&ctx, &text, false, &sheet) != TIL_OK) abort();
    til_text_clear(&text);
    return sheet;
}

#endif
