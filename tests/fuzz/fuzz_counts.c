/* fuzz_counts.c -- count tables in tilseq count's own layout, and summaries. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "io/text/counts_tsv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_counts_tsv_t table, again;
    til_counts_summary_t summary;
    til_text_t text;

    if (til_text_from_bytes(&ctx, "S1.counts.tsv", data, size, &text) != TIL_OK) return 0;
    if (til_counts_tsv_head(&ctx, &text, &table) == TIL_OK) {
        if (table.is_own && til_counts_tsv_rows(&ctx, &text, NULL, &table) == TIL_OK &&
            til_counts_tsv_head(&ctx, &text, &again) == TIL_OK) {
            /* a table has its own rows */
            if (til_counts_tsv_rows(&ctx, &text, &table, &again) != TIL_OK) __builtin_trap();
            til_counts_tsv_clear(&again);
        }
        til_counts_tsv_clear(&table);
    }
    til_ctx_forgive(&ctx);
    if (til_counts_summary_parse(&ctx, &text, &summary) == TIL_OK)
        til_counts_summary_clear(&summary);
    til_text_clear(&text);
    return 0;
}
