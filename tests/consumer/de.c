/* de.c -- differential expression of a matrix file through the installed library.
 *
 *     de COUNTS SAMPLES FORMULA CONTRAST OUT.tsv
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tilseq/tilseq.h>

#define TRY(call)                                                                                  \
    do {                                                                                           \
        status = (call);                                                                           \
        if (status != TIL_OK) goto done;                                                           \
    } while (0)

/* The columns of the matrix in the order of the sheet, by name. */
static til_status_t in_order(til_ctx_t *ctx, const til_matrix_t *all, const til_sheet_t *sheet,
                             til_matrix_t *out)
{
    size_t *column = malloc(sheet->n_samples * sizeof *column);

    if (column == NULL) return til_fail(ctx, TIL_ENOMEM, "out of memory");
    for (size_t s = 0; s < sheet->n_samples; s++) {
        size_t c = 0;
        while (c < all->n_cols && strcmp(all->col_names[c], sheet->samples[s]) != 0) c++;
        if (c == all->n_cols) {
            free(column);
            return til_fail(ctx, TIL_EINPUT, "sample %s has no counts", sheet->samples[s]);
        }
        column[s] = c;
    }
    til_status_t status = til_matrix_select(ctx, all, NULL, 0, column, sheet->n_samples, out);
    free(column);
    return status;
}

int main(int argc, char **argv)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_status_t status = TIL_EUSAGE;
    til_matrix_t all = { 0 }, counts = { 0 };
    til_sheet_t sheet = { 0 };
    til_design_t design = { 0 };
    til_contrast_t contrast = { 0 };
    til_de_input_t input = TIL_DE_INPUT_INIT;
    til_de_result_t result = { 0 };
    const til_typing_t typing = { 0 };

    if (argc != 6) goto done;
    const til_contrast_spec_t spec = { .text = argv[4], .where = (char[]){ "" } };
    TRY(til_io_read_matrix(&ctx, argv[1], &(til_matrix_reading_t){ .values = TIL_VALUES_WHOLE },
                           &all));
    TRY(til_io_read_sheet(&ctx, argv[2], &sheet));
    TRY(in_order(&ctx, &all, &sheet, &counts));
    TRY(til_design_build(&ctx, &sheet, argv[3], &typing, &design));
    TRY(til_contrast_resolve(&ctx, &spec, &sheet, &design, &contrast));
    input.counts = &counts;
    input.design = &design;
    input.contrasts = &contrast;
    input.n_contrasts = 1;
    TRY(til_de_run(&ctx, til_de_find("deseq2"), &input, &result));
    TRY(til_io_write_table(&ctx, argv[5], &result.contrasts[0]));
done:
    if (status != TIL_OK) fprintf(stderr, "%s: %s\n", argv[0], ctx.message);
    til_de_result_clear(&result);
    til_contrast_clear(&contrast);
    til_design_clear(&design);
    til_sheet_clear(&sheet);
    til_matrix_clear(&counts);
    til_matrix_clear(&all);
    return til_status_exit_code(status);
}
