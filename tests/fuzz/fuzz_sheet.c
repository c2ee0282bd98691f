/* fuzz_sheet.c -- sample sheets, gene name tables and result tables: all split by io/text/tsv.c. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "io/text/cls.h"
#include "io/text/genes_tsv.h"
#include "io/text/sheet_tsv.h"
#include "io/text/table_tsv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int kind = 0; kind < 4; kind++) {
        til_ctx_t ctx = TIL_CTX_INIT;
        til_text_t text;
        til_sheet_t sheet = { 0 };
        til_gene_names_t genes = { 0 };
        til_table_t table = { 0 };
        char a[] = "a", b[] = "b";
        char *samples[] = { a, b };
        til_status_t status;
        if (til_text_from_bytes(&ctx, "fuzz", data, size, &text) != TIL_OK) return 0;
        if (kind == 0) status = til_sheet_read(&ctx, &text, false, &sheet);
        else if (kind == 1) status = til_gene_names_read(&ctx, &text, &genes);
        else if (kind == 2) status = til_table_read(&ctx, &text, &table);
        else status = til_cls_read(&ctx, &text, samples, 2, &sheet);
        if (status == TIL_OK) {
            til_sheet_clear(&sheet);
            if (kind == 1) til_gene_names_clear(&genes);
            til_table_clear(&table);
        }
        til_text_clear(&text);
    }
    return 0;
}
