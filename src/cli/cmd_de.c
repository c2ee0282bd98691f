/* cmd_de.c -- tilseq de: counts, a sample sheet and questions in, tables of genes out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <tilseq/de.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "cli/commands.h"
#include "cli/input_options.h"
#include "cli/design_options.h"
#include "tasks/cautions.h"
#include "tasks/design_words.h"
#include "tasks/groups.h"
#include "tasks/inputs.h"
#include "tasks/lengths.h"
#include "tasks/own_factors.h"
#include "design/collapse.h"
#include "design/contrast_parts.h"
#include "design/rank.h"
#include "de/null_check.h"
#include "io/text/matrix_tsv.h"
#include "io/text/table_tsv.h"
#include "math/order.h"

typedef struct {
    til_design_args_t asked;
    til_input_args_t input;
    til_factor_args_t factors;
    const char *method, *reduced, *block, *filter, *lengths, *collapse, *output;
    til_de_test_t test;
    til_de_shrink_t shrink;
    til_de_trend_t trend;
    til_de_alternative_t alternative;
    til_de_matrices_t matrices;
    double lfc_threshold, alpha;
    int64_t null_check, seed;
    bool ebayes_trend, robust, compatible, strict, list_methods;
    til_common_t common;
} de_args_t;

static const de_args_t defaults = { .method = "limma-trend",
                                    .test = TIL_DE_WALD,
                                    .shrink = TIL_DE_SHRINK_NONE,
                                    .trend = TIL_DE_TREND_PARAMETRIC,
                                    .alternative = TIL_DE_GREATER_ABS,
                                    .filter = "auto",
                                    .alpha = 0.1,
                                    .seed = 1 };

static const til_opt_t options[] = {
    TIL_DESIGN_OPTIONS(de_args_t),
    { 'm', "method", TIL_OPT_TEXT, offsetof(de_args_t, method), "NAME", 0, 0,
      "engine; see --list-methods" },
    TIL_CHOICE(0, "test", de_args_t, test, &til_de_test_words,
               "test each contrast, or (lrt) the whole model against a --reduced one: one table, "
               "lrt.de.tsv; "
               "-c then only names the effects shown in it"),
    { 0, "reduced", TIL_OPT_TEXT, offsetof(de_args_t, reduced), "FORMULA", 0, 0,
      "the smaller model of --test lrt" },
    { 0, "lfc-threshold", TIL_OPT_NUMBER, offsetof(de_args_t, lfc_threshold), "F", 0, 1000,
      "test against a log2 fold change of F instead of 0" },
    TIL_CHOICE(0, "alternative", de_args_t, alternative, &til_de_alternative_words,
               "side of --lfc-threshold that is looked for"),
    TIL_CHOICE(0, "shrink", de_args_t, shrink, &til_de_shrink_words, "draw log2 fold changes to 0"),
    TIL_CHOICE(0, "fit-type", de_args_t, trend, &til_de_trend_words,
               "shape of the dispersion trend (deseq2)"),
    { 0, "block", TIL_OPT_TEXT, offsetof(de_args_t, block), "COL", 0, 0,
      "samples of one value are correlated (limma's duplicateCorrelation)" },
    { 0, "ebayes-trend", TIL_OPT_FLAG, offsetof(de_args_t, ebayes_trend), NULL, 0, 0,
      "limma: let the prior variance follow the mean expression" },
    { 0, "robust", TIL_OPT_FLAG, offsetof(de_args_t, robust), NULL, 0, 0,
      "limma, edger-ql: protect the prior variance from outlying genes" },
    { 0, "filter", TIL_OPT_TEXT, offsetof(de_args_t, filter), "auto|none|expr|expr:VARIABLE", 0, 0,
      "genes tested: auto is independent filtering (deseq2) or expr (others); expr is filterByExpr "
      "on the design or the groups of VARIABLE" },
    TIL_CHOICE(0, "matrices", de_args_t, matrices, &til_de_matrices_words,
               "auto also writes normalized and vst or logcpm, none only the tables"),
    { 0, "alpha", TIL_OPT_NUMBER, offsetof(de_args_t, alpha), "F", 1e-10, 0.999999,
      "FDR that independent filtering aims at and that counts as called" },
    { 0, "lengths", TIL_OPT_FILE, offsetof(de_args_t, lengths), "FILE", 0, 0,
      "average transcript lengths per gene and sample (PREFIX.gene_lengths.tsv), as offsets" },
    { 0, "size-factors", TIL_OPT_TEXT, offsetof(de_args_t, factors.size_factors), "METHOD|FILE", 0,
      0,
      "scale samples by a method of tilseq norm or a table sample size_factor [the engine's own]" },
    { 0, "control-genes", TIL_OPT_FILE, offsetof(de_args_t, factors.control_genes), "FILE", 0, 0,
      "scale samples by these genes alone (ids in the first column)" },
    { 0, "null-check", TIL_OPT_INT, offsetof(de_args_t, null_check), "N", 0, 100000,
      "also test N times with permuted labels and say how many genes are called" },
    { 0, "seed", TIL_OPT_INT, offsetof(de_args_t, seed), "INT", 0, 9e15,
      "seed of the permutations" },
    { 0, "collapse", TIL_OPT_TEXT, offsetof(de_args_t, collapse), "COL", 0, 0,
      "sum the counts of samples that share a value of COL (technical replicates)" },
    { 0, "compatible", TIL_OPT_FLAG, offsetof(de_args_t, compatible), NULL, 0, 0,
      "the peer's answer where the default knows better (docs/UPSTREAM.md): DESeq2's test of genes "
      "without a finite estimate" },
    { 0, "strict", TIL_OPT_FLAG, offsetof(de_args_t, strict), NULL, 0, 0,
      "end with exit code 3 where design or libraries give cause for a warning" },
    { 0, "list-methods", TIL_OPT_FLAG, offsetof(de_args_t, list_methods), NULL, 0, 0,
      "print the methods and their references" },
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(de_args_t, output), "DIR", 0, 0,
      "folder for ID.de.tsv of each contrast and the other tables" },
    TIL_GENES_OPTION(de_args_t),
    TIL_SAMPLE_OPTIONS(de_args_t),
    TIL_COUNT_OPTIONS(de_args_t),
    TIL_COMMON_OPTIONS(de_args_t)
};

static til_status_t list_methods(til_ctx_t *ctx, til_job_t *job)
{
    til_out_t *out;
    til_status_t status = til_job_open(ctx, job, "-", &out);

    if (status != TIL_OK) return status;
    for (size_t i = 0; til_de_methods[i] != NULL; i++)
        til_out_printf(out, "%-10s %s\n%-10s %s\n", til_de_methods[i]->name,
                       til_de_methods[i]->summary, "", til_de_methods[i]->reference);
    return til_out_close(ctx, out);
}

/* ---- wishes ---------------------------------------------------------------------------------- */

static const char GROUPS_OF[] = "expr:";

/* The column whose levels are the groups of the filter, or NULL. */
static const char *filter_column(const de_args_t *args)
{
    size_t n = strlen(GROUPS_OF);
    return strncmp(args->filter, GROUPS_OF, n) == 0 ? args->filter + n : NULL;
}

static bool has_own_factors(const de_args_t *args)
{
    return args->factors.size_factors != NULL || args->factors.control_genes != NULL;
}

static til_status_t read_wishes(til_ctx_t *ctx, const de_args_t *args, til_de_input_t *input)
{
    *input = (til_de_input_t)TIL_DE_INPUT_INIT;
    input->test = args->test;
    input->trend = args->trend;
    input->alternative = args->alternative;
    input->shrink = args->shrink;
    input->matrices = args->matrices;
    input->lfc_threshold = args->lfc_threshold;
    input->alpha = args->alpha;
    input->ebayes_trend = args->ebayes_trend;
    input->ebayes_robust = args->robust;
    input->compatible = args->compatible;

    const char *column = filter_column(args);
    int filter = column != NULL && *column != '\0'
                     ? TIL_DE_FILTER_EXPR
                     : til_words_find(&til_de_filter_words, args->filter);
    if (filter < 0)
        return til_fail(ctx, TIL_EUSAGE, "--filter: '%s' is not auto, none, expr or expr:VARIABLE",
                        args->filter);
    input->filter = (til_de_filter_t)filter;
    if (args->test == TIL_DE_LRT && args->reduced == NULL)
        return til_fail(ctx, TIL_EUSAGE, "--test lrt: needs --reduced FORMULA, the smaller model");
    if (args->test == TIL_DE_WALD && args->reduced != NULL)
        return til_fail(ctx, TIL_EUSAGE, "--reduced: only --test lrt uses it");
    if (input->lfc_threshold == 0 && input->alternative != TIL_DE_GREATER_ABS)
        return til_fail(ctx, TIL_EUSAGE, "--alternative: needs an --lfc-threshold above 0");
    if (has_own_factors(args) && args->lengths != NULL)
        return til_fail(ctx, TIL_EUSAGE,
                        "--lengths: they make the size factors: not with --size-factors or "
                        "--control-genes");
    if (args->output == NULL) return til_fail(ctx, TIL_EUSAGE, "-o DIR is missing");
    return TIL_OK;
}

/* ---- one question ---------------------------------------------------------------------------- */

/* What was read, and the method that answers. */
typedef struct {
    til_job_t *job;
    const de_args_t *args;
    const til_de_method_t *method;
    til_de_input_t wishes;
    til_matrix_t counts, lengths;
    til_own_factors_t factors;
    til_sheet_t sheet;
    bool *differs; /* per column of the sheet: --collapse met several values */
} session_t;

static const char *path_in(til_strbuf_t *path, const char *folder, const char *stem,
                           const char *suffix)
{
    til_strbuf_reset(path);
    til_strbuf_printf(path, "%s/%s%s", folder, stem, suffix);
    return til_strbuf_text(path);
}

static til_status_t open_table(til_ctx_t *ctx, const session_t *session, const char *stem,
                               const char *suffix, til_out_t **out)
{
    til_strbuf_t path = { 0 };
    til_status_t status = TIL_OK;

    const char *text = path_in(&path, session->args->output, stem, suffix);
    if (path.failed) TIL_TRY(til_no_memory(ctx, strlen(stem), "characters of a path"));
    TIL_TRY(til_job_open(ctx, session->job, text, out));
    til_job_provenance(session->job, *out);
done:
    til_strbuf_clear(&path);
    return status;
}

static til_status_t write_table(til_ctx_t *ctx, const session_t *session, const char *stem,
                                const char *suffix, const til_table_t *table)
{
    til_out_t *out;
    til_status_t status = TIL_OK;

    if (table->n_cols == 0) return TIL_OK;
    TIL_TRY(open_table(ctx, session, stem, suffix, &out));
    til_table_write(out, table);
    TIL_TRY(til_out_close(ctx, out));
done:
    return status;
}

static til_status_t write_matrix(til_ctx_t *ctx, const session_t *session, const char *stem,
                                 const char *suffix, const til_matrix_t *matrix)
{
    til_out_t *out;
    til_status_t status = TIL_OK;

    if (matrix->n_cols == 0) return TIL_OK;
    TIL_TRY(open_table(ctx, session, stem, suffix, &out));
    til_matrix_write(out, matrix, "gene_id");
    TIL_TRY(til_out_close(ctx, out));
done:
    return status;
}

static til_status_t write_design(til_ctx_t *ctx, const session_t *session, const char *suffix,
                                 const til_design_t *design)
{
    til_out_t *out;
    til_status_t status = TIL_OK;

    TIL_TRY(open_table(ctx, session, "design", suffix, &out));
    til_out_text(out, "sample");
    for (size_t j = 0; j < design->n_coef; j++) til_out_printf(out, "\t%s", design->coef_names[j]);
    til_out_char(out, '\n');
    for (size_t s = 0; s < design->n_samples; s++) {
        til_out_text(out, design->samples[s]);
        for (size_t j = 0; j < design->n_coef; j++) {
            til_out_char(out, '\t');
            til_out_number(out, design->x[s + j * design->n_samples]);
        }
        til_out_char(out, '\n');
    }
    TIL_TRY(til_out_close(ctx, out));
done:
    return status;
}

static const char *id_of(const session_t *session, const til_question_t *question, size_t c)
{
    return session->args->test == TIL_DE_LRT ? TIL_DE_WHOLE_ID : question->contrasts[c].id;
}

/* All tables of one design. The first design's have plain names, those of further designs carry the
 * id of their first contrast. */
static til_status_t write_result(til_ctx_t *ctx, const session_t *session,
                                 const til_question_t *question, bool is_first,
                                 const til_de_result_t *result)
{
    til_status_t status = TIL_OK;
    til_strbuf_t suffix = { 0 };

    if (!is_first) til_strbuf_printf(&suffix, ".%s", question->contrasts[0].id);
    til_strbuf_add(&suffix, ".tsv");
    const char *end = til_strbuf_text(&suffix);
    if (suffix.failed) TIL_TRY(til_no_memory(ctx, 1, "path"));

    for (size_t c = 0; c < result->n_contrasts; c++)
        TIL_TRY(write_table(ctx, session, id_of(session, question, c), ".de.tsv",
                            &result->contrasts[c]));
    TIL_TRY(write_table(ctx, session, "joint", end, &result->joint));
    TIL_TRY(write_table(ctx, session, "size_factors", end, &result->size_factors));
    TIL_TRY(write_table(ctx, session, "dispersions", end, &result->dispersions));
    TIL_TRY(write_table(ctx, session, "facts", end, &result->facts));
    TIL_TRY(write_design(ctx, session, end, &question->design));
    TIL_TRY(write_matrix(ctx, session, "normalized", end, &result->normalized));
    if (result->expression_name != NULL)
        TIL_TRY(write_matrix(ctx, session, result->expression_name, end, &result->expression));
done:
    til_strbuf_clear(&suffix);
    return status;
}

static size_t count_called(const til_table_t *table, double alpha)
{
    const til_column_t *padj = til_table_column(table, "padj");
    size_t n = 0;

    for (size_t g = 0; padj != NULL && g < table->n_rows; g++) n += padj->number[g] < alpha;
    return n;
}

static void tell_contrast(til_ctx_t *ctx, const til_contrast_t *contrast, const til_table_t *table,
                          double alpha)
{
    const double *padj = til_table_column(table, "padj")->number;
    const double *lfc = til_table_column(table, "log2FoldChange")->number;
    size_t n_up = 0, n_down = 0;

    for (size_t g = 0; g < table->n_rows; g++) {
        n_up += padj[g] < alpha && lfc[g] > 0;
        n_down += padj[g] < alpha && lfc[g] < 0;
    }
    til_say(ctx, TIL_LOG_STAGE, "%s: %zu genes at FDR %g (%zu up, %zu down): %s", contrast->id,
            n_up + n_down, alpha, n_up, n_down, contrast->text);
}

/* A whole comparison has no direction. */
static void tell_whole(til_ctx_t *ctx, const session_t *session, const til_question_t *question,
                       const til_table_t *table)
{
    til_say(ctx, TIL_LOG_STAGE, "%s: %zu genes differ at FDR %g: %s against %s", TIL_DE_WHOLE_ID,
            count_called(table, session->args->alpha), session->args->alpha,
            question->design.formula, session->args->reduced);
    if (question->n_contrasts > 1)
        til_say(ctx, TIL_LOG_NOTICE,
                "%s: one p-value for %zu effects: log2FoldChange is NA, the columns log2FC_ID have "
                "each of them",
                TIL_DE_WHOLE_ID, question->n_contrasts);
}

#define MANY_FALSE 0.1 /* of the genes called with the real labels */

/* What permutations can show at all. */
static void tell_arrangements(til_ctx_t *ctx, const char *id, const til_null_count_t *count)
{
    if (!count->is_listed)
        til_say(ctx, TIL_LOG_NOTICE, "%s: %.6g arrangements of the labels, drawn at random", id,
                count->n_all);
    else if (count->n_others == 0)
        til_say(ctx, TIL_LOG_WARNING,
                "%s: there is no other arrangement of the labels: --null-check cannot say anything",
                id);
    else
        til_say(
            ctx, TIL_LOG_NOTICE,
            "%s: %.0f arrangements of the labels, each of the %zu that are neither the real one "
            "nor its mirror is tested; no permutation test could give a p below %.2g",
            id, count->n_all, count->n_others,
            (count->n_all - (double)count->n_others) / count->n_all);
}

/* --null-check: permuted labels, round by round, to ID.null.tsv. */
static til_status_t check_null(til_ctx_t *ctx, const session_t *session,
                               const til_de_input_t *input, size_t c, const char *id, size_t n_real)
{
    til_status_t status = TIL_OK;
    size_t n = (size_t)session->args->null_check, most = 0;
    double *called = til_array(n, sizeof *called), share = 0;
    til_null_count_t count;
    til_out_t *out;

    if (called == NULL) TIL_TRY(til_no_memory(ctx, n, "permutations"));
    TIL_TRY(til_de_null_count(ctx, input, c, n, &count));
    if (count.is_listed) n = count.n_others;
    tell_arrangements(ctx, id, &count);
    TIL_TRY(open_table(ctx, session, id, ".null.tsv", &out));
    til_out_text(out, "round\tcalled\tshare_p_below_0.05\n");
    for (size_t i = 0; i < n; i++) {
        til_null_round_t null;
        TIL_TRY(til_de_null_round(ctx, session->method, input, c, (uint64_t)session->args->seed,
                                  &count, i, &null));
        til_out_printf(out, "%zu\t%zu\t", i + 1, null.n_called);
        til_out_number(out, null.share_small);
        til_out_char(out, '\n');
        called[i] = (double)null.n_called;
        share += null.share_small / (double)n;
        if (null.n_called > most) most = null.n_called;
    }
    TIL_TRY(til_out_close(ctx, out));
    if (n == 0) goto done;
    double median = til_median_inplace(n, called);
    til_say(ctx, TIL_LOG_NOTICE,
            "%s: with permuted labels a median of %g genes is called at FDR "
            "%g (%zu at most, %zu permutations) and %.3g of the p-values are below 0.05; with the "
            "real ones %zu are called",
            id, median, input->alpha, most, n, share, n_real);
    if (median > MANY_FALSE * (double)n_real)
        til_say(ctx, TIL_LOG_WARNING,
                "%s: permuted labels call more than a tenth of what the real ones do: these calls "
                "cannot be trusted; another --method (limma-trend), or repeated patients in the "
                "design?",
                id);
done:
    free(called);
    return status;
}

/* A column that --collapse had to choose a value of must not be asked about. */
static til_status_t check_collapsed(til_ctx_t *ctx, const session_t *session, const char *column)
{
    ptrdiff_t c = session->differs == NULL || column == NULL
                      ? -1
                      : til_sheet_column(&session->sheet, column);

    if (c < 0 || !session->differs[c]) return TIL_OK;
    return til_fail(ctx, TIL_EINPUT,
                    "%s: column '%s' differs among samples that --collapse %s "
                    "makes one: the design cannot use it",
                    session->sheet.origin, column, session->args->collapse);
}

/* The columns named on the command line, before a design is made of them. */
static til_status_t check_collapsed_names(til_ctx_t *ctx, const session_t *session)
{
    til_status_t status = TIL_OK;
    const til_design_args_t *asked = &session->args->asked;
    til_formula_t formula = { 0 };

    if (session->differs == NULL) return TIL_OK;
    TIL_TRY(check_collapsed(ctx, session, asked->pair));
    TIL_TRY(check_collapsed(ctx, session, asked->time));
    TIL_TRY(check_collapsed(ctx, session, asked->arm));
    if (asked->design == NULL) return TIL_OK;
    TIL_TRY(til_formula_parse(ctx, asked->design, &formula));
    for (size_t v = 0; v < formula.n_variables; v++)
        TIL_TRY(check_collapsed(ctx, session, formula.variables[v]));
done:
    til_formula_clear(&formula);
    return status;
}

/* group[i] of the samples of a design by a column of the sheet. */
static til_status_t groups_of_design(til_ctx_t *ctx, const session_t *session, const char *column,
                                     const char *option, const til_design_t *design, size_t *group,
                                     size_t *n_groups)
{
    til_status_t status = TIL_OK;
    til_sheet_t rows = { 0 };

    TIL_TRY(til_sheet_select(ctx, &session->sheet, design->rows, design->n_samples, &rows));
    TIL_TRY(til_sheet_groups(ctx, &rows, column, option, group, n_groups));
done:
    til_sheet_clear(&rows);
    return status;
}

/* Then the counts need no copy. */
static bool takes_all_in_order(const til_design_t *design, size_t n_samples)
{
    if (design->n_samples != n_samples) return false;
    for (size_t s = 0; s < n_samples; s++)
        if (design->rows[s] != s) return false;
    return true;
}

static til_status_t answer(til_ctx_t *ctx, const session_t *session, til_question_t *question,
                           bool is_first)
{
    til_status_t status = TIL_OK;
    const de_args_t *args = session->args;
    const til_design_t *design = &question->design;
    til_de_input_t input = session->wishes;
    til_de_result_t result = { 0 };
    til_matrix_t counts = { 0 }, lengths = { 0 };
    til_design_t reduced = { 0 };
    size_t *groups = til_array(2 * design->n_samples, sizeof *groups), unused;
    double *factors = NULL;

    if (groups == NULL) TIL_TRY(til_no_memory(ctx, design->n_samples, "samples"));
    for (size_t v = 0; v < design->n_variables; v++)
        TIL_TRY(check_collapsed(ctx, session, design->variables[v].name));
    input.counts = &session->counts;
    if (!takes_all_in_order(design, session->counts.n_cols)) {
        TIL_TRY(til_matrix_select(ctx, &session->counts, NULL, 0, design->rows, design->n_samples,
                                  &counts));
        input.counts = &counts;
    }
    input.design = design;
    if (args->lengths != NULL) {
        TIL_TRY(til_matrix_select(ctx, &session->lengths, NULL, 0, design->rows, design->n_samples,
                                  &lengths));
        input.lengths = &lengths;
    }
    if (has_own_factors(args)) {
        factors = til_array(design->n_samples, sizeof *factors);
        if (factors == NULL) TIL_TRY(til_no_memory(ctx, design->n_samples, "samples"));
        TIL_TRY(til_own_factors(ctx, &session->factors, input.counts, factors));
        input.size_factors = factors;
    }
    if (args->reduced != NULL) {
        TIL_TRY(til_design_reduce(ctx, design, args->reduced, &reduced));
        input.reduced = &reduced;
        if (question->n_contrasts == 0) {
            TIL_TRY(til_rank_require_nested(ctx, design, &reduced));
            free(question->contrasts);
            TIL_TRY(til_reduction_contrasts(ctx, design, &reduced, &question->contrasts,
                                            &question->n_contrasts));
        }
    }
    input.contrasts = question->contrasts;
    input.n_contrasts = question->n_contrasts;
    if (filter_column(args) != NULL) {
        TIL_TRY(groups_of_design(ctx, session, filter_column(args), "--filter", design, groups,
                                 &unused));
        input.filter_groups = groups;
    }
    if (args->block != NULL) {
        TIL_TRY(groups_of_design(ctx, session, args->block, "--block", design,
                                 groups + design->n_samples, &input.n_blocks));
        input.block = groups + design->n_samples;
    }

    TIL_TRY(til_de_run(ctx, session->method, &input, &result));
    if (args->test == TIL_DE_LRT) tell_whole(ctx, session, question, &result.contrasts[0]);
    for (size_t c = 0; c < result.n_contrasts && args->test != TIL_DE_LRT; c++)
        tell_contrast(ctx, &question->contrasts[c], &result.contrasts[c], args->alpha);
    TIL_TRY(write_result(ctx, session, question, is_first, &result));
    for (size_t c = 0; c < result.n_contrasts && args->null_check > 0; c++)
        TIL_TRY(check_null(ctx, session, &input, c, id_of(session, question, c),
                           count_called(&result.contrasts[c], args->alpha)));
done:
    til_de_result_clear(&result);
    til_design_clear(&reduced);
    til_matrix_clear(&lengths);
    til_matrix_clear(&counts);
    free(factors);
    free(groups);
    return status;
}

/* ---- the command ----------------------------------------------------------------------------- */

static til_status_t load(til_ctx_t *ctx, session_t *session)
{
    til_status_t status = TIL_OK;
    const de_args_t *args = session->args;
    til_job_t *job = session->job;
    til_values_t values = session->method->whole_counts || args->input.round ? TIL_VALUES_WHOLE
                                                                             : TIL_VALUES_COUNTS;

    TIL_TRY(til_load_samples(ctx, job, job->operands[0], job->operands[1], values, &args->input,
                             &session->counts, &session->sheet));
    if (args->collapse != NULL) {
        session->differs = til_array_zero(session->sheet.n_columns, sizeof *session->differs);
        if (session->differs == NULL)
            TIL_TRY(til_no_memory(ctx, session->sheet.n_columns, "columns"));
        TIL_TRY(til_collapse_samples(ctx, args->collapse, &session->counts, &session->sheet,
                                     session->differs));
    }
    TIL_TRY(til_check_depth(ctx, &session->counts));
    TIL_TRY(til_check_twins(ctx, &session->counts, args->strict));
    if (has_own_factors(args))
        TIL_TRY(
            til_own_factors_init(ctx, job, &args->factors, &session->counts, &session->factors));
    if (args->lengths != NULL)
        TIL_TRY(til_load_lengths(ctx, job, args->lengths, &session->counts, &session->lengths));
done:
    return status;
}

static til_status_t check_questions(til_ctx_t *ctx, const de_args_t *args,
                                    const til_questions_t *questions)
{
    til_status_t status = args->test == TIL_DE_LRT ? til_ask_whole(ctx, questions)
                                                   : til_ask_contrasts(ctx, questions);

    return status != TIL_OK ? status : til_ask_check(ctx, questions);
}

/* The engine asked for, NULL if there is none of that name; where none was typed the default, or, if
 * that does not know a wish (*missed), the first engine that does. */
static const til_de_method_t *choose_engine(const de_args_t *args, const char **missed)
{
    const til_de_method_t *method = til_de_find(args->method);
    const struct {
        bool wished;
        const char *option;
        size_t known; /* offset of a bool in the method */
    } wishes[] = { { args->test == TIL_DE_LRT, "--test lrt", offsetof(til_de_method_t, has_lrt) },
                   { args->lengths != NULL, "--lengths", offsetof(til_de_method_t, has_lengths) },
                   { args->block != NULL, "--block", offsetof(til_de_method_t, has_block) },
                   { args->trend != TIL_DE_TREND_PARAMETRIC, "--fit-type",
                     offsetof(til_de_method_t, has_trend) },
                   { args->shrink != TIL_DE_SHRINK_NONE, "--shrink",
                     offsetof(til_de_method_t, has_shrink) },
                   { args->ebayes_trend, "--ebayes-trend", offsetof(til_de_method_t, has_ebayes) },
                   { args->robust, "--robust", offsetof(til_de_method_t, has_ebayes) } };
    enum { N = sizeof wishes / sizeof *wishes };

    *missed = NULL;
    if (args->method != defaults.method) return method; /* typed */
    for (size_t w = 0; w < N; w++)
        if (wishes[w].wished && !*(const bool *)((const char *)method + wishes[w].known))
            *missed = wishes[w].option;
    for (size_t i = 0; *missed != NULL && til_de_methods[i] != NULL; i++) {
        bool knows_all = true;
        for (size_t w = 0; w < N; w++)
            knows_all &= !wishes[w].wished ||
                         *(const bool *)((const char *)til_de_methods[i] + wishes[w].known);
        if (knows_all) return til_de_methods[i];
    }
    return method;
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    til_status_t status = TIL_OK;
    const de_args_t *args = job->args;
    session_t session = { .job = job, .args = args };
    const char *missed;
    til_questions_t questions = { 0 };

    if (args->list_methods) return list_methods(ctx, job);
    if (job->n_operands != 2)
        return til_fail(ctx, TIL_EUSAGE, "expected COUNTS and SAMPLES, got %d files",
                        job->n_operands);
    session.method = choose_engine(args, &missed);
    if (session.method == NULL)
        return til_fail(ctx, TIL_EUSAGE, "--method: no method '%s'; see --list-methods",
                        args->method);
    if (missed != NULL)
        til_say(ctx, TIL_LOG_NOTICE, "%s: %s does not have it, %s is used", missed, args->method,
                session.method->name);
    TIL_TRY(read_wishes(ctx, args, &session.wishes));
    TIL_TRY(til_job_folder(ctx, job, args->output));
    TIL_TRY(load(ctx, &session));
    TIL_TRY(check_collapsed_names(ctx, &session));
    TIL_TRY(til_ask(ctx, job, &args->asked, &session.sheet, &questions));
    TIL_TRY(check_questions(ctx, args, &questions));
    TIL_TRY(
        til_caution(ctx, &session.sheet, args->block, &questions, &session.counts, args->strict));
    if (args->test == TIL_DE_LRT)
        TIL_TRY(til_job_remark(ctx, job, "question", "%s: %s against %s", TIL_DE_WHOLE_ID,
                               questions.questions[0].design.formula, args->reduced));
    else TIL_TRY(til_note_questions(ctx, job, &questions));
    TIL_TRY(til_job_remark(ctx, job, "method", "%s", session.method->name));
    if (args->null_check > 0) TIL_TRY(til_job_seed(ctx, job, args->seed));
    for (size_t q = 0; q < questions.n_questions; q++)
        TIL_TRY(answer(ctx, &session, &questions.questions[q], q == 0));

done:
    til_questions_clear(&questions);
    free(session.differs);
    til_sheet_clear(&session.sheet);
    til_matrix_clear(&session.counts);
    til_matrix_clear(&session.lengths);
    til_own_factors_clear(&session.factors);
    return status;
}

static til_status_t check_args(til_ctx_t *ctx, const void *p)
{
    const de_args_t *args = p;
    const char *missed;
    const til_de_method_t *method = choose_engine(args, &missed);
    til_matrix_t lengths = { 0 };
    til_design_t reduced = { 0 };
    size_t block = 0;
    til_de_input_t wishes;
    til_status_t status;

    if (method == NULL)
        return til_fail(ctx, TIL_EUSAGE, "--method: no method '%s'; see tilseq de --list-methods",
                        args->method);
    status = read_wishes(ctx, args, &wishes);
    if (status != TIL_OK) return status;
    if (args->lengths != NULL) wishes.lengths = &lengths;
    if (args->reduced != NULL) wishes.reduced = &reduced;
    if (args->block != NULL) wishes.block = &block;
    return til_de_check_wishes(ctx, method, &wishes);
}

const til_command_t til_cmd_de = {
    .name = "de",
    .operands = "COUNTS SAMPLES",
    .summary =
        "Test which genes differ: between groups, over time within patients, beyond a batch.",
    .details =
        "DIR/ID.de.tsv has every gene of COUNTS in its order: gene_id gene_name baseMean "
        "log2FoldChange lfcSE stat pvalue padj status ci_low ci_high df, then columns of the "
        "method, "
        "then n and mean per arm and time. The status says why a value is missing: "
        "all_zero, filtered, low_mean (too few counts for a chance: no padj), outlier:SAMPLE (one "
        "count decides), separated (no finite fold change: the p is of a likelihood ratio, no "
        "padj, the interval is open), not_converged, replaced:N (N outlying counts replaced, then "
        "tested). "
        "--test lrt makes one table, DIR/lrt.de.tsv: its p-value is of all effects that the "
        "--reduced "
        "model leaves out; with several of them log2FoldChange, lfcSE and the interval are NA and "
        "the columns log2FC_ID have each. "
        "Beside them: size_factors, dispersions, facts (single numbers), design, normalized and "
        "vst or logcpm (not with --matrices none).",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(de_args_t),
    .common_offset = offsetof(de_args_t, common),
    .min_operands = 0,
    .max_operands = 2,
    .run = run,
    .check = check_args
};
