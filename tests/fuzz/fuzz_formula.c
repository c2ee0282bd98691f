/* fuzz_formula.c -- formulas, and the designs of those that are ones. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tilseq/design.h>

#include "design/rank.h"
#include "support/fuzz_sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char sheet_text[] = "sample\ta\tb\tc\tx\tmy var\n"
                                 "S1\tA\tu\t1\t0."
                                 "5\tp\nS2\tB\tv\t2\t1\tq\nS3\tA\tw\t1\t2\tp\nS4\tB\tu\t2\t3\tq\nS5"
                                 "\tA\tv\t3\t1\tp\nS6\tB\tw\t3\t2\tp\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_typing_t typing = { 0 };
    til_formula_t formula;
    til_design_t design;
    til_rank_t rank;
    char *text = malloc(size + 1);

    if (text == NULL) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (til_formula_parse(&ctx, text, &formula) == TIL_OK) {
        til_sheet_t sheet = fuzz_sheet(sheet_text);
        if (til_design_build(&ctx, &sheet, text, &typing, &design) == TIL_OK) {
            if (design.n_coef < 500 && til_rank_analyse(&ctx, &design, &rank) == TIL_OK)
                til_rank_clear(&rank);
            til_design_clear(&design);
        }
        til_sheet_clear(&sheet);
        til_formula_clear(&formula);
    }
    free(text);
    return 0;
}
