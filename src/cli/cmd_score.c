/* cmd_score.c -- tilseq score: a matrix and gene sets in, a number per set and sample out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "cli/commands.h"
#include "cli/input_options.h"
#include "tasks/coverage_file.h"
#include "tasks/inputs.h"
#include "tasks/lengths.h"
#include "tasks/shipped.h"
#include "io/text/builtin.h"
#include "io/text/gmt.h"
#include "io/text/table_tsv.h"
#include "norm/scales.h"

typedef struct {
    const char *sets, *scores, *method, *samples, *lengths, *output;
    til_score_scale_t scale;
    til_score_input_kind_t values;
    til_species_t species;
    int kcdf; /* til_kcdf_t, or TIL_NOT_CHOSEN       */
    int ties; /* til_score_ties_t, or TIL_NOT_CHOSEN */
    int64_t min_size;
    bool list_methods;
    til_input_args_t input;
    til_common_t common;
} score_args_t;

static const score_args_t defaults = { .method = "ssgsea",
                                       .scale = TIL_SCORE_RAW,
                                       .values = TIL_SCORE_INPUT_AUTO,
                                       .species = TIL_SPECIES_UNKNOWN,
                                       .kcdf = TIL_NOT_CHOSEN,
                                       .ties = TIL_NOT_CHOSEN,
                                       .min_size = 1,
                                       .output = "-" };

static const til_opt_t options[] = {
    { 'g', "sets", TIL_OPT_FILE, offsetof(score_args_t, sets), "GMT", 0, 0,
      "gene sets to score [without -g and --scores: the sets and scores that ship with tilseq]" },
    { 0, "scores", TIL_OPT_FILE, offsetof(score_args_t, scores), "TSV", 0, 0,
      "scores to compute: weights, ratios, pairs, in the layout of genesets/scores.tsv" },
    { 'm', "method", TIL_OPT_TEXT, offsetof(score_args_t, method), "NAME", 0, 0,
      "how to score sets: ssgsea, gsva, zscore, plage, singscore, mean; see --list-methods" },
    TIL_CHOICE(0, "scale", score_args_t, scale, &til_score_scale_words,
               "ssgsea: as it is, divided by the range of the call, or (score - mean)/sd of random "
               "sets"),
    TIL_CHOICE(0, "input", score_args_t, values, &til_score_input_words,
               "what the values are: counts become log2(CPM + 1), cpm and tpm log2(x + 1)"),
    TIL_SPECIES_OPTION(score_args_t),
    TIL_CHOICE(0, "kcdf", score_args_t, kcdf, &til_kcdf_words,
               "gsva: kernel of the distribution of a gene; poisson takes counts [gaussian]"),
    TIL_CHOICE(0, "ties", score_args_t, ties, &til_score_ties_words,
               "ssgsea: tied genes share a place, or go in the order of rows as in GSVA [block]"),
    { 0, "min-size", TIL_OPT_INT, offsetof(score_args_t, min_size), "INT", 1, 1000000,
      "sets with fewer genes in the matrix have no score (NA)" },
    { 0, "samples", TIL_OPT_FILE, offsetof(score_args_t, samples), "SAMPLES", 0, 0,
      "sample sheet: its samples, in its order" },
    { 0, "lengths", TIL_OPT_FILE, offsetof(score_args_t, lengths), "FILE", 0, 0,
      "counts: lengths of the genes [a column length]; scores published for TPM then are on TPM" },
    TIL_GENES_OPTION(score_args_t),
    TIL_SAMPLE_OPTIONS(score_args_t),
    TIL_SUM_OPTION(score_args_t),
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(score_args_t, output), "OUT.tsv", 0, 0,
      "write scores here, what was found of each set to OUT.coverage.tsv, intervals of ratios to "
      "OUT.intervals.tsv; - is stdout" },
    { 0, "list-methods", TIL_OPT_FLAG, offsetof(score_args_t, list_methods), NULL, 0, 0,
      "print the methods and their references" },
    TIL_COMMON_OPTIONS(score_args_t)
};

static void list_methods(til_out_t *out)
{
    for (size_t i = 0; til_score_methods[i] != NULL; i++)
        til_out_printf(out, "%-10s %s\n%-10s %s\n", til_score_methods[i]->name,
                       til_score_methods[i]->summary, "", til_score_methods[i]->reference);
}

/* ---- wishes ----------------------------------------------------------------------------- */

static til_status_t read_wishes(til_ctx_t *ctx, const score_args_t *args,
                                const til_score_method_t **method, til_score_options_t *options_out)
{
    *method = til_score_find(args->method);
    *options_out = (til_score_options_t){ .min_size = (size_t)args->min_size,
                                          .scale = args->scale };
    if (*method == NULL)
        return til_fail(ctx, TIL_EUSAGE, "--method: no method '%s'; see --list-methods",
                        args->method);
    if (args->kcdf != TIL_NOT_CHOSEN) options_out->kcdf = (til_kcdf_t)args->kcdf;
    if (args->ties != TIL_NOT_CHOSEN) options_out->ties = (til_score_ties_t)args->ties;
    if (args->ties != TIL_NOT_CHOSEN && !((*method)->flags & TIL_SCORE_HAS_TIES))
        return til_fail(ctx, TIL_EUSAGE, "--ties: only method ssgsea has this choice");
    if (options_out->scale == TIL_SCORE_RANGE && !((*method)->flags & TIL_SCORE_HAS_RANGE))
        return til_fail(ctx, TIL_EUSAGE, "--scale range: only method ssgsea has this scale");
    if (options_out->scale == TIL_SCORE_COHORT_FREE && (*method)->null_moments == NULL)
        return til_fail(ctx, TIL_EUSAGE, "--scale cohort-free: only method ssgsea has this scale");
    if (args->samples == NULL &&
        (args->input.include.n > 0 || args->input.exclude.n > 0 || args->input.subset))
        return til_fail(ctx, TIL_EUSAGE,
                        "--include, --exclude and --subset need the sample sheet: "
                        "--samples SAMPLES");
    if (args->kcdf != TIL_NOT_CHOSEN && !((*method)->flags & TIL_SCORE_HAS_KCDF))
        return til_fail(ctx, TIL_EUSAGE, "--kcdf: only method gsva has a kernel");
    return TIL_OK;
}

/* What the values are: as said, or as they look; says what was taken. */
static til_status_t choose_input(til_ctx_t *ctx, const score_args_t *args,
                                 const til_score_options_t *how, const til_matrix_t *m,
                                 til_score_input_kind_t *kind)
{
    static const char *const taken[] = {
        [TIL_SCORE_INPUT_AUTO] = "",
        [TIL_SCORE_INPUT_COUNTS] = "counts, scored as log2(CPM + 1)",
        [TIL_SCORE_INPUT_CPM] = "CPM or TPM, scored as log2(x + 1)",
        [TIL_SCORE_INPUT_TPM] = "TPM, scored as log2(x + 1)",
        [TIL_SCORE_INPUT_LOG] = "log values, scored as they are",
    };

    *kind = args->values;
    if (*kind == TIL_SCORE_INPUT_AUTO) {
        til_status_t status = til_score_guess_input(ctx, m, kind);
        if (status != TIL_OK) return status;
        til_say(ctx, TIL_LOG_NOTICE, "%s: values are taken as %s", m->origin, taken[*kind]);
    }
    if (how->kcdf == TIL_KCDF_POISSON && *kind != TIL_SCORE_INPUT_COUNTS)
        return til_fail(ctx, TIL_EINPUT, "%s: --kcdf poisson takes counts, and these are %s",
                        m->origin, taken[*kind]);
    return TIL_OK;
}

/* ---- sets and scores -------------------------------------------------------------------- */

/* What is to be scored. */
typedef struct {
    til_species_t species;
    til_genesets_t sets;  /* to score; none with --scores alone         */
    til_genesets_t words; /* what definitions may name: sets + shipped  */
    til_score_rows_t rows;
    til_gene_ids_t ids;
    bool has_sets, has_scores;
} wanted_t;

static void wanted_clear(wanted_t *w)
{
    til_genesets_clear(&w->sets);
    til_genesets_clear(&w->words);
    til_score_rows_clear(&w->rows);
    til_gene_ids_clear(&w->ids);
}

static til_status_t add_sets(til_ctx_t *ctx, const til_genesets_t *from, til_genesets_t *to)
{
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < from->n_sets && status == TIL_OK; i++) {
        const til_geneset_t *set = &from->sets[i];
        if (til_genesets_find(to, set->name) == NULL)
            status = til_genesets_add(ctx, to, set->name, set->about, set->genes, set->n_genes,
                                      set->line, NULL);
    }
    return status;
}

static til_status_t read_files(til_ctx_t *ctx, til_job_t *job, const score_args_t *args,
                               wanted_t *w)
{
    til_text_t text = { 0 };
    til_status_t status = TIL_OK;

    if (args->sets != NULL) {
        TIL_TRY(til_text_read(ctx, args->sets, &text));
        TIL_TRY(til_job_input(ctx, job, args->sets, text.sha256, 0));
        TIL_TRY(til_gmt_read(ctx, &text, &w->sets));
        til_text_clear(&text);
    }
    if (args->scores != NULL) {
        TIL_TRY(til_text_read(ctx, args->scores, &text));
        TIL_TRY(til_job_input(ctx, job, args->scores, text.sha256, 0));
        TIL_TRY(til_score_rows_read(ctx, &text, w->species, &w->rows));
    }
done:
    til_text_clear(&text);
    return status;
}

/* Reads what was asked for, or takes what ships, and gives the rows of `m` the names it uses. */
static til_status_t gather(til_ctx_t *ctx, til_job_t *job, const score_args_t *args,
                           til_matrix_t *m, wanted_t *w)
{
    bool shipped = args->sets == NULL && args->scores == NULL;
    til_text_t text = { 0 };
    til_genesets_t ours = { 0 };
    const til_gene_rows_t rows = til_matrix_gene_rows(m);
    til_status_t status;

    w->has_sets = args->sets != NULL || shipped;
    w->has_scores = args->scores != NULL || shipped;
    TIL_TRY(til_species_of(ctx, args->species, &rows, &w->species));
    if (shipped && w->species == TIL_SPECIES_UNKNOWN) {
        status = til_fail(ctx, TIL_EINPUT,
                          "%s: no row (%s, ...) is named like a human or mouse "
                          "gene: give names with --genes, sets with -g, or --species",
                          m->origin, m->n_rows > 0 ? til_matrix_label(m, 0) : "none");
        goto done;
    }
    TIL_TRY(read_files(ctx, job, args, w));
    if (w->has_scores && w->species != TIL_SPECIES_UNKNOWN)
        TIL_TRY(til_shipped_sets(ctx, w->species, &ours));
    if (shipped) {
        TIL_TRY(til_builtin_text(ctx, "scores.tsv", &text));
        TIL_TRY(til_score_rows_read(ctx, &text, w->species, &w->rows));
        TIL_TRY(til_shipped_sets(ctx, w->species, &w->sets));
    }
    TIL_TRY(til_genesets_set_origin(ctx, &w->words, w->has_sets ? w->sets.origin : args->scores));
    TIL_TRY(add_sets(ctx, &w->sets, &w->words));
    TIL_TRY(add_sets(ctx, &ours, &w->words));
    TIL_TRY(til_shipped_ids(ctx, w->species, &w->ids));
    TIL_TRY(til_name_rows(ctx, w->species, &w->ids, &w->words, m));
    TIL_TRY(til_job_remark(ctx, job, "species", "%s", til_species_name(w->species)));
done:
    til_text_clear(&text);
    til_genesets_clear(&ours);
    return status;
}

/* ---- output ----------------------------------------------------------------------------- */

static void write_rows(til_out_t *out, const til_matrix_t *m)
{
    for (size_t i = 0; i < m->n_rows; i++) {
        til_out_text(out, m->row_names[i]);
        for (size_t s = 0; s < m->n_cols; s++) {
            til_out_char(out, '\t');
            til_out_number(out, til_matrix_row(m, i)[s]);
        }
        til_out_char(out, '\n');
    }
}

/* OUT.intervals.tsv, where there are ratios of counted reads. */
static til_status_t write_intervals(til_ctx_t *ctx, til_job_t *job, const char *output,
                                    const til_table_t *intervals)
{
    til_strbuf_t path = { 0 };
    til_out_t *out;
    til_status_t status = til_side_path(ctx, output, ".intervals.tsv", &path);

    if (status == TIL_OK) status = til_job_open(ctx, job, path.text, &out);
    if (status == TIL_OK) {
        til_job_provenance(job, out);
        til_table_write(out, intervals);
        status = til_out_close(ctx, out);
    }
    til_strbuf_clear(&path);
    return status;
}

/* A score without some of its genes is another number: names the first few. */
static til_status_t say_incomplete_scores(til_ctx_t *ctx, const til_table_t *coverage)
{
    enum { SHOWN = 5 };
    til_strbuf_t b = { 0 };
    size_t n = 0;

    for (size_t i = 0; i < coverage->n_rows; i++) {
        double n_found = til_table_column(coverage, "n_found")->number[i];
        double n_genes = til_table_column(coverage, "n_genes")->number[i];
        if (n_found == n_genes || n++ >= SHOWN) continue;
        til_strbuf_printf(&b, "%s%s (%.0f of %.0f)", n > 1 ? ", " : "",
                          til_table_column(coverage, "set")->text[i], n_found, n_genes);
    }
    if (!b.failed && n > 0)
        til_say(ctx, TIL_LOG_WARNING, "%zu scores lack genes: %s%s", n, til_strbuf_text(&b),
                n > SHOWN ? ", ..." : "");
    til_status_t status = b.failed ? til_no_memory(ctx, n, "scores") : TIL_OK;
    til_strbuf_clear(&b);
    return status;
}

/* ---- run -------------------------------------------------------------------------------- */

/* Do all features have a length of their own? */
static bool has_lengths(const til_matrix_t *m)
{
    for (size_t g = 0; g < m->n_rows; g++)
        if (m->lengths == NULL || !(m->lengths[g] > 0)) return false;
    return true;
}

/* log2(TPM + 1) of counts whose lengths are known; else leaves `tpm` empty. Says which it is. */
static til_status_t make_tpm(til_ctx_t *ctx, til_job_t *job, const char *lengths_path,
                             const til_matrix_t *counts, til_matrix_t *tpm)
{
    til_status_t status = TIL_OK;
    til_matrix_t lengths = { 0 };

    if (lengths_path == NULL && !has_lengths(counts)) {
        til_say(ctx, TIL_LOG_NOTICE,
                "scores published for TPM are computed on CPM: counts have no gene lengths");
        return til_job_remark(ctx, job, "scores_scale", "CPM");
    }
    if (lengths_path != NULL) TIL_TRY(til_load_lengths(ctx, job, lengths_path, counts, &lengths));
    TIL_TRY(til_matrix_select(ctx, counts, NULL, counts->n_rows, NULL, counts->n_cols, tpm));
    TIL_TRY(til_norm_tpm(ctx, tpm, lengths_path != NULL ? &lengths : NULL));
    TIL_TRY(til_score_to_log(ctx, TIL_SCORE_INPUT_TPM, tpm, NULL));
    til_say(ctx, TIL_LOG_NOTICE, "scores published for TPM are computed on TPM, ratios on CPM");
    TIL_TRY(til_job_remark(ctx, job, "scores_scale", "TPM"));
done:
    til_matrix_clear(&lengths);
    if (status != TIL_OK) til_matrix_clear(tpm);
    return status;
}

/* What comes out: of sets, then of definitions. */
typedef struct {
    til_matrix_t scores[2];
    til_table_t coverage[2], intervals;
} result_t;

static void result_clear(result_t *r)
{
    for (size_t t = 0; t < 2; t++) {
        til_matrix_clear(&r->scores[t]);
        til_table_clear(&r->coverage[t]);
    }
    til_table_clear(&r->intervals);
}

/* `m` ends up on the log scale. */
static til_status_t compute(til_ctx_t *ctx, til_job_t *job, const til_score_method_t *method,
                            const til_score_options_t *how, til_score_input_kind_t kind,
                            const wanted_t *w, til_matrix_t *m, result_t *r)
{
    const score_args_t *args = job->args;
    til_status_t status = TIL_OK;
    til_matrix_t tpm = { 0 };
    double *per_read = til_array(m->n_cols, sizeof *per_read);

    if (per_read == NULL) return til_no_memory(ctx, m->n_cols, "samples");
    if (how->kcdf == TIL_KCDF_POISSON && w->has_sets)
        TIL_TRY(til_score_sets(ctx, method, how, m, &w->sets, &r->scores[0], &r->coverage[0]));
    if (kind == TIL_SCORE_INPUT_COUNTS && w->has_scores)
        TIL_TRY(make_tpm(ctx, job, args->lengths, m, &tpm));
    TIL_TRY(til_score_to_log(ctx, kind, m, per_read));
    if (how->kcdf != TIL_KCDF_POISSON && w->has_sets)
        TIL_TRY(til_score_sets(ctx, method, how, m, &w->sets, &r->scores[0], &r->coverage[0]));
    if (w->has_scores) {
        til_score_values_t values = { m, tpm.n_rows > 0 ? &tpm : NULL, per_read };
        TIL_TRY(til_score_defs(ctx, w->rows.defs, w->rows.n, w->rows.text.path, &w->words, &values,
                               &w->ids, &r->scores[1], &r->coverage[1], &r->intervals));
    }
done:
    til_matrix_clear(&tpm);
    free(per_read);
    return status;
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    const score_args_t *args = job->args;
    const til_score_method_t *method;
    til_score_options_t how;
    til_score_input_kind_t kind;
    til_matrix_t m = { 0 };
    til_sheet_t sheet = { 0 };
    result_t r = { 0 };
    wanted_t wanted = { 0 };
    til_strbuf_t side = { 0 };
    til_out_t *out = NULL, *out_coverage = NULL;
    bool to_file = strcmp(args->output, "-") != 0;
    til_status_t status;

    if (args->list_methods) {
        TIL_TRY(til_job_open(ctx, job, args->output, &out));
        list_methods(out);
        return til_out_close(ctx, out);
    }
    if (job->n_operands != 1)
        return til_fail(ctx, TIL_EUSAGE,
                        "expected one MATRIX, got %d operands; see tilseq score --help",
                        job->n_operands);
    TIL_TRY(read_wishes(ctx, args, &method, &how));
    const char *inputs[] = { job->operands[0], args->sets, args->scores, args->input.genes,
                             args->samples };
    TIL_TRY(til_job_refuse_input(ctx, args->output, inputs, sizeof inputs / sizeof *inputs));
    TIL_TRY(til_job_open(ctx, job, args->output, &out));
    if (to_file) {
        TIL_TRY(til_coverage_path(ctx, args->output, &side));
        TIL_TRY(til_job_refuse_input(ctx, side.text, inputs, sizeof inputs / sizeof *inputs));
        TIL_TRY(til_job_open(ctx, job, side.text, &out_coverage));
    }
    if (args->samples == NULL)
        TIL_TRY(til_load_matrix(ctx, job, job->operands[0], TIL_VALUES_ANY, &args->input, &m));
    else
        TIL_TRY(til_load_samples(ctx, job, job->operands[0], args->samples, TIL_VALUES_ANY,
                                 &args->input, &m, &sheet));
    TIL_TRY(choose_input(ctx, args, &how, &m, &kind));
    TIL_TRY(gather(ctx, job, args, &m, &wanted));
    if (args->lengths != NULL && (kind != TIL_SCORE_INPUT_COUNTS || !wanted.has_scores)) {
        status = til_fail(ctx, TIL_EUSAGE, "--lengths: only scores of counts use lengths");
        goto done;
    }
    TIL_TRY(til_job_remark(ctx, job, "values", "%s", til_score_input_words.words[kind]));
    how.gene_ids = &wanted.ids;
    TIL_TRY(compute(ctx, job, method, &how, kind, &wanted, &m, &r));

    til_job_provenance(job, out);
    til_out_text(out, "set");
    for (size_t s = 0; s < m.n_cols; s++) til_out_printf(out, "\t%s", m.col_names[s]);
    til_out_char(out, '\n');
    for (size_t t = 0; t < 2; t++) write_rows(out, &r.scores[t]);
    TIL_TRY(til_out_close(ctx, out));
    if (to_file) {
        til_coverage_write(job, out_coverage, r.coverage, 2);
        TIL_TRY(til_out_close(ctx, out_coverage));
        if (kind == TIL_SCORE_INPUT_COUNTS && r.intervals.n_rows > 0)
            TIL_TRY(write_intervals(ctx, job, args->output, &r.intervals));
    }
    if (wanted.has_scores) TIL_TRY(say_incomplete_scores(ctx, &r.coverage[1]));
    til_coverage_say(ctx, "sets and scores", r.coverage, 2, to_file);
done:
    til_strbuf_clear(&side);
    wanted_clear(&wanted);
    til_sheet_clear(&sheet);
    til_matrix_clear(&m);
    result_clear(&r);
    return status;
}

static til_status_t check_args(til_ctx_t *ctx, const void *args)
{
    const til_score_method_t *method;
    til_score_options_t how;
    return read_wishes(ctx, args, &method, &how);
}

const til_command_t til_cmd_score = {
    .name = "score",
    .operands = "MATRIX",
    .summary = "Score gene sets and published signatures in every sample.",
    .details = "OUT.tsv has a row per set or score and a column per sample; OUT.coverage.tsv "
               "says which genes of each were found and which are missing, OUT.intervals.tsv how "
               "sure ratios of counts are. Genes are matched by "
               "symbol: by --genes, by a gene_name column, or, for rows named by Entrez or "
               "Ensembl ids, by the table inside tilseq.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(score_args_t),
    .common_offset = offsetof(score_args_t, common),
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
    .check = check_args
};
