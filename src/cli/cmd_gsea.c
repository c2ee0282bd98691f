/* cmd_gsea.c -- tilseq gsea: gene sets and a ranking in, one row per set out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tilseq/gsea.h>

#include "base/strbuf.h"
#include "base/try.h"
#include "cli/commands.h"
#include "cli/input_options.h"
#include "tasks/coverage_file.h"
#include "tasks/job.h"
#include "tasks/rankings.h"
#include "io/text/gmt.h"
#include "io/text/table_tsv.h"

typedef struct {
    const char *sets, *ranks, *de, *list, *universe, *genes, *rank_by;
    til_species_t species;
    const char *method, *output, *curves;
    til_score_type_t score_type;
    til_rank_ties_t ties;
    int64_t min_size, max_size, permutations, seed;
    double gsea_param, alpha;
    bool fast, precise, list_methods;
    til_common_t common;
} gsea_args_t;

static const gsea_args_t defaults = { .rank_by = "stat",
                                      .species = TIL_SPECIES_UNKNOWN,
                                      .method = "preranked",
                                      .score_type = TIL_SCORE_STD,
                                      .ties = TIL_TIES_BLOCK,
                                      .output = "-",
                                      .min_size = 5,
                                      .max_size = 500,
                                      .permutations = 1000,
                                      .seed = 1,
                                      .gsea_param = 1,
                                      .alpha = 0.1 };

static const til_opt_t options[] = {
    { 'g', "sets", TIL_OPT_FILE, offsetof(gsea_args_t, sets), "GMT", 0, 0,
      "gene sets: name, description, genes; one a line" },
    { 0, "ranks", TIL_OPT_FILE, offsetof(gsea_args_t, ranks), "RNK", 0, 0,
      "ranked genes: gene and number a line" },
    { 0, "de", TIL_OPT_FILE, offsetof(gsea_args_t, de), "TSV", 0, 0,
      "a table of tilseq de instead of --ranks" },
    { 0, "rank-by", TIL_OPT_TEXT, offsetof(gsea_args_t, rank_by), "COLUMN", 0, 0,
      "column of --de to rank by" },
    { 0, "list", TIL_OPT_FILE, offsetof(gsea_args_t, list), "FILE", 0, 0,
      "ora: the selected genes, one a line, instead of --de" },
    { 0, "universe", TIL_OPT_FILE, offsetof(gsea_args_t, universe), "FILE", 0, 0,
      "ora with --list: all genes that could have been selected, one a line" },
    { 0, "genes", TIL_OPT_FILE, offsetof(gsea_args_t, genes), "FILE", 0, 0,
      "table of gene names: column 1 the gene id, a column symbol or gene_name" },
    TIL_SPECIES_OPTION(gsea_args_t),
    { 0, "method", TIL_OPT_TEXT, offsetof(gsea_args_t, method), "NAME", 0, 0,
      "how to test; see --list-methods" },
    { 0, "fast", TIL_OPT_FLAG, offsetof(gsea_args_t, fast), NULL, 0, 0,
      "preranked: p-values to about 30 % instead of 10 %" },
    { 0, "precise", TIL_OPT_FLAG, offsetof(gsea_args_t, precise), NULL, 0, 0,
      "preranked: p-values to about 3 %" },
    { 0, "min-size", TIL_OPT_INT, offsetof(gsea_args_t, min_size), "INT", 1, 1e9,
      "smallest set to test, after matching" },
    { 0, "max-size", TIL_OPT_INT, offsetof(gsea_args_t, max_size), "INT", 1, 1e9,
      "largest set to test" },
    { 0, "gsea-param", TIL_OPT_NUMBER, offsetof(gsea_args_t, gsea_param), "F", 0, 100,
      "a gene of a set weighs |statistic|^F in the running sum" },
    TIL_CHOICE(0, "score-type", gsea_args_t, score_type, &til_score_type_words,
               "both ends of the ranking, its top only, its bottom only (ora: genes that go either "
               "way, up, down)"),
    { 0, "permutations", TIL_OPT_INT, offsetof(gsea_args_t, permutations), "INT", 100, 1e9,
      "simple: random sets of each size; preranked draws 5 times as many for p over 0.05 (--fast "
      "2, "
      "--precise 20 times)" },
    TIL_CHOICE(0, "ties", gsea_args_t, ties, &til_rank_ties_words,
               "genes with one statistic are one step of the walk, or go in the order of the "
               "input"),
    { 0, "alpha", TIL_OPT_NUMBER, offsetof(gsea_args_t, alpha), "F", 0, 1,
      "ora with --de: genes with padj below F are selected" },
    { 0, "seed", TIL_OPT_INT, offsetof(gsea_args_t, seed), "INT", 0, 9007199254740992.0,
      "seed of the random sets" },
    { 0, "list-methods", TIL_OPT_FLAG, offsetof(gsea_args_t, list_methods), NULL, 0, 0,
      "print the methods and their references" },
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(gsea_args_t, output), "OUT.tsv", 0, 0,
      "write the table here and what was found of each set to OUT.coverage.tsv; - is stdout" },
    { 0, "curves", TIL_OPT_OUTPUT, offsetof(gsea_args_t, curves), "TSV", 0, 0,
      "preranked, simple: also write the running sums of the 20 sets of smallest p, for drawing" },
    TIL_COMMON_OPTIONS(gsea_args_t)
};

static void list_methods(void)
{
    for (size_t i = 0; til_gsea_methods[i] != NULL; i++)
        printf("%-12s %s\n%-12s %s\n", til_gsea_methods[i]->name, til_gsea_methods[i]->summary, "",
               til_gsea_methods[i]->reference);
}

/* An option that was given and would do nothing with this method is refused. */
static til_status_t refuse_idle(til_ctx_t *ctx, const gsea_args_t *a,
                                const til_gsea_method_t *method)
{
    bool ora = method->needs_selection, preranked = method == til_gsea_methods[0];
    const struct {
        const char *name;
        bool idle;
    } options_given[] = {
        { "--ranks", ora && a->ranks != NULL },
        { "--list", !ora && a->list != NULL },
        { "--universe", (!ora || a->list == NULL) && a->universe != NULL },
        { "--alpha", (!ora || a->de == NULL) && a->alpha != defaults.alpha },
        { "--rank-by", a->de == NULL && strcmp(a->rank_by, defaults.rank_by) != 0 },
        { "--score-type", ora && a->list != NULL && a->score_type != defaults.score_type },
        { "--fast", !preranked && a->fast },
        { "--precise", !preranked && a->precise },
        { "--gsea-param", ora && a->gsea_param != defaults.gsea_param },
        { "--permutations", ora && a->permutations != defaults.permutations },
        { "--curves", ora && a->curves != NULL },
        { "--ties", ora && a->ties != defaults.ties },
    };
    for (size_t i = 0; i < sizeof options_given / sizeof *options_given; i++)
        if (options_given[i].idle)
            return til_fail(ctx, TIL_EUSAGE, "%s does nothing with --method %s and %s",
                            options_given[i].name, method->name,
                            a->de != NULL     ? "--de"
                            : a->list != NULL ? "--list"
                                              : "--ranks");
    return TIL_OK;
}

static til_status_t check(til_ctx_t *ctx, const gsea_args_t *a, const til_gsea_method_t **method)
{
    int n_sources = (a->ranks != NULL) + (a->de != NULL) + (a->list != NULL);

    *method = til_gsea_find(a->method);
    if (*method == NULL)
        return til_fail(ctx, TIL_EUSAGE, "--method: no method '%s'; see --list-methods", a->method);
    if (a->sets == NULL) return til_fail(ctx, TIL_EUSAGE, "-g/--sets is missing");
    if (n_sources != 1)
        return til_fail(ctx, TIL_EUSAGE, "%s: give one of them",
                        n_sources == 0 ? "no --ranks, --de or --list"
                                       : "more than one of --ranks, --de and --list");
    if (a->fast && a->precise)
        return til_fail(ctx, TIL_EUSAGE, "--fast and --precise exclude each other");
    if (a->list != NULL && a->universe == NULL)
        return til_fail(ctx, TIL_EUSAGE,
                        "--list needs --universe: all genes that could have been "
                        "selected");
    if (a->min_size > a->max_size)
        return til_fail(ctx, TIL_EUSAGE, "--min-size %lld is above --max-size %lld",
                        (long long)a->min_size, (long long)a->max_size);
    return refuse_idle(ctx, a, *method);
}

static til_gsea_options_t gsea_options(const gsea_args_t *a)
{
    return (til_gsea_options_t){ .min_size = (size_t)a->min_size,
                                 .max_size = (size_t)a->max_size,
                                 .gsea_param = a->gsea_param,
                                 .score_type = a->score_type,
                                 .ties = a->ties,
                                 .effort = a->fast      ? TIL_GSEA_FAST
                                           : a->precise ? TIL_GSEA_PRECISE
                                                        : TIL_GSEA_NORMAL,
                                 .n_permutations = (size_t)a->permutations,
                                 .seed = (uint64_t)a->seed };
}

static til_status_t read_sets(til_ctx_t *ctx, til_job_t *job, const char *path,
                              til_genesets_t *sets)
{
    til_status_t status = TIL_OK;
    til_text_t text = { 0 };

    TIL_TRY(til_text_read(ctx, path, &text));
    TIL_TRY(til_job_input(ctx, job, path, text.sha256, 0));
    TIL_TRY(til_gmt_read(ctx, &text, sets));
done:
    til_text_clear(&text);
    return status;
}

static void say_result(til_ctx_t *ctx, const til_gsea_method_t *method, const til_table_t *table)
{
    const til_column_t *padj = til_table_column(table, "padj");
    size_t n_tested = 0, n_below = 0;

    for (size_t i = 0; padj != NULL && i < table->n_rows; i++) {
        n_tested += padj->number[i] >= 0; /* false for NaN */
        n_below += padj->number[i] < 0.05;
    }
    til_say(ctx, TIL_LOG_STAGE, "%s: %zu of %zu sets tested, %zu with padj < 0.05", method->name,
            n_tested, table->n_rows, n_below);
}

/* The running sums of the sets that a reader will want to see. */
static til_status_t write_curves(til_ctx_t *ctx, til_job_t *job, const char *path,
                                 const til_ranking_t *ranking, const til_genesets_t *sets,
                                 const til_gsea_options_t *how, const til_table_t *result)
{
    enum { MOST_CURVES = 20 };
    til_table_t curves = { 0 };
    til_out_t *out;
    til_status_t status;

    TIL_TRY(til_gsea_running_scores(ctx, ranking, sets, how, result, MOST_CURVES, &curves));
    TIL_TRY(til_job_open(ctx, job, path, &out));
    til_job_provenance(job, out);
    til_table_write(out, &curves);
    TIL_TRY(til_out_close(ctx, out));
done:
    til_table_clear(&curves);
    return status;
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    til_status_t status = TIL_OK;
    const gsea_args_t *args = job->args;
    const til_gsea_method_t *method;
    til_genesets_t sets = { 0 };
    til_ranking_t ranking = { 0 };
    til_gene_ids_t ids = { 0 };
    til_table_t table = { 0 }, coverage = { 0 };
    til_strbuf_t side = { 0 };
    bool *selected = NULL, to_file = strcmp(args->output, "-") != 0;
    til_out_t *out, *out_coverage = NULL;

    if (args->list_methods) {
        list_methods();
        return TIL_OK;
    }
    TIL_TRY(check(ctx, args, &method));
    til_gsea_options_t how = gsea_options(args);
    til_ranking_source_t source = { .ranks = args->ranks,
                                    .de = args->de,
                                    .list = args->list,
                                    .universe = args->universe,
                                    .genes = args->genes,
                                    .species = args->species,
                                    .sets = &sets,
                                    .rank_by = args->rank_by,
                                    .select = method->needs_selection,
                                    .alpha = args->alpha,
                                    .side = how.score_type };
    const char *inputs[] = { args->sets, args->ranks,    args->de,
                             args->list, args->universe, args->genes };
    TIL_TRY(til_job_refuse_input(ctx, args->output, inputs, sizeof inputs / sizeof *inputs));
    TIL_TRY(til_job_open(ctx, job, args->output, &out));
    if (to_file) {
        TIL_TRY(til_coverage_path(ctx, args->output, &side));
        TIL_TRY(til_job_refuse_input(ctx, side.text, inputs, sizeof inputs / sizeof *inputs));
        TIL_TRY(til_job_open(ctx, job, side.text, &out_coverage));
    }
    TIL_TRY(read_sets(ctx, job, args->sets, &sets));
    TIL_TRY(til_load_ranking(ctx, job, &source, &ids, &ranking, &selected));
    how.gene_ids = &ids;
    TIL_TRY(til_job_remark(ctx, job, "seed", "%lld", (long long)args->seed));
    TIL_TRY(til_gsea_run(ctx, method, &ranking, selected, &sets, &how, &table, &coverage));
    til_job_provenance(job, out);
    til_table_write(out, &table);
    TIL_TRY(til_out_close(ctx, out));
    if (to_file) {
        til_coverage_write(job, out_coverage, &coverage, 1);
        TIL_TRY(til_out_close(ctx, out_coverage));
    }
    if (args->curves != NULL)
        TIL_TRY(write_curves(ctx, job, args->curves, &ranking, &sets, &how, &table));
    til_coverage_say(ctx, "sets", &coverage, 1, to_file);
    say_result(ctx, method, &table);

done:
    free(selected);
    til_strbuf_clear(&side);
    til_gene_ids_clear(&ids);
    til_table_clear(&table);
    til_table_clear(&coverage);
    til_ranking_clear(&ranking);
    til_genesets_clear(&sets);
    return status;
}

static til_status_t check_args(til_ctx_t *ctx, const void *args)
{
    const til_gsea_method_t *method;
    return check(ctx, args, &method);
}

const til_command_t til_cmd_gsea = { .name = "gsea",
                                     .operands = "",
                                     .summary = "Test gene sets along a ranking of genes.",
                                     .options = options,
                                     .defaults = &defaults,
                                     .args_size = sizeof(gsea_args_t),
                                     .common_offset = offsetof(gsea_args_t, common),
                                     .min_operands = 0,
                                     .max_operands = 0,
                                     .run = run,
                                     .check = check_args };
