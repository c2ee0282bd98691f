/* set_tests.c -- set tests that compare samples: from counts, a sheet and a design to tables. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "de/limma.h"
#include "genes/gene_index.h"
#include "tasks/groups.h"
#include "tasks/set_tests.h"

/* What was read, and the tables so far. */
typedef struct {
    const til_set_test_source_t *source;
    const til_gsea_method_t *method;
    const til_genesets_t *sets;
    til_gsea_options_t options;
    til_matrix_t counts;
    til_sheet_t sheet;
    til_gene_ids_t ids;
    size_t n_tables;
    til_table_t *table; /* one per contrast                                        */
    const char **contrast;
    til_table_t *coverage;
} session_t;

/* ---- one table of all contrasts --------------------------------------------------------------- */

static til_status_t copy_column(til_ctx_t *ctx, const session_t *s, size_t c, til_table_t *out)
{
    const til_column_t *like = &s->table[0].columns[c];
    til_status_t status = TIL_OK;
    size_t column = 0, row = 0;
    double *number = NULL;

    if (like->type == TIL_COLUMN_NUMBER)
        TIL_TRY(til_table_add_number(ctx, out, like->name, like->about, &number));
    else TIL_TRY(til_table_add_text(ctx, out, like->name, like->about, &column));
    for (size_t t = 0; t < s->n_tables; t++) {
        const til_column_t *from = &s->table[t].columns[c];
        for (size_t i = 0; i < s->table[t].n_rows; i++, row++) {
            if (number != NULL) number[row] = from->number[i];
            else if (from->text[i] != NULL)
                TIL_TRY(til_table_set_text(ctx, out, column, row, from->text[i]));
        }
    }
done:
    return status;
}

static til_status_t join(til_ctx_t *ctx, const session_t *s, til_table_t *out)
{
    til_status_t status = TIL_OK;
    size_t n = 0, column, row = 0;

    for (size_t t = 0; t < s->n_tables; t++) n += s->table[t].n_rows;
    TIL_TRY(til_table_init(ctx, n, out));
    for (size_t c = 0; c < s->table[0].n_cols; c++) TIL_TRY(copy_column(ctx, s, c, out));
    TIL_TRY(til_table_add_text(ctx, out, "contrast", "what is compared", &column));
    for (size_t t = 0; t < s->n_tables; t++)
        for (size_t i = 0; i < s->table[t].n_rows; i++)
            TIL_TRY(til_table_set_text(ctx, out, column, row++, s->contrast[t]));
done:
    if (status != TIL_OK) til_table_clear(out);
    return status;
}

/* ---- one contrast ----------------------------------------------------------------------------- */

/* The genes of the fit with their moderated t: what the sets are matched to. */
static til_status_t rank_genes(til_ctx_t *ctx, const til_matrix_t *counts,
                               const til_set_effects_t *effects, til_ranking_t *out)
{
    til_status_t status = TIL_OK;
    til_gene_rows_t rows = til_matrix_gene_rows(counts);
    double *t = til_array(counts->n_rows, sizeof *t);

    *out = (til_ranking_t){ 0 };
    if (t == NULL) return til_no_memory(ctx, counts->n_rows, "statistics");
    TIL_TRY(til_gsea_moderated_t(ctx, effects, t));
    TIL_TRY(til_ranking_init(ctx, counts->n_rows, counts->origin, out));
    for (size_t g = 0; g < counts->n_rows; g++)
        TIL_TRY(til_ranking_set(ctx, out, g, til_gene_row_name(&rows, g), t[g]));
done:
    free(t);
    if (status != TIL_OK) til_ranking_clear(out);
    return status;
}

static til_status_t test_contrast(til_ctx_t *ctx, session_t *s, const til_matrix_t *counts,
                                  const til_set_values_t *values, const til_contrast_t *contrast)
{
    til_status_t status = TIL_OK;
    til_set_values_t of_contrast = *values;
    til_set_effects_t effects = { 0 };
    til_ranking_t ranking = { 0 };
    bool is_first = s->n_tables == 0;

    of_contrast.contrast = contrast->weights;
    TIL_TRY(til_gsea_effects(ctx, &of_contrast, &effects));
    TIL_TRY(rank_genes(ctx, counts, &effects, &ranking));
    s->options.effects = &effects;
    TIL_TRY(til_gsea_run(ctx, s->method, &ranking, NULL, s->sets, &s->options,
                         &s->table[s->n_tables], is_first ? s->coverage : NULL));
    s->contrast[s->n_tables++] = contrast->id;

done:
    til_ranking_clear(&ranking);
    til_gsea_effects_clear(&effects);
    return status;
}

/* ---- one design ------------------------------------------------------------------------------- */

static til_status_t find_blocks(til_ctx_t *ctx, const session_t *s, const til_design_t *design,
                                size_t *block, til_de_input_t *input)
{
    til_status_t status = TIL_OK;
    til_sheet_t rows = { 0 };

    if (s->source->block == NULL) return TIL_OK;
    TIL_TRY(til_sheet_select(ctx, &s->sheet, design->rows, design->n_samples, &rows));
    TIL_TRY(til_sheet_groups(ctx, &rows, s->source->block, "--block", block, &input->n_blocks));
    input->block = block;
done:
    til_sheet_clear(&rows);
    return status;
}

static til_status_t test_question(til_ctx_t *ctx, session_t *s, const til_question_t *question)
{
    til_status_t status = TIL_OK;
    const til_design_t *design = &question->design;
    til_de_input_t input = TIL_DE_INPUT_INIT;
    til_matrix_t counts = { 0 };
    til_moderated_run_t fit = { 0 };
    til_blocks_t blocks = { 0 };
    til_voom_t voom = { 0 };
    size_t n = design->n_samples, *block = til_array(n, sizeof *block);
    double *sample_weights = til_array(n, sizeof *sample_weights);

    if (block == NULL || sample_weights == NULL) TIL_TRY(til_no_memory(ctx, n, "samples"));
    TIL_TRY(til_matrix_select(ctx, &s->counts, NULL, 0, design->rows, n, &counts));
    input.counts = &counts;
    input.design = design;
    TIL_TRY(find_blocks(ctx, s, design, block, &input));
    TIL_TRY(til_moderated_run_init(ctx, &input, &fit));
    if (s->source->sample_weights)
        TIL_TRY(til_moderated_run_voom_qw(ctx, &fit, &voom, sample_weights));
    else TIL_TRY(til_moderated_run_voom(ctx, &fit, &blocks, &voom));
    til_set_values_t values = { .n_genes = voom.n_genes,
                                .e = voom.e,
                                .weights = voom.weights,
                                .sample_weights = s->source->sample_weights ? sample_weights : NULL,
                                .design = design,
                                .block = input.block,
                                .correlation = fit.correlation,
                                .trend = s->source->trend,
                                .robust = s->source->robust };
    for (size_t c = 0; c < question->n_contrasts; c++)
        TIL_TRY(test_contrast(ctx, s, &fit.counts, &values, &question->contrasts[c]));

done:
    til_voom_clear(&voom);
    til_moderated_run_clear(&fit);
    til_blocks_clear(&blocks);
    til_matrix_clear(&counts);
    free(block);
    free(sample_weights);
    return status;
}

/* ---- the task --------------------------------------------------------------------------------- */

static til_status_t load(til_ctx_t *ctx, til_job_t *job, session_t *s)
{
    til_status_t status = TIL_OK;
    const til_set_test_source_t *source = s->source;
    til_species_t species;

    TIL_TRY(til_load_samples(ctx, job, source->counts, source->samples,
                             source->input->round ? TIL_VALUES_WHOLE : TIL_VALUES_COUNTS,
                             source->input, &s->counts, &s->sheet));
    TIL_TRY(til_check_depth(ctx, &s->counts));
    TIL_TRY(til_check_twins(ctx, &s->counts, false));
    til_gene_rows_t rows = til_matrix_gene_rows(&s->counts);
    TIL_TRY(til_species_of(ctx, source->species, &rows, &species));
    TIL_TRY(til_shipped_ids(ctx, species, &s->ids));
    TIL_TRY(til_name_rows(ctx, species, &s->ids, s->sets, &s->counts));
    s->options.gene_ids = &s->ids;
done:
    return status;
}

til_status_t til_test_sets_of_samples(til_ctx_t *ctx, til_job_t *job,
                                      const til_set_test_source_t *source,
                                      const til_gsea_method_t *method, const til_genesets_t *sets,
                                      const til_gsea_options_t *options, til_table_t *out,
                                      til_table_t *coverage)
{
    til_status_t status = TIL_OK;
    session_t s = {
        .source = source, .method = method, .sets = sets, .options = *options, .coverage = coverage
    };
    til_questions_t questions = { 0 };
    size_t n_contrasts = 0;

    *out = *coverage = (til_table_t){ 0 };
    TIL_TRY(load(ctx, job, &s));
    TIL_TRY(til_ask(ctx, job, source->asked, &s.sheet, &questions));
    for (size_t q = 0; q < questions.n_questions; q++)
        n_contrasts += questions.questions[q].n_contrasts;
    if (n_contrasts == 0)
        TIL_TRY(
            til_fail(ctx, TIL_EUSAGE,
                     "-c CONTRAST is missing: what is to be compared? `tilseq design` shows the "
                     "coefficients"));
    TIL_TRY(til_ask_check(ctx, &questions));
    s.table = til_array_zero(n_contrasts, sizeof *s.table);
    s.contrast = til_array_zero(n_contrasts, sizeof *s.contrast);
    if (s.table == NULL || s.contrast == NULL)
        TIL_TRY(til_no_memory(ctx, n_contrasts, "contrasts"));
    for (size_t q = 0; q < questions.n_questions; q++)
        TIL_TRY(test_question(ctx, &s, &questions.questions[q]));
    TIL_TRY(join(ctx, &s, out));

done:
    for (size_t t = 0; t < s.n_tables; t++) til_table_clear(&s.table[t]);
    free(s.table);
    free(s.contrast);
    til_questions_clear(&questions);
    til_gene_ids_clear(&s.ids);
    til_sheet_clear(&s.sheet);
    til_matrix_clear(&s.counts);
    if (status != TIL_OK) til_table_clear(coverage);
    return status;
}
