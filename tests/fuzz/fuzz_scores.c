/* fuzz_scores.c -- files of scores: the table, and the grammar of the definitions. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "tasks/shipped.h"
#include "score/definition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_text_t text;
    til_score_rows_t rows;
    til_genesets_t none = { 0 };

    if (til_text_from_bytes(&ctx, "fuzz", data, size, &text) != TIL_OK) return 0;
    if (til_score_rows_read(&ctx, &text, TIL_SPECIES_UNKNOWN, &rows) == TIL_OK) {
        for (size_t i = 0; i < rows.n; i++) {
            til_score_parsed_t parsed;
            til_ctx_forgive(&ctx);
            (void)!til_score_parse(&ctx, &rows.defs[i], "fuzz", &none, &parsed);
            til_score_parsed_clear(&parsed);
        }
        til_score_rows_clear(&rows);
    }
    til_text_clear(&text);
    return 0;
}
