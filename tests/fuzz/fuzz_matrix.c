/* fuzz_matrix.c -- count matrices in every layout. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "io/text/matrix_tsv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int values = 0; values < 3; values++) {
        til_ctx_t ctx = TIL_CTX_INIT;
        til_matrix_reading_t how = { .values = (til_values_t)values,
                                     .round = values == 0,
                                     .sum_duplicates = values == 1 };
        til_text_t text;
        til_matrix_t m;
        if (til_text_from_bytes(&ctx, "fuzz", data, size, &text) != TIL_OK) return 0;
        if (til_matrix_read(&ctx, &text, &how, &m) == TIL_OK) til_matrix_clear(&m);
        til_text_clear(&text);
    }
    return 0;
}
