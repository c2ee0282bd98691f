/* fuzz_contrast.c -- the text after -c. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tilseq/design.h>

#include "support/fuzz_sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char sheet_text[] = "sample\tarm\ttime\tage\tmy var\n"
                                 "S1\tR\tpre\t1\tp:1\nS2\tNR\ton\t2\tq=2\nS3\tR\ton\t3\tp:"
                                 "1\nS4\tNR\tpre\t4\tq=2\nS5\tR\ton\t3\tq=2\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_typing_t typing = { 0 };
    til_sheet_t sheet = fuzz_sheet(sheet_text);
    til_design_t design;
    til_contrast_t contrast;
    til_contrast_spec_t spec = { .text = malloc(size + 1) };

    if (spec.text != NULL &&
        til_design_build(&ctx, &sheet, "~ arm*time + age + `my var`", &typing, &design) == TIL_OK) {
        memcpy(spec.text, data, size);
        spec.text[size] = '\0';
        if (til_contrast_resolve(&ctx, &spec, &sheet, &design, &contrast) == TIL_OK)
            til_contrast_clear(&contrast);
        til_design_clear(&design);
    }
    free(spec.text);
    til_sheet_clear(&sheet);
    return 0;
}
