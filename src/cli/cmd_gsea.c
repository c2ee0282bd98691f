/* cmd_gsea.c -- tilseq gsea: gene sets and a ranking in, one row per set out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tilseq/gsea.h>

#include "base/strbuf.h"
#include "base/try.h"
#include "cli/commands.h"
#include "cli/design_options.h"
#include "cli/input_options.h"
#include "tasks/coverage_file.h"
#include "tasks/job.h"
#include "tasks/rankings.h"
#include "tasks/set_tests.h"
#include "io/text/gmt.h"
#include "io/text/table_tsv.h"

typedef struct {
    til_list_t sets;
    til_duplicates_t duplicates;
    const char *ranks, *de, *list, *universe, *rank_by, *counts, *samples, *block;
    til_design_args_t asked;
    til_input_args_t input;
    bool sample_weights, ebayes_trend, robust;
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
    { 'g', "sets", TIL_OPT_LIST, offsetof(gsea_args_t, sets), "GMT", 0, 0,
      "gene sets: name, description, genes; one a line (repeatable: they add up)" },
    TIL_CHOICE(0, "duplicates", gsea_args_t, duplicates, &til_duplicates_words,
               "a second set of one name is refused, left out, or joins the first"),
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
    { 0, "counts", TIL_OPT_FILE, offsetof(gsea_args_t, counts), "COUNTS", 0, 0,
      "camera, fry, roast: counts of samples instead of a ranking" },
    { 0, "samples", TIL_OPT_FILE, offsetof(gsea_args_t, samples), "SAMPLES", 0, 0,
      "with --counts: the sample sheet" },
    TIL_DESIGN_OPTIONS(gsea_args_t),
    { 0, "block", TIL_OPT_TEXT, offsetof(gsea_args_t, block), "COL", 0, 0,
      "with --counts: samples of one value are correlated (limma's duplicateCorrelation)" },
    { 0, "sample-weights", TIL_OPT_FLAG, offsetof(gsea_args_t, sample_weights), NULL, 0, 0,
      "with --counts: a quality weight for each sample beside voom's" },
    { 0, "ebayes-trend", TIL_OPT_FLAG, offsetof(gsea_args_t, ebayes_trend), NULL, 0, 0,
      "with --counts: let the prior variance follow the mean expression" },
    { 0, "robust", TIL_OPT_FLAG, offsetof(gsea_args_t, robust), NULL, 0, 0,
      "with --counts: protect the prior variance from outlying genes" },
    TIL_GENES_OPTION(gsea_args_t),
    TIL_SAMPLE_OPTIONS(gsea_args_t),
    TIL_COUNT_OPTIONS(gsea_args_t),
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
      "2, --precise 20 times); roast: 10 times as many rotations" },
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

static bool any_design(const gsea_args_t *a)
{
    const til_design_args_t *d = &a->asked;
    return d->design != NULL || d->contrasts.n > 0 || d->pair != NULL || d->time != NULL ||
           d->arm != NULL || d->trend || d->references.n > 0 || d->factors.n > 0 || d->drop_na;
}

static bool any_sample_option(const gsea_args_t *a)
{
    const til_input_args_t *i = &a->input;
    return i->include.n > 0 || i->exclude.n > 0 || i->subset || i->round || i->sum_duplicates;
}

/* An option that was given and would do nothing with this method is refused. */
static til_status_t refuse_idle(til_ctx_t *ctx, const gsea_args_t *a,
                                const til_gsea_method_t *method)
{
    bool ora = method->needs_selection, preranked = method == til_gsea_methods[0];
    bool samples = method->needs_effects, simple = strcmp(method->name, "simple") == 0;
    bool scores = preranked || simple, roast = strcmp(method->name, "roast") == 0;
    const struct {
        const char *name;
        bool idle;
    } options_given[] = {
        { "--ranks", (ora || samples) && a->ranks != NULL },
        { "--de", samples && a->de != NULL },
        { "--list", !ora && a->list != NULL },
        { "--universe", (!ora || a->list == NULL) && a->universe != NULL },
        { "--alpha", (!ora || a->de == NULL) && a->alpha != defaults.alpha },
        { "--rank-by", a->de == NULL && strcmp(a->rank_by, defaults.rank_by) != 0 },
        { "--score-type", (!scores && !ora) || (ora && a->list != NULL)
                              ? a->score_type != defaults.score_type
                              : false },
        { "--fast", !preranked && a->fast },
        { "--precise", !preranked && a->precise },
        { "--gsea-param", !scores && a->gsea_param != defaults.gsea_param },
        { "--permutations", !scores && !roast && a->permutations != defaults.permutations },
        { "--curves", !scores && a->curves != NULL },
        { "--ties", !scores && a->ties != defaults.ties },
        { "--counts", !samples && a->counts != NULL },
        { "--samples", !samples && a->samples != NULL },
        { "--design, -c, --pair or another option of the design", !samples && any_design(a) },
        { "--include, --exclude or another option of samples", !samples && any_sample_option(a) },
        { "--block", !samples && a->block != NULL },
        { "--sample-weights", !samples && a->sample_weights },
        { "--ebayes-trend", !samples && a->ebayes_trend },
        { "--robust", !samples && a->robust },
    };
    for (size_t i = 0; i < sizeof options_given / sizeof *options_given; i++)
        if (options_given[i].idle)
            return til_fail(ctx, TIL_EUSAGE, "%s does nothing with --method %s and %s",
                            options_given[i].name, method->name,
                            a->de != NULL       ? "--de"
                            : a->list != NULL   ? "--list"
                            : a->counts != NULL ? "--counts"
                                                : "--ranks");
    return TIL_OK;
}

static til_status_t check_samples(til_ctx_t *ctx, const gsea_args_t *a, const char *method)
{
    if (a->counts == NULL || a->samples == NULL)
        return til_fail(ctx, TIL_EUSAGE,
                        "--method %s compares samples: it needs --counts COUNTS "
                        "and --samples SAMPLES",
                        method);
    if (a->asked.design == NULL && a->asked.pair == NULL)
        return til_fail(ctx, TIL_EUSAGE, "--method %s: needs --design and -c, or --pair and --time",
                        method);
    if (a->block != NULL && a->sample_weights)
        return til_fail(ctx, TIL_EUSAGE, "--block and --sample-weights exclude each other");
    return TIL_OK;
}

static til_status_t check(til_ctx_t *ctx, const gsea_args_t *a, const til_gsea_method_t **method)
{
    int n_sources = (a->ranks != NULL) + (a->de != NULL) + (a->list != NULL);

    *method = til_gsea_find(a->method);
    if (*method == NULL)
        return til_fail(ctx, TIL_EUSAGE, "--method: no method '%s'; see --list-methods", a->method);
    if (a->sets.n == 0) return til_fail(ctx, TIL_EUSAGE, "-g/--sets is missing");
    if ((*method)->needs_effects && n_sources == 0) {
        til_status_t status = check_samples(ctx, a, (*method)->name);
        if (status != TIL_OK) return status;
    } else if (n_sources != 1) {
        return til_fail(ctx, TIL_EUSAGE, "%s: give one of them",
                        n_sources == 0 ? "no --ranks, --de or --list"
                                       : "more than one of --ranks, --de and --list");
    }
    if (a->fast && a->precise)
        return til_fail(ctx, TIL_EUSAGE, "--fast and --precise exclude each other");
    if (a->list != NULL && a->universe == NULL)
        return til_fail(ctx, TIL_EUSAGE,
                        "--list needs --universe: all genes that could have been selected");
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

static til_status_t read_sets(til_ctx_t *ctx, til_job_t *job, const gsea_args_t *args,
                              til_genesets_t *sets)
{
    til_status_t status = TIL_OK;
    til_text_t text = { 0 };

    for (size_t i = 0; i < args->sets.n; i++) {
        til_text_clear(&text);
        TIL_TRY(til_text_read(ctx, args->sets.items[i], &text));
        TIL_TRY(til_job_input(ctx, job, args->sets.items[i], text.sha256, 0));
        TIL_TRY(til_gmt_add(ctx, &text, args->duplicates, sets));
    }
done:
    til_text_clear(&text);
    return status;
}

/* Neither result may overwrite what is read. */
static til_status_t refuse_inputs(til_ctx_t *ctx, const gsea_args_t *args, const char *path)
{
    til_status_t status = TIL_OK;
    const char *inputs[] = { args->ranks,  args->de,          args->list,   args->universe,
                             args->counts, args->input.genes, args->samples };

    TIL_TRY(til_job_refuse_input(ctx, path, inputs, sizeof inputs / sizeof *inputs));
    TIL_TRY(til_job_refuse_input(ctx, path, args->sets.items, args->sets.n));
done:
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

/* What a ranking of genes from a comparison of samples can and cannot tell. */
static void say_what_is_tested(til_ctx_t *ctx, const gsea_args_t *args,
                               const til_gsea_method_t *method)
{
    if (args->de == NULL || method->needs_selection) return;
    til_say(
        ctx, TIL_LOG_NOTICE,
        "%s compares samples: %s tests whether a set's genes stand together in this ranking, not "
        "whether the set would change in other samples, for genes move together: between random "
        "arms of paired biopsies it had p < 0.05 for 43 %% of sets (camera 3 %%, fry 5 %%: "
        "--method camera or fry with --counts)",
        args->de, method->name);
}

static til_status_t test_ranking(til_ctx_t *ctx, til_job_t *job, const til_gsea_method_t *method,
                                 const til_genesets_t *sets, til_table_t *table,
                                 til_table_t *coverage)
{
    til_status_t status = TIL_OK;
    const gsea_args_t *args = job->args;
    til_gsea_options_t how = gsea_options(args);
    til_ranking_source_t source = { .ranks = args->ranks,
                                    .de = args->de,
                                    .list = args->list,
                                    .universe = args->universe,
                                    .genes = args->input.genes,
                                    .species = args->species,
                                    .sets = sets,
                                    .rank_by = args->rank_by,
                                    .select = method->needs_selection,
                                    .alpha = args->alpha,
                                    .side = how.score_type };
    til_ranking_t ranking = { 0 };
    til_gene_ids_t ids = { 0 };
    bool *selected = NULL;

    TIL_TRY(til_load_ranking(ctx, job, &source, &ids, &ranking, &selected));
    how.gene_ids = &ids;
    say_what_is_tested(ctx, args, method);
    TIL_TRY(til_gsea_run(ctx, method, &ranking, selected, sets, &how, table, coverage));
    if (args->curves != NULL)
        TIL_TRY(write_curves(ctx, job, args->curves, &ranking, sets, &how, table));

done:
    free(selected);
    til_gene_ids_clear(&ids);
    til_ranking_clear(&ranking);
    return status;
}

static til_status_t test_samples(til_ctx_t *ctx, til_job_t *job, const til_gsea_method_t *method,
                                 const til_genesets_t *sets, til_table_t *table,
                                 til_table_t *coverage)
{
    const gsea_args_t *args = job->args;
    til_gsea_options_t how = gsea_options(args);
    til_set_test_source_t source = { .counts = args->counts,
                                     .samples = args->samples,
                                     .block = args->block,
                                     .sample_weights = args->sample_weights,
                                     .trend = args->ebayes_trend,
                                     .robust = args->robust,
                                     .asked = &args->asked,
                                     .input = &args->input,
                                     .species = args->species };
    return til_test_sets_of_samples(ctx, job, &source, method, sets, &how, table, coverage);
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    til_status_t status = TIL_OK;
    const gsea_args_t *args = job->args;
    const til_gsea_method_t *method;
    til_genesets_t sets = { 0 };
    til_table_t table = { 0 }, coverage = { 0 };
    til_strbuf_t side = { 0 };
    bool to_file = strcmp(args->output, "-") != 0;
    til_out_t *out, *out_coverage = NULL;

    if (args->list_methods) {
        list_methods();
        return TIL_OK;
    }
    TIL_TRY(check(ctx, args, &method));
    TIL_TRY(refuse_inputs(ctx, args, args->output));
    TIL_TRY(til_job_open(ctx, job, args->output, &out));
    if (to_file) {
        TIL_TRY(til_coverage_path(ctx, args->output, &side));
        TIL_TRY(refuse_inputs(ctx, args, side.text));
        TIL_TRY(til_job_open(ctx, job, side.text, &out_coverage));
    }
    TIL_TRY(read_sets(ctx, job, args, &sets));
    TIL_TRY(til_job_seed(ctx, job, args->seed));
    TIL_TRY((method->needs_effects ? test_samples : test_ranking)(ctx, job, method, &sets, &table,
                                                                  &coverage));
    til_job_provenance(job, out);
    til_table_write(out, &table);
    TIL_TRY(til_out_close(ctx, out));
    if (to_file) {
        til_coverage_write(job, out_coverage, &coverage, 1);
        TIL_TRY(til_out_close(ctx, out_coverage));
    }
    til_coverage_say(ctx, "sets", &coverage, 1, to_file);
    say_result(ctx, method, &table);

done:
    til_strbuf_clear(&side);
    til_table_clear(&table);
    til_table_clear(&coverage);
    til_genesets_clear(&sets);
    return status;
}

static til_status_t check_args(til_ctx_t *ctx, const void *args)
{
    const til_gsea_method_t *method;
    return check(ctx, args, &method);
}

const til_command_t til_cmd_gsea = {
    .name = "gsea",
    .operands = "",
    .summary = "Test gene sets: along a ranking of genes, or between samples.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(gsea_args_t),
    .common_offset = offsetof(gsea_args_t, common),
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
    .check = check_args
};
