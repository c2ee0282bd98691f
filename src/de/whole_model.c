/* whole_model.c -- one table for a test of several effects at once. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "de/whole_model.h"

static bool says_separated(const til_table_t *table, size_t g)
{
    const char *status = til_table_column(table, "status")->text[g];
    return status != NULL && strstr(status, "separated") != NULL;
}

static til_status_t take_status(til_ctx_t *ctx, const til_de_result_t *result, til_table_t *to)
{
    size_t column = (size_t)(til_table_column(to, "status") - to->columns);

    for (size_t g = 0; g < to->n_rows; g++)
        for (size_t c = 1; c < result->n_contrasts && !says_separated(to, g); c++) {
            if (!says_separated(&result->contrasts[c], g)) continue;
            til_status_t status = til_table_set_text(
                ctx, to, column, g, til_table_column(&result->contrasts[c], "status")->text[g]);
            if (status != TIL_OK) return status;
        }
    return TIL_OK;
}

static til_status_t add_effects(til_ctx_t *ctx, const til_de_input_t *input,
                                const til_de_result_t *result, til_table_t *to)
{
    til_status_t status = TIL_OK;
    til_strbuf_t name = { 0 };

    for (size_t c = 0; c < result->n_contrasts; c++) {
        double *effect;
        til_strbuf_reset(&name);
        til_strbuf_printf(&name, "log2FC_%s", input->contrasts[c].id);
        if (name.failed) TIL_TRY(til_no_memory(ctx, 1, "name"));
        TIL_TRY(til_table_add_number(ctx, to, til_strbuf_text(&name), "estimate, log2", &effect));
        memcpy(effect, til_table_column(&result->contrasts[c], "log2FoldChange")->number,
               to->n_rows * sizeof *effect);
    }
done:
    til_strbuf_clear(&name);
    return status;
}

til_status_t til_de_join_effects(til_ctx_t *ctx, const til_de_input_t *input,
                                 til_de_result_t *result)
{
    static const char *const of_one[] = { "log2FoldChange", "lfcSE", "ci_low", "ci_high", "df" };
    til_status_t status = TIL_OK;
    til_table_t *first = result->contrasts;

    if (result->n_contrasts < 2) return TIL_OK;
    TIL_TRY(take_status(ctx, result, first));
    TIL_TRY(add_effects(ctx, input, result, first));
    for (size_t i = 0; i < sizeof of_one / sizeof *of_one; i++) {
        double *value = til_table_column(first, of_one[i])->number;
        for (size_t g = 0; g < first->n_rows; g++) value[g] = NAN;
    }
    while (result->n_contrasts > 1) til_table_clear(&result->contrasts[--result->n_contrasts]);
done:
    return status;
}

til_status_t til_de_whole_contrast(til_ctx_t *ctx, const til_de_input_t *input, til_contrast_t *out)
{
    size_t p = input->design->n_coef;

    *out = (til_contrast_t){ .weights = til_array_zero(p, sizeof *out->weights) };
    if (out->weights == NULL) return til_no_memory(ctx, p, "weights");
    for (size_t c = 0; c < input->n_contrasts; c++)
        for (size_t j = 0; j < p; j++) out->weights[j] += fabs(input->contrasts[c].weights[j]);
    return TIL_OK;
}
