/* fuzz_contrasts_file.c -- nf-core's files of contrasts: CSV, TSV, YAML. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "io/text/contrasts_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_contrast_specs_t specs = { 0 };
    til_text_t text;

    if (til_text_from_bytes(&ctx, "fuzz", data, size, &text) != TIL_OK) return 0;
    if (til_contrasts_read(&ctx, &text, &specs) != TIL_OK && ctx.message[0] == '\0')
        __builtin_trap();
    til_contrast_specs_clear(&specs);
    til_text_clear(&text);
    return 0;
}
