/* fuzz_rnk.c -- ranked genes: what is read is finite, named and unique. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "io/text/rnk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_text_t text;
    til_ranking_t ranks;

    if (til_text_from_bytes(&ctx, "fuzz", data, size, &text) != TIL_OK) return 0;
    if (til_rnk_read(&ctx, &text, &ranks) == TIL_OK) {
        for (size_t i = 0; i < ranks.n_genes; i++)
            if (!isfinite(ranks.stats[i]) || ranks.genes[i][0] == '\0') abort();
        til_ranking_clear(&ranks);
    }
    til_text_clear(&text);
    return 0;
}
