/* fuzz_quant_table.c -- quantifications of salmon, kallisto, RSEM, STAR and htseq. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "io/text/quant_dir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_quant_table_t table;
    til_text_t text;

    if (til_text_from_bytes(&ctx, "S1/quant.sf", data, size, &text) != TIL_OK) return 0;
    if (til_quant_table_parse(&ctx, &text, &table) == TIL_OK) til_quant_table_clear(&table);
    return 0;
}
