/* cmd_simulate.c -- tilseq simulate: small biopsies with known truth. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <tilseq/sim.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "base/words.h"
#include "cli/commands.h"
#include "tasks/job.h"
#include "tasks/shipped.h"
#include "tasks/simulate_reads.h"
#include "io/text/builtin.h"
#include "io/text/gmt.h"
#include "io/text/matrix_tsv.h"
#include "io/text/table_tsv.h"

enum { RANDOM_SETS = 20, RANDOM_SIZE = 20, SMALLEST_SET = 2 };

/* Which reads are written: bits. */
typedef enum { READS_NONE, READS_FASTQ, READS_BAM, READS_BOTH } reads_t;
TIL_STATIC_WORDS(reads_words, READS_BOTH + 1, [READS_NONE] = "none", [READS_FASTQ] = "fastq",
                 [READS_BAM] = "bam", [READS_BOTH] = "both");

typedef struct {
    const char *output, *responders;
    reads_t reads;
    til_sim_scenario_t scenario;
    int64_t seed, patients, genes, arms, times, missing, fragments, read_length;
    double effect, changed, treatment, outliers, depth;
    til_common_t common;
} simulate_args_t;

static const simulate_args_t defaults = { .responders = "0.2,0.8",
                                          .seed = 1,
                                          .genes = 4000,
                                          .arms = 2,
                                          .times = 2,
                                          .reads = READS_NONE,
                                          .fragments = 50000,
                                          .read_length = 75,
                                          .effect = 2,
                                          .changed = 0.03,
                                          .treatment = 0.02,
                                          .outliers = 0.01,
                                          .depth = 1 };

static const til_opt_t options[] = {
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(simulate_args_t, output), "DIR", 0, 0,
      "folder for counts.tsv, samples.tsv, sets.gmt, truth.genes.tsv and truth.sets.tsv" },
    { 0, "seed", TIL_OPT_INT, offsetof(simulate_args_t, seed), "INT", 0, 9007199254740992.0,
      "seed; the same seed gives the same files" },
    { 0, "patients", TIL_OPT_INT, offsetof(simulate_args_t, patients), "INT", 1, 100000,
      "patients in all, dealt to the arms in turn [30; 60 with --scenario]" },
    { 0, "arms", TIL_OPT_INT, offsetof(simulate_args_t, arms), "INT", 1, TIL_SIM_MAX_ARMS,
      "arms: A, B, ..." },
    { 0, "times", TIL_OPT_INT, offsetof(simulate_args_t, times), "INT", 1, TIL_SIM_MAX_TIMES,
      "biopsies of a patient: pre, on, on2, ...; effects halve from one to the next" },
    { 0, "responders", TIL_OPT_TEXT, offsetof(simulate_args_t, responders), "F,F,...", 0, 0,
      "share of responders in each arm; the last is used for all further arms" },
    { 0, "missing", TIL_OPT_INT, offsetof(simulate_args_t, missing), "INT", 0, 100000,
      "patients whose last biopsy is missing" },
    { 0, "genes", TIL_OPT_INT, offsetof(simulate_args_t, genes), "INT", 10, 30000,
      "genes: those of the programmes first, then those of the shipped sets, then any" },
    { 0, "effect", TIL_OPT_NUMBER, offsetof(simulate_args_t, effect), "LOG2", 0, 10,
      "mean |log2 fold| of a changed gene in a patient who changes" },
    { 0, "changed", TIL_OPT_NUMBER, offsetof(simulate_args_t, changed), "F", 0, 1,
      "share of genes outside the programmes that change in responders" },
    { 0, "treatment", TIL_OPT_NUMBER, offsetof(simulate_args_t, treatment), "F", 0, 1,
      "share of genes outside the programmes that change in every patient on treatment" },
    { 0, "outliers", TIL_OPT_NUMBER, offsetof(simulate_args_t, outliers), "F", 0, 1,
      "share of counts that are outliers" },
    { 0, "depth", TIL_OPT_NUMBER, offsetof(simulate_args_t, depth), "X", 1e-6, 1000,
      "sequencing depth, times that of the biopsies the numbers come from" },
    TIL_CHOICE(
        0, "scenario", simulate_args_t, scenario, &til_sim_scenario_words,
        "instead of arms and responders, a trial of an IL-2 agonist: blood and tumour, cycles "
        "1 to 5, mono and combination"),
    TIL_CHOICE(0, "reads", simulate_args_t, reads, &reads_words,
               "also write paired reads: SAMPLE_1.fq.gz, SAMPLE_2.fq.gz, SAMPLE.bam; with "
               "transcripts.fa, tx2gene.tsv, genes.gtf and truth.transcripts.tsv; counts.tsv is "
               "then what was sequenced"),
    { 0, "fragments", TIL_OPT_INT, offsetof(simulate_args_t, fragments), "INT", 1, 1e8,
      "with --reads: fragments of a sample, on average" },
    { 0, "read-length", TIL_OPT_INT, offsetof(simulate_args_t, read_length), "INT", 20, 300,
      "with --reads: bases of a read" },
    TIL_COMMON_OPTIONS(simulate_args_t)
};

/* ---- plan ------------------------------------------------------------------------------- */

static til_status_t read_responders(til_ctx_t *ctx, const char *text, til_sim_plan_t *plan)
{
    size_t n = 0;

    for (const char *p = text;; p++) {
        size_t length = strcspn(p, ",");
        double share;

        if (!til_number_parse(p, length, &share) || !(share >= 0 && share <= 1))
            return til_fail(ctx, TIL_EUSAGE, "--responders: '%.*s' is not a number from 0 to 1",
                            (int)length, p);
        if (n == plan->n_arms)
            return til_fail(ctx, TIL_EUSAGE,
                            "--responders: '%s' has more numbers than there are arms (%zu)", text,
                            plan->n_arms);
        plan->responders[n++] = share;
        p += length;
        if (*p == '\0') break;
    }
    for (size_t a = n; a < plan->n_arms; a++) plan->responders[a] = plan->responders[n - 1];
    return TIL_OK;
}

/* What a scenario decides is not asked for as well. */
static til_status_t check_scenario(til_ctx_t *ctx, const simulate_args_t *args)
{
    const simulate_args_t *d = &defaults;
    const struct {
        const char *option;
        bool is_set;
    } others[] = { { "--arms", args->arms != d->arms },
                   { "--times", args->times != d->times },
                   { "--responders", args->responders != d->responders },
                   { "--missing", args->missing != d->missing },
                   { "--effect", args->effect < d->effect || args->effect > d->effect },
                   { "--changed", args->changed < d->changed || args->changed > d->changed },
                   { "--treatment",
                     args->treatment < d->treatment || args->treatment > d->treatment },
                   { "--outliers", args->outliers < d->outliers || args->outliers > d->outliers },
                   { "--depth", args->depth < d->depth || args->depth > d->depth } };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].is_set)
            return til_fail(ctx, TIL_EUSAGE, "%s: the --scenario decides that", others[i].option);
    return TIL_OK;
}

static til_status_t make_plan(til_ctx_t *ctx, const simulate_args_t *args, til_sim_plan_t *plan)
{
    *plan = (til_sim_plan_t){ .seed = (uint64_t)args->seed,
                              .n_arms = (size_t)args->arms,
                              .n_times = (size_t)args->times,
                              .n_patients = args->patients > 0 ? (size_t)args->patients
                                            : args->scenario == TIL_SIM_NO_SCENARIO ? 30
                                                                                    : 60,
                              .n_missing = (size_t)args->missing,
                              .effect = args->effect,
                              .changed = args->changed,
                              .treatment = args->treatment,
                              .outliers = args->outliers,
                              .depth = args->depth };
    if (args->changed + args->treatment > 1)
        return til_fail(ctx, TIL_EUSAGE, "--changed and --treatment add up to more than 1");
    const char *responders = args->responders;
    if (plan->n_arms == 1 && responders == defaults.responders) responders = "0.5";
    return read_responders(ctx, responders, plan);
}

/* ---- genes ------------------------------------------------------------------------------ */

/* The genes that may be simulated: protein-coding or in a set, with an Ensembl id. */
typedef struct {
    til_table_t table; /* owns the names         */
    char **ids, **symbols;
    size_t n;
} genes_t;

static void genes_clear(genes_t *g)
{
    til_table_clear(&g->table);
    free(g->ids);
    free(g->symbols);
    *g = (genes_t){ 0 };
}

static til_status_t read_table(til_ctx_t *ctx, til_table_t *table)
{
    til_text_t text;
    til_status_t status = til_builtin_text(ctx, "ids_human.tsv.gz", &text);

    if (status == TIL_OK) status = til_table_read(ctx, &text, table);
    til_text_clear(&text);
    return status;
}

static bool is_empty(const char *text) { return text == NULL || text[0] == '\0'; }

static til_status_t list_candidates(til_ctx_t *ctx, const til_genesets_t *sets, genes_t *out)
{
    til_names_t *in_sets = til_names_new(), *seen = til_names_new();
    til_status_t status;

    TIL_TRY(read_table(ctx, &out->table));
    char **symbol = til_table_column(&out->table, "symbol")->text;
    char **ensembl = til_table_column(&out->table, "ensembl")->text;
    char **type = til_table_column(&out->table, "type")->text;
    out->ids = til_array(out->table.n_rows, sizeof *out->ids);
    out->symbols = til_array(out->table.n_rows, sizeof *out->symbols);
    if (in_sets == NULL || seen == NULL || out->ids == NULL || out->symbols == NULL) {
        status = til_no_memory(ctx, out->table.n_rows, "genes");
        goto done;
    }
    for (size_t i = 0; i < sets->n_sets; i++)
        for (size_t j = 0; j < sets->sets[i].n_genes; j++)
            if (til_names_add(in_sets, sets->sets[i].genes[j], NULL) < 0) {
                status = til_no_memory(ctx, out->table.n_rows, "genes");
                goto done;
            }
    for (size_t g = 0; g < out->table.n_rows; g++) {
        int new_id = 0, new_symbol = 0;

        if (is_empty(symbol[g]) || is_empty(ensembl[g]) || is_empty(type[g])) continue;
        if (strcmp(type[g], "protein-coding") != 0 && til_names_find(in_sets, symbol[g]) < 0)
            continue;
        char *bar = strchr(ensembl[g], '|'); /* the first of several */
        if (bar != NULL) *bar = '\0';
        if (til_names_add(seen, ensembl[g], &new_id) < 0 ||
            til_names_add(seen, symbol[g], &new_symbol) < 0) {
            status = til_no_memory(ctx, out->table.n_rows, "genes");
            goto done;
        }
        if (!new_id || !new_symbol) continue;
        out->ids[out->n] = ensembl[g];
        out->symbols[out->n++] = symbol[g];
    }
done:
    til_names_free(in_sets);
    til_names_free(seen);
    return status;
}

/* Keeps the genes to simulate, in the order of the table. */
static til_status_t choose_genes(til_ctx_t *ctx, uint64_t seed, size_t n,
                                 const til_genesets_t *sets, genes_t *genes)
{
    til_status_t status = list_candidates(ctx, sets, genes);
    unsigned char *chosen = til_array(genes->n, 1);
    size_t n_chosen = 0, kept = 0;

    if (status == TIL_OK && chosen == NULL) status = til_no_memory(ctx, genes->n, "genes");
    if (status == TIL_OK)
        status = til_sim_choose_genes(ctx, seed, genes->n, genes->symbols, sets, n, chosen,
                                      &n_chosen);
    for (size_t g = 0; status == TIL_OK && g < genes->n; g++) {
        if (!chosen[g]) continue;
        genes->ids[kept] = genes->ids[g];
        genes->symbols[kept++] = genes->symbols[g];
    }
    if (status == TIL_OK && kept < n)
        til_say(ctx, TIL_LOG_NOTICE, "--genes %zu: there are %zu with names: those are simulated",
                n, kept);
    genes->n = kept;
    free(chosen);
    return status;
}

/* The shipped sets as far as their genes are simulated, and some of random genes. */
static til_status_t keep_sets(til_ctx_t *ctx, uint64_t seed, const til_genesets_t *shipped,
                              const genes_t *genes, til_genesets_t *out)
{
    til_names_t *index = NULL;
    char **members = NULL;
    size_t capacity = 0;
    til_status_t status;

    TIL_TRY(til_names_index(ctx, genes->symbols, genes->n, &index));
    TIL_TRY(til_genesets_set_origin(ctx, out, "sets.gmt"));
    for (size_t i = 0; i < shipped->n_sets; i++) {
        const til_geneset_t *set = &shipped->sets[i];
        size_t n = 0;

        TIL_TRY(til_grow(ctx, &members, &capacity, set->n_genes, sizeof *members));
        for (size_t j = 0; j < set->n_genes; j++)
            if (til_names_find(index, set->genes[j]) >= 0) members[n++] = set->genes[j];
        if (n >= SMALLEST_SET)
            TIL_TRY(til_genesets_add(ctx, out, set->name, set->about, members, n, 0, NULL));
    }
    TIL_TRY(til_sim_add_random_sets(ctx, seed, genes->n, genes->symbols, RANDOM_SETS, RANDOM_SIZE,
                                    out));
done:
    til_names_free(index);
    free(members);
    return status;
}

/* ---- files ------------------------------------------------------------------------------ */

enum { COUNTS, SAMPLES, SETS, TRUTH_GENES, TRUTH_SETS, N_FILES };
static const char *const file_names[N_FILES] = { "counts.tsv", "samples.tsv", "sets.gmt",
                                                 "truth.genes.tsv", "truth.sets.tsv" };

static til_status_t write_file(til_ctx_t *ctx, til_job_t *job, int which, const char *path,
                               const til_sim_t *sim, const til_genesets_t *sets)
{
    til_out_t *out;
    til_status_t status = til_job_open(ctx, job, path, &out);

    if (status != TIL_OK) return status;
    if (which != SETS) til_job_provenance(job, out);
    switch (which) {
    case COUNTS: til_matrix_write(out, &sim->counts, "gene_id"); break;
    case SAMPLES: til_table_write(out, &sim->samples); break;
    case SETS: til_gmt_write(out, sets); break;
    case TRUTH_GENES: til_table_write(out, &sim->genes); break;
    default: til_table_write(out, &sim->sets); break;
    }
    return til_out_close(ctx, out);
}

static til_status_t write_all(til_ctx_t *ctx, til_job_t *job, const char *folder,
                              const til_sim_t *sim, const til_genesets_t *sets)
{
    til_status_t status = TIL_OK;

    for (int i = 0; i < N_FILES && status == TIL_OK; i++) {
        til_strbuf_t path = { 0 };
        til_strbuf_printf(&path, "%s/%s", folder, file_names[i]);
        status = path.failed ? til_no_memory(ctx, strlen(folder), "bytes")
                             : write_file(ctx, job, i, path.text, sim, sets);
        til_strbuf_clear(&path);
    }
    return status;
}

/* ---- run -------------------------------------------------------------------------------- */

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    const simulate_args_t *args = job->args;
    til_sim_plan_t plan;
    til_genesets_t shipped = { 0 }, sets = { 0 };
    genes_t genes = { 0 };
    til_sim_t sim = { 0 };
    til_status_t status;

    if (args->output == NULL)
        return til_fail(ctx, TIL_EUSAGE, "-o DIR is wanted: where to write the files");
    if (args->reads == READS_NONE &&
        (args->fragments != defaults.fragments || args->read_length != defaults.read_length))
        return til_fail(ctx, TIL_EUSAGE, "--fragments and --read-length are for --reads");
    if (args->scenario != TIL_SIM_NO_SCENARIO) TIL_TRY(check_scenario(ctx, args));
    TIL_TRY(make_plan(ctx, args, &plan));
    TIL_TRY(til_job_folder(ctx, job, args->output));
    TIL_TRY(til_job_seed(ctx, job, args->seed));
    TIL_TRY(til_shipped_sets(ctx, TIL_HUMAN, &shipped));
    TIL_TRY(choose_genes(ctx, plan.seed, (size_t)args->genes, &shipped, &genes));
    TIL_TRY(keep_sets(ctx, plan.seed, &shipped, &genes, &sets));
    til_sim_scenario_plan_t scenario = { plan.seed, args->scenario, plan.n_patients };
    TIL_TRY(args->scenario == TIL_SIM_NO_SCENARIO
                ? til_sim_run(ctx, &plan, genes.n, genes.ids, genes.symbols, &sets, &sim)
                : til_sim_scenario(ctx, &scenario, genes.n, genes.ids, genes.symbols, &sets, &sim));
    til_say(ctx, TIL_LOG_STAGE, "%zu genes, %zu biopsies of %zu patients, %zu sets",
            sim.counts.n_rows, sim.counts.n_cols, plan.n_patients, sets.n_sets);
    til_reads_wish_t reads = {
        args->output, (args->reads & READS_FASTQ) != 0, (args->reads & READS_BAM) != 0,
        plan.seed,    (double)args->fragments,          (size_t)args->read_length
    };
    bool with_reads = reads.fastq || reads.bam;
    if (with_reads) TIL_TRY(til_prepare_reads(ctx, &reads, &sim));
    TIL_TRY(write_all(ctx, job, args->output, &sim, &sets));
    if (with_reads) TIL_TRY(til_write_reads(ctx, job, &reads, &sim));
done:
    til_genesets_clear(&shipped);
    til_genesets_clear(&sets);
    genes_clear(&genes);
    til_sim_clear(&sim);
    return status;
}

const til_command_t til_cmd_simulate = {
    .name = "simulate",
    .operands = "",
    .summary = "Simulate small biopsies with known truth: arms, patients, visits, responders.",
    .details = "Means, dispersions, patient effects and outliers are drawn from numbers fitted "
               "on melanoma biopsies (Riaz et al. 2017); library sizes differ up to five-fold. "
               "In responders the genes of six shipped sets, and some others, change on "
               "treatment; truth.genes.tsv and truth.sets.tsv say by how much.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(simulate_args_t),
    .common_offset = offsetof(simulate_args_t, common),
    .min_operands = 0,
    .max_operands = 0,
    .run = run
};
