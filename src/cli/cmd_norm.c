/* cmd_norm.c -- tilseq norm: counts in, factors or values on another scale out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <tilseq/norm.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "base/words.h"
#include "cli/commands.h"
#include "cli/input_options.h"
#include "tasks/groups.h"
#include "tasks/inputs.h"
#include "tasks/lengths.h"
#include "io/text/matrix_tsv.h"
#include "io/text/table_tsv.h"
#include "norm/filter_expr.h"
#include "norm/pca.h"

/* What is written: the factors, or a scale of the same name. */
typedef enum { TO_FACTORS, TO_NORMALIZED, TO_CPM, TO_LOGCPM, TO_TPM, TO_VST } to_t;
TIL_STATIC_WORDS(to_words, TO_VST + 1, [TO_FACTORS] = "factors", [TO_NORMALIZED] = "normalized",
                 [TO_CPM] = "cpm", [TO_LOGCPM] = "logcpm", [TO_TPM] = "tpm", [TO_VST] = "vst");

typedef struct {
    to_t to;
    const char *method, *samples, *filter, *design, *lengths, *output, *pca;
    double prior_count;
    bool list_methods;
    til_input_args_t input;
    til_common_t common;
} norm_args_t;

#define DEFAULT_PRIOR_COUNT 2

static const norm_args_t defaults = { .method = "median-ratio",
                                      .to = TO_FACTORS,
                                      .filter = "none",
                                      .prior_count = DEFAULT_PRIOR_COUNT,
                                      .output = "-" };

static const til_opt_t options[] = {
    { 'm', "method", TIL_OPT_TEXT, offsetof(norm_args_t, method), "NAME", 0, 0,
      "how to compare sequencing depths; see --list-methods" },
    TIL_CHOICE(0, "to", norm_args_t, to, &to_words,
               "what to write: a row per sample, or the matrix on another scale"),
    { 0, "samples", TIL_OPT_FILE, offsetof(norm_args_t, samples), "SAMPLES", 0, 0,
      "sample sheet: its samples, in its order" },
    { 0, "filter", TIL_OPT_TEXT, offsetof(norm_args_t, filter), "none|expr|expr:VARIABLE", 0, 0,
      "first leave out genes that too few samples express (filterByExpr), by --design or by the "
      "groups of a column of SAMPLES" },
    { 0, "design", TIL_OPT_TEXT, offsetof(norm_args_t, design), "FORMULA", 0, 0,
      "the design that --filter expr looks at; without it all samples are one group" },
    { 0, "prior-count", TIL_OPT_NUMBER, offsetof(norm_args_t, prior_count), "F", 0, 1e6,
      "logcpm: counts added to each, in proportion to the library size" },
    { 0, "lengths", TIL_OPT_FILE, offsetof(norm_args_t, lengths), "FILE", 0, 0,
      "tpm: lengths of the genes, one column for all samples or one for each" },
    { 0, "list-methods", TIL_OPT_FLAG, offsetof(norm_args_t, list_methods), NULL, 0, 0,
      "print the methods and their references" },
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(norm_args_t, output), "FILE", 0, 0,
      "write to FILE, - for standard output; a matrix named .gct is written as GCT 1.2" },
    { 0, "pca", TIL_OPT_OUTPUT, offsetof(norm_args_t, pca), "FILE.tsv", 0, 0,
      "vst, logcpm: also write the principal components of the samples, over the 500 genes of "
      "largest variance, and FILE.variance.tsv" },
    TIL_GENES_OPTION(norm_args_t),
    TIL_SAMPLE_OPTIONS(norm_args_t),
    TIL_COUNT_OPTIONS(norm_args_t),
    TIL_COMMON_OPTIONS(norm_args_t)
};

static const char GROUPS_OF[] = "expr:";

/* The column whose levels are the groups of the filter, or NULL. */
static const char *filter_column(const norm_args_t *args)
{
    size_t n = strlen(GROUPS_OF);
    return strncmp(args->filter, GROUPS_OF, n) == 0 ? args->filter + n : NULL;
}

/* Wishes that cannot all be met, or that nothing would look at. */
static til_status_t check(til_ctx_t *ctx, const norm_args_t *args)
{
    const char *column = filter_column(args);
    bool by_expression = strcmp(args->filter, "expr") == 0;

    if (strcmp(args->filter, "none") != 0 && !by_expression && (column == NULL || *column == '\0'))
        return til_fail(ctx, TIL_EUSAGE, "--filter: '%s' is not none, expr or expr:VARIABLE",
                        args->filter);
    if (args->design != NULL && !by_expression)
        return til_fail(ctx, TIL_EUSAGE, "--design: only --filter expr uses it");
    if (args->samples == NULL && (args->design != NULL || column != NULL))
        return til_fail(ctx, TIL_EUSAGE, "%s: needs the sample sheet: --samples SAMPLES",
                        column != NULL ? "--filter" : "--design");
    if (args->samples == NULL &&
        (args->input.include.n > 0 || args->input.exclude.n > 0 || args->input.subset))
        return til_fail(ctx, TIL_EUSAGE,
                        "--include, --exclude and --subset need the sample sheet: "
                        "--samples SAMPLES");
    if (args->lengths != NULL && args->to != TO_TPM)
        return til_fail(ctx, TIL_EUSAGE, "--lengths: only --to tpm uses it");
    if (args->prior_count != DEFAULT_PRIOR_COUNT && args->to != TO_LOGCPM)
        return til_fail(ctx, TIL_EUSAGE, "--prior-count: only --to logcpm uses it");
    if (args->pca != NULL && args->to != TO_VST && args->to != TO_LOGCPM)
        return til_fail(ctx, TIL_EUSAGE,
                        "--pca: needs values on a log-like scale, --to vst or logcpm");
    return TIL_OK;
}

/* Says which genes --filter keeps. */
static til_status_t choose_genes(til_ctx_t *ctx, const norm_args_t *args,
                                 const til_matrix_t *counts, const til_sheet_t *sheet, bool *keep)
{
    til_status_t status = TIL_OK;
    til_design_t design = { 0 };
    size_t *group = til_array_zero(counts->n_cols, sizeof *group), n_groups = 1;

    if (group == NULL) TIL_TRY(til_no_memory(ctx, counts->n_cols, "samples"));
    if (args->design != NULL) {
        const til_typing_t typing = { 0 };
        TIL_TRY(til_design_build(ctx, sheet, args->design, &typing, &design));
        TIL_TRY(til_filter_by_design(ctx, counts, &design, keep));
        goto done;
    }
    if (filter_column(args) != NULL)
        TIL_TRY(til_sheet_groups(ctx, sheet, filter_column(args), "--filter", group, &n_groups));
    TIL_TRY(til_filter_by_group(ctx, counts, group, n_groups, keep));

done:
    free(group);
    til_design_clear(&design);
    return status;
}

static til_status_t filter(til_ctx_t *ctx, const norm_args_t *args, const til_sheet_t *sheet,
                           til_matrix_t *counts)
{
    til_status_t status = TIL_OK;
    size_t n_genes = counts->n_rows, n = 0;
    bool *keep = til_array(n_genes, sizeof *keep);
    size_t *rows = til_array(n_genes, sizeof *rows);
    til_matrix_t kept = { 0 };

    if (keep == NULL || rows == NULL) TIL_TRY(til_no_memory(ctx, n_genes, "genes"));
    TIL_TRY(choose_genes(ctx, args, counts, sheet, keep));
    for (size_t g = 0; g < n_genes; g++)
        if (keep[g]) rows[n++] = g;
    if (n == 0)
        TIL_TRY(til_fail(ctx, TIL_ENUMERIC, "%s: no gene passes --filter %s", counts->origin,
                         args->filter));
    TIL_TRY(til_matrix_select(ctx, counts, rows, n, NULL, 0, &kept));
    til_say(ctx, TIL_LOG_STAGE, "--filter %s keeps %zu of %zu genes", args->filter, n, n_genes);
    til_matrix_clear(counts);
    *counts = kept;

done:
    free(rows);
    free(keep);
    return status;
}

static til_status_t load(til_ctx_t *ctx, til_job_t *job, const norm_args_t *args,
                         til_matrix_t *counts)
{
    til_status_t status = TIL_OK;
    til_sheet_t sheet = { 0 };
    /* a negative binomial is fitted to whole numbers only */
    til_values_t values = args->to == TO_VST || args->input.round ? TIL_VALUES_WHOLE
                                                                  : TIL_VALUES_COUNTS;

    if (args->samples != NULL)
        TIL_TRY(til_load_samples(ctx, job, job->operands[0], args->samples, values, &args->input,
                                 counts, &sheet));
    else TIL_TRY(til_load_matrix(ctx, job, job->operands[0], values, &args->input, counts));
    TIL_TRY(til_check_depth(ctx, counts));
    TIL_TRY(til_check_twins(ctx, counts, false));
    if (strcmp(args->filter, "none") != 0) TIL_TRY(filter(ctx, args, &sheet, counts));

done:
    til_sheet_clear(&sheet);
    return status;
}

static void write_factors(til_out_t *out, const til_norm_method_t *method,
                          const til_matrix_t *counts, const til_norm_t *norm)
{
    til_out_text(out, method->is_size_factor ? "sample\tsize_factor\n"
                                             : "sample\tlib_size\tnorm_factor\n");
    for (size_t s = 0; s < counts->n_cols; s++) {
        til_out_text(out, counts->col_names[s]);
        til_out_char(out, '\t');
        if (method->is_size_factor) {
            til_out_number(out, norm->size_factor[s]);
        } else {
            til_out_number(out, norm->lib_size[s]);
            til_out_char(out, '\t');
            til_out_number(out, norm->norm_factor[s]);
        }
        til_out_char(out, '\n');
    }
}

static til_status_t write_table(til_ctx_t *ctx, til_job_t *job, const char *path,
                                const til_table_t *table)
{
    til_out_t *out;
    til_status_t status = til_job_open(ctx, job, path, &out);

    if (status != TIL_OK) return status;
    til_job_provenance(job, out);
    til_table_write(out, table);
    return til_out_close(ctx, out);
}

/* The components at `path`, their shares of the variance at <path without .tsv>.variance.tsv. */
static til_status_t write_pca(til_ctx_t *ctx, til_job_t *job, const char *path,
                              const til_matrix_t *values)
{
    enum { N_TOP = 500, N_COMPONENTS = 8 };
    double percent[N_COMPONENTS], *share;
    til_table_t scores = { 0 }, variance = { 0 };
    til_strbuf_t name = { 0 };
    size_t n = strlen(path), column;
    til_status_t status;

    TIL_TRY(til_pca(ctx, values, N_TOP, N_COMPONENTS, &scores, percent));
    TIL_TRY(write_table(ctx, job, path, &scores));
    TIL_TRY(til_table_init(ctx, scores.n_cols - 1, &variance));
    TIL_TRY(til_table_add_text(ctx, &variance, "component", "", &column));
    TIL_TRY(til_table_add_number(ctx, &variance, "percent", "of the variance", &share));
    for (size_t k = 0; k < variance.n_rows; k++) {
        share[k] = percent[k];
        TIL_TRY(til_table_set_text(ctx, &variance, column, k, scores.columns[k + 1].name));
    }
    if (n > 4 && strcmp(path + n - 4, ".tsv") == 0) n -= 4;
    til_strbuf_add_n(&name, path, n);
    til_strbuf_add(&name, ".variance.tsv");
    if (name.failed) status = til_no_memory(ctx, n, "bytes");
    else status = write_table(ctx, job, name.text, &variance);
done:
    til_strbuf_clear(&name);
    til_table_clear(&variance);
    til_table_clear(&scores);
    return status;
}

static til_status_t list_methods(til_ctx_t *ctx, til_job_t *job, const char *path)
{
    til_out_t *out;
    til_status_t status = til_job_open(ctx, job, path, &out);

    if (status != TIL_OK) return status;
    for (size_t i = 0; til_norm_methods[i] != NULL; i++)
        til_out_printf(out, "%-14s %s\n%-14s %s\n", til_norm_methods[i]->name,
                       til_norm_methods[i]->summary, "", til_norm_methods[i]->reference);
    return til_out_close(ctx, out);
}

static bool is_gct(const char *path)
{
    size_t n = strlen(path);
    return n > 4 && strcmp(path + n - 4, ".gct") == 0;
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    til_status_t status = TIL_OK;
    const norm_args_t *args = job->args;
    const til_norm_method_t *method = til_norm_find(args->method);
    const char *to = to_words.words[args->to];
    const til_norm_scale_t *scale = args->to == TO_FACTORS ? NULL : til_norm_find_scale(to);
    til_norm_wishes_t wishes = { .prior_count = args->prior_count };
    til_matrix_t counts = { 0 }, lengths = { 0 };
    til_norm_t norm = { 0 };
    til_out_t *out;

    if (args->list_methods) return list_methods(ctx, job, args->output);
    if (job->n_operands != 1) return til_fail(ctx, TIL_EUSAGE, "COUNTS is missing");
    if (method == NULL)
        return til_fail(ctx, TIL_EUSAGE, "--method: no method '%s'; see --list-methods",
                        args->method);
    if (scale == NULL && args->to != TO_FACTORS)
        return til_fail(ctx, TIL_EINTERNAL, "--to: no scale '%s'", to);
    TIL_TRY(check(ctx, args));
    const char *inputs[] = { job->operands[0], args->samples, args->lengths, args->input.genes };
    TIL_TRY(til_job_refuse_input(ctx, args->output, inputs, sizeof inputs / sizeof *inputs));
    TIL_TRY(til_job_open(ctx, job, args->output, &out));

    TIL_TRY(load(ctx, job, args, &counts));
    if (args->lengths != NULL) {
        TIL_TRY(til_load_lengths(ctx, job, args->lengths, &counts, &lengths));
        wishes.lengths = &lengths;
    }
    TIL_TRY(til_norm_estimate(ctx, method, &counts, &norm));
    if (scale != NULL) TIL_TRY(til_norm_transform(ctx, scale, &norm, &wishes, &counts));

    if (scale != NULL && is_gct(args->output)) {
        til_gct_write(out, &counts);
    } else {
        til_job_provenance(job, out);
        if (scale != NULL) til_matrix_write(out, &counts, "gene_id");
        else write_factors(out, method, &counts, &norm);
    }
    TIL_TRY(til_out_close(ctx, out));
    if (args->pca != NULL) TIL_TRY(write_pca(ctx, job, args->pca, &counts));
    til_say(ctx, TIL_LOG_STAGE, "%s by %s: %zu genes, %zu samples", to, method->name, counts.n_rows,
            counts.n_cols);

done:
    til_norm_clear(&norm);
    til_matrix_clear(&lengths);
    til_matrix_clear(&counts);
    return status;
}

const til_command_t til_cmd_norm = {
    .name = "norm",
    .operands = "COUNTS",
    .summary = "Make samples comparable: factors per sample, or the matrix on another scale.",
    .details =
        "median-ratio and poscounts (DESeq2) give size factors: divide the counts by them. The "
        "other "
        "methods (edgeR) correct the library size: lib_size * norm_factor is what cpm and logcpm "
        "divide by. With --to normalized any method serves: its size factors are the effective "
        "library sizes over their geometric mean.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(norm_args_t),
    .common_offset = offsetof(norm_args_t, common),
    .min_operands = 0,
    .max_operands = 1,
    .run = run
};
