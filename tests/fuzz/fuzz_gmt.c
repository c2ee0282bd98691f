/* fuzz_gmt.c -- gene set files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "io/text/gmt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_text_t text;
    til_genesets_t sets;

    if (til_text_from_bytes(&ctx, "fuzz", data, size, &text) != TIL_OK) return 0;
    if (til_gmt_read(&ctx, &text, &sets) == TIL_OK) til_genesets_clear(&sets);
    til_text_clear(&text);
    return 0;
}
