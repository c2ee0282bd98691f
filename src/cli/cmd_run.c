/* cmd_run.c -- tilseq run: a sample sheet in, everything up to the page out.
 *
 * A run is a list of tilseq commands (steps.h). The design is asked for before the first of them,
 * so that a wrong sheet or formula costs nothing; each finished step is written down in
 * DIR/run.json, so that the same run goes on where it stopped.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <tilseq/de.h>
#include <tilseq/gsea.h>
#include <tilseq/norm.h>
#include <tilseq/score.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/number.h"
#include "base/processes.h"
#include "base/try.h"
#include "cli/commands.h"
#include "cli/input_options.h"
#include "cli/design_options.h"
#include "tasks/inputs.h"
#include "cli/run_args.h"
#include "cli/run_engine.h"
#include "cli/run_options.h"
#include "cli/run_plan.h"
#include "cli/run_reads.h"
#include "cli/run_workflow.h"
#include "tasks/shipped.h"
#include "cli/steps.h"
#include "tasks/run_folder.h"
#include "tasks/run_record.h"
#include "config.h"
#include "design/collapse.h"
#include "io/text/gmt.h"
#include "io/text/sheet_tsv.h"

typedef til_run_args_t run_args_t;

/* Of the run's own options; those of the steps join them. */
static run_args_t defaults = {
    .species = TIL_SPECIES_UNKNOWN, .title = "Expression report", .alpha = 0.1, .seed = 1
};

static const til_opt_t own_options[] = {
    { 0, "counts", TIL_OPT_FILE, offsetof(run_args_t, counts), "MATRIX", 0, 0,
      "count matrix, genes x samples; without it the sheet names reads: a column bam, or fastq_1 "
      "(and fastq_2, strandedness)" },
    { 0, "lengths", TIL_OPT_FILE, offsetof(run_args_t, lengths), "MATRIX", 0, 0,
      "with --counts: average transcript lengths per gene and sample, as nf-core and tilseq merge "
      "write them" },
    { 'a', "annotation", TIL_OPT_FILE, offsetof(run_args_t, annotation), "GTF", 0, 0,
      "genes and exons: for BAM, and for the genes of transcripts" },
    { 'i', "index", TIL_OPT_FILE, offsetof(run_args_t, index), "INDEX", 0, 0,
      "for FASTQ: made by tilseq index" },
    { 't', "transcripts", TIL_OPT_FILE, offsetof(run_args_t, transcripts), "FASTA", 0, 0,
      "for FASTQ: index these transcripts first" },
    { 0, "tx2gene", TIL_OPT_FILE, offsetof(run_args_t, tx2gene), "TSV", 0, 0,
      "for FASTQ: transcript, gene and symbol, instead of -a" },
    TIL_DESIGN_OPTIONS(run_args_t),
    { 0, "alpha", TIL_OPT_NUMBER, offsetof(run_args_t, alpha), "F", 1e-10, 0.999999,
      "FDR at which genes are called" },
    { 'g', "sets", TIL_OPT_FILE, offsetof(run_args_t, sets), "GMT", 0, 0,
      "gene sets to test and score [those that ship with tilseq]" },
    { 0, "scores", TIL_OPT_FILE, offsetof(run_args_t, scores), "TSV", 0, 0,
      "further scores to compute; see tilseq score" },
    TIL_SPECIES_OPTION(run_args_t),
    { 0, "seed", TIL_OPT_INT, offsetof(run_args_t, seed), "INT", 0, 9e15,
      "seed of whatever is drawn at random" },
    TIL_GENES_OPTION(run_args_t),
    TIL_SAMPLE_OPTIONS(run_args_t),
    TIL_COUNT_OPTIONS(run_args_t),
    { 0, "title", TIL_OPT_TEXT, offsetof(run_args_t, title), "TEXT", 0, 0, "heading of the page" },
    { 0, "jobs", TIL_OPT_INT, offsetof(run_args_t, jobs), "INT", 1, 10000,
      "samples worked on at one time [as many as --threads and --memory allow]" },
    { 0, "memory", TIL_OPT_TEXT, offsetof(run_args_t, memory), "SIZE", 0, 0,
      "what samples worked on at one time may take together, as 8G [four fifths of what is free]" },
    { 0, "plan", TIL_OPT_FILE, offsetof(run_args_t, plan), "FILE", 0, 0,
      "a plan of tilseq plan: what it asks is done, what is asked beyond it is marked not "
      "planned" },
    { 0, "plan-sha256", TIL_OPT_TEXT, offsetof(run_args_t, plan_sha256), "HEX", 0, 0,
      "refuse any plan but the one of this digest" },
    { 'n', "dry-run", TIL_OPT_FLAG, offsetof(run_args_t, dry_run), NULL, 0, 0,
      "print the steps as tilseq commands and do nothing" },
    { 0, "workflow", TIL_OPT_OUTPUT, offsetof(run_args_t, workflow), "FILE", 0, 0,
      "write the steps as a Snakefile instead of running them" },
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(run_args_t, output), "DIR", 0, 0,
      "folder of the results" },
    TIL_COMMON_OPTIONS(run_args_t)
};

static til_opt_t options[TIL_RUN_OPTIONS];

void til_cmd_run_join(void)
{
    til_run_options_join(own_options, offsetof(run_args_t, parts), &defaults, options);
}

/* What a run knows of itself. */
typedef struct {
    til_ctx_t *ctx;
    til_job_t *job;
    const run_args_t *args;
    const char *sheet_path; /* what the steps read: the user's, or samples.tsv of the run */
    til_sheet_t sheet;      /* one row per sample                                   */
    til_questions_t questions;
    til_steps_t steps;
    til_run_record_t *record;
    til_run_lock_t *lock;
    char *sets, *genes;     /* paths the steps use; genes may be NULL               */
    char *counts, *lengths; /* the matrix: given, or made from reads; lengths or NULL */
    char *scaled, *tpm;     /* length-scaled counts, TPM: where reads were quantified; or NULL */
    bool has_lengths;       /* the matrix has a column of lengths                       */
    char *own_sheet;        /* samples.tsv of the run                               */
    til_plan_t plan;
    til_names_t *planned; /* ids of the plan's own questions, NULL without a plan */
    til_strbuf_t renamed; /* lines of names.tsv */
    bool from_reads;
} run_t;

/* DIR/<name>, kept until the run ends by being a word of its step; here for one use. */
static const char *in_folder(til_strbuf_t *b, const run_t *r, const char *folder, const char *name,
                             const char *end)
{
    til_strbuf_reset(b);
    til_strbuf_printf(b, "%s/%s%s%s%s", r->args->output, folder, folder[0] == '\0' ? "" : "/", name,
                      end);
    return til_strbuf_text(b);
}

/* ---- sets and names ---------------------------------------------------------------------- */

static til_status_t write_text(run_t *r, const char *path, void (*write)(til_out_t *, const void *),
                               const void *what)
{
    til_outset_t *set = til_outset_new();
    til_out_t *out;
    til_status_t status;

    if (set == NULL) return til_no_memory(r->ctx, 1, "files");
    TIL_TRY(til_out_open(r->ctx, set, path, &out));
    write(out, what);
    TIL_TRY(til_out_close(r->ctx, out));
    TIL_TRY(til_outset_commit(r->ctx, set));
done:
    til_outset_free(set);
    return status;
}

static void write_sets(til_out_t *out, const void *sets) { til_gmt_write(out, sets); }

static void write_renamed(til_out_t *out, const void *lines)
{
    til_out_text(out, "name\tfile\n");
    til_out_text(out, lines);
}

static void write_plan(til_out_t *out, const void *text) { til_out_text(out, text); }

/* The reduced model of a test of the whole one, else NULL. */
static const char *whole_reduced(const til_run_parts_t *parts)
{
    return til_run_part_text(parts, TIL_PART_DE, "reduced");
}

static bool asks_whole(const til_run_parts_t *parts) { return whole_reduced(parts) != NULL; }

/* Which questions are the plan's: yes, no, or changed where settings are not as planned. */
static void write_questions(til_out_t *out, const void *p)
{
    const run_t *r = p;
    bool changed = false;

    for (size_t i = 0; i < r->plan.n_not_planned; i++)
        changed |= strncmp(r->plan.not_planned[i], "contrast\t", 9) != 0 &&
                   strncmp(r->plan.not_planned[i], "title\t", 6) != 0;
    til_out_text(out, "question\tplanned\ttext\n");
    if (asks_whole(&r->args->parts)) {
        til_out_printf(out, "%s\t%s\t%s against %s\n", TIL_DE_WHOLE_ID,
                       !asks_whole(&r->plan.args.parts) ? "no"
                       : changed                        ? "changed"
                                                        : "yes",
                       r->questions.questions[0].design.formula, whole_reduced(&r->args->parts));
        return;
    }
    for (size_t q = 0; q < r->questions.n_questions; q++)
        for (size_t c = 0; c < r->questions.questions[q].n_contrasts; c++) {
            const til_contrast_t *one = &r->questions.questions[q].contrasts[c];
            bool known = til_names_find(r->planned, one->id) >= 0;
            til_out_printf(out, "%s\t%s\t%s\n", one->id,
                           !known    ? "no"
                           : changed ? "changed"
                                     : "yes",
                           one->text);
        }
}

/* option planned done */
static void write_not_planned(til_out_t *out, const void *p)
{
    const til_plan_t *plan = p;
    til_out_text(out, "option\tplanned\tdone\n");
    for (size_t i = 0; i < plan->n_not_planned; i++)
        til_out_printf(out, "%s\n", plan->not_planned[i]);
}

static void write_gene_names(til_out_t *out, const void *p)
{
    const til_matrix_t *m = p;
    til_out_text(out, "gene_id\tsymbol\n");
    for (size_t g = 0; g < m->n_rows; g++)
        til_out_printf(out, "%s\t%s\n", m->row_names[g],
                       m->gene_names[g] == NULL ? "NA" : m->gene_names[g]);
}

static void write_sheet(til_out_t *out, const void *p)
{
    const til_sheet_t *sheet = p;
    til_out_text(out, "sample");
    for (size_t c = 0; c < sheet->n_columns; c++) til_out_printf(out, "\t%s", sheet->columns[c]);
    til_out_char(out, '\n');
    for (size_t s = 0; s < sheet->n_samples; s++) {
        til_out_text(out, sheet->samples[s]);
        for (size_t c = 0; c < sheet->n_columns; c++)
            til_out_printf(out, "\t%s", til_sheet_cell(sheet, s, c));
        til_out_char(out, '\n');
    }
}

/* For a workflow from reads, which has no matrix yet: the sets that ship for --species. */
static til_status_t sets_of_species(run_t *r)
{
    til_strbuf_t path = { 0 };
    til_genesets_t sets = { 0 };
    til_status_t status;

    if (r->args->species == TIL_SPECIES_UNKNOWN)
        return til_fail(r->ctx, TIL_EUSAGE,
                        "--workflow: which of the shipped sets are used is told by genes that are "
                        "not counted yet: give --species, or sets with -g");
    TIL_TRY(til_shipped_sets(r->ctx, r->args->species, &sets));
    r->sets = strdup(in_folder(&path, r, "gsea", "sets", ".gmt"));
    if (r->sets == NULL) status = til_no_memory(r->ctx, 1, "paths");
    else status = write_text(r, r->sets, write_sets, &sets);
done:
    til_strbuf_clear(&path);
    til_genesets_clear(&sets);
    return status;
}

/* Without -g: the sets that ship, for the species of the matrix, and symbols where its ids are not
 * symbols. Both become files of the run, so that its steps can be typed. */
static til_status_t choose_sets(run_t *r)
{
    til_strbuf_t path = { 0 };
    til_matrix_t m = { 0 };
    til_genesets_t sets = { 0 };
    til_gene_ids_t ids = { 0 };
    til_species_t species;
    til_status_t status;
    bool had_names;

    if (r->args->sets != NULL) return TIL_OK;
    if (r->args->workflow != NULL && r->from_reads) return sets_of_species(r);
    TIL_TRY(til_load_matrix(r->ctx, r->job, r->counts, TIL_VALUES_COUNTS, &r->args->input, &m));
    const til_gene_rows_t rows = til_matrix_gene_rows(&m);
    TIL_TRY(til_species_of(r->ctx, r->args->species, &rows, &species));
    if (species == TIL_SPECIES_UNKNOWN) {
        til_say(r->ctx, TIL_LOG_WARNING,
                "%s: its gene names are those of no species tilseq has sets for: "
                "enrichment and scores are left out; give sets with -g",
                r->counts);
        goto done;
    }
    TIL_TRY(til_shipped_sets(r->ctx, species, &sets));
    had_names = m.gene_names != NULL;
    TIL_TRY(til_shipped_ids(r->ctx, species, &ids));
    TIL_TRY(til_name_rows(r->ctx, species, &ids, &sets, &m));
    r->sets = strdup(in_folder(&path, r, "gsea", "sets", ".gmt"));
    if (r->sets == NULL) status = til_no_memory(r->ctx, 1, "paths");
    else if (!r->args->dry_run) status = write_text(r, r->sets, write_sets, &sets);
    if (status == TIL_OK && !had_names && m.gene_names != NULL) {
        r->genes = strdup(in_folder(&path, r, "norm", "genes", ".tsv"));
        if (r->genes == NULL) status = til_no_memory(r->ctx, 1, "paths");
        else if (!r->args->dry_run) status = write_text(r, r->genes, write_gene_names, &m);
    }
done:
    til_strbuf_clear(&path);
    til_genesets_clear(&sets);
    til_gene_ids_clear(&ids);
    til_matrix_clear(&m);
    return status;
}

/* ---- steps ------------------------------------------------------------------------------- */

/* Whether anything is compared, or was meant to be. */
static bool asks_something(const run_t *r)
{
    const til_design_args_t *asked = &r->args->asked;
    return asked->design != NULL || asked->pair != NULL || asked->time != NULL ||
           asked->arm != NULL || asked->trend || asked->contrasts.n > 0;
}

static const char *genes_of(const run_t *r)
{
    return r->args->input.genes != NULL ? r->args->input.genes : r->genes;
}
static const char *sets_of(const run_t *r)
{
    return r->args->sets != NULL ? r->args->sets : r->sets;
}

static void sample_words(run_t *r)
{
    const til_input_args_t *in = &r->args->input;

    til_step_option(r->ctx, &r->steps, "--genes", genes_of(r));
    til_step_input(r->ctx, &r->steps, genes_of(r));
    if (!r->from_reads) { /* else the sheet and the matrix have those samples only */
        til_step_list(r->ctx, &r->steps, "--exclude", &in->exclude);
        til_step_list(r->ctx, &r->steps, "--include", &in->include);
    }
    if (in->subset) til_step_word(r->ctx, &r->steps, "--subset");
    if (in->sum_duplicates) til_step_word(r->ctx, &r->steps, "--sum-duplicates");
}

static void number_option(run_t *r, const char *name, double value)
{
    til_strbuf_t b = { 0 };
    til_strbuf_add_number(&b, value);
    til_step_option(r->ctx, &r->steps, name, til_strbuf_text(&b));
    til_strbuf_clear(&b);
}

static const til_de_method_t *engine_of(const run_t *r)
{
    return til_de_find(til_run_part_text(&r->args->parts, TIL_PART_DE, "method"));
}

/* Begins a norm step to a scale and a file. */
static void begin_norm(run_t *r, const char *scale, const char *file)
{
    til_strbuf_t b = { 0 };

    til_step_begin(r->ctx, &r->steps, "norm");
    til_step_word(r->ctx, &r->steps, r->counts);
    til_step_input(r->ctx, &r->steps, r->counts);
    til_step_option(r->ctx, &r->steps, "--samples", r->sheet_path);
    til_step_input(r->ctx, &r->steps, r->sheet_path);
    til_step_option(r->ctx, &r->steps, "--to", scale);
    sample_words(r);
    if (r->args->input.round) til_step_word(r->ctx, &r->steps, "--round");
    til_run_part_words(r->ctx, &r->steps, &r->args->parts, TIL_PART_NORM);
    til_step_option(r->ctx, &r->steps, "-o", in_folder(&b, r, "norm", file, ".tsv"));
    til_step_output(r->ctx, &r->steps, til_strbuf_text(&b));
    til_strbuf_clear(&b);
}

/* Size factors, and values for the principal components: variances made even where counts are whole,
 * log2 CPM for the engines that take fractions. */
static void add_norm(run_t *r)
{
    const til_de_method_t *engine = engine_of(r);
    til_strbuf_t b = { 0 };

    begin_norm(r, "factors", "size_factors");
    if (asks_something(r) && engine != NULL && !engine->whole_counts)
        begin_norm(r, "logcpm", "logcpm");
    else begin_norm(r, "vst", "vst");
    til_step_option(r->ctx, &r->steps, "--pca", in_folder(&b, r, "norm", "pca", ".tsv"));
    til_step_output(r->ctx, &r->steps, til_strbuf_text(&b));
    til_strbuf_clear(&b);
}

/* TPM where there are lengths and no step has made them: what published scores are defined on. */
static til_status_t add_tpm(run_t *r)
{
    til_strbuf_t b = { 0 };

    if (r->tpm != NULL || (r->lengths == NULL && !r->has_lengths)) return TIL_OK;
    begin_norm(r, "tpm", "tpm");
    til_step_option(r->ctx, &r->steps, "--lengths", r->lengths);
    til_step_input(r->ctx, &r->steps, r->lengths);
    r->tpm = strdup(in_folder(&b, r, "norm", "tpm", ".tsv"));
    til_strbuf_clear(&b);
    return r->tpm == NULL ? til_no_memory(r->ctx, 1, "paths") : r->steps.status;
}

static void design_words(run_t *r, const char *command)
{
    static const til_opt_t rows[] = { TIL_DESIGN_OPTIONS(run_args_t),
                                      { 0, NULL, TIL_OPT_FLAG, 0, NULL, 0, 0, NULL } };
    const til_list_t *contrasts = &r->args->asked.contrasts;

    til_run_shared_words(r->ctx, &r->steps, rows, r->args, &defaults, command);
    for (size_t i = 0; i < contrasts->n; i++)
        if (til_contrast_is_file(contrasts->items[i]))
            til_step_input(r->ctx, &r->steps, contrasts->items[i]);
}

/* Calls `use` for the id of every table of genes: of every contrast, or of the whole comparison. */
static void each_contrast(run_t *r, void (*use)(run_t *, const char *id))
{
    if (asks_whole(&r->args->parts)) {
        use(r, TIL_DE_WHOLE_ID);
        return;
    }
    for (size_t q = 0; q < r->questions.n_questions; q++)
        for (size_t c = 0; c < r->questions.questions[q].n_contrasts; c++)
            use(r, r->questions.questions[q].contrasts[c].id);
}

static void add_de_output(run_t *r, const char *id)
{
    til_strbuf_t b = { 0 };
    til_step_output(r->ctx, &r->steps, in_folder(&b, r, "de", id, ".de.tsv"));
    til_strbuf_clear(&b);
}

static void seed_option(run_t *r)
{
    if (r->args->seed != defaults.seed) number_option(r, "--seed", (double)r->args->seed);
}

static void add_de(run_t *r)
{
    const til_de_method_t *engine = engine_of(r);
    bool scaled = r->scaled != NULL && engine != NULL && !engine->has_lengths;
    const char *counts = scaled ? r->scaled : r->counts;
    til_strbuf_t b = { 0 };

    til_step_begin(r->ctx, &r->steps, "de");
    til_step_word(r->ctx, &r->steps, counts);
    til_step_input(r->ctx, &r->steps, counts);
    til_step_word(r->ctx, &r->steps, r->sheet_path);
    til_step_input(r->ctx, &r->steps, r->sheet_path);
    design_words(r, "de");
    number_option(r, "--alpha", r->args->alpha);
    if (!scaled) {
        til_step_option(r->ctx, &r->steps, "--lengths", r->lengths);
        til_step_input(r->ctx, &r->steps, r->lengths);
    }
    seed_option(r);
    til_run_part_words(r->ctx, &r->steps, &r->args->parts, TIL_PART_DE);
    sample_words(r);
    if (r->args->input.round) til_step_word(r->ctx, &r->steps, "--round");
    til_step_option(r->ctx, &r->steps, "-o", in_folder(&b, r, "", "de", ""));
    til_strbuf_clear(&b);
    each_contrast(r, add_de_output);
}

/* The questions of patients: of pairs and arms, else of the contrasts. Counts keep their noise, so that
 * they are what is asked about. */
static void add_trial(run_t *r)
{
    til_strbuf_t b = { 0 };

    til_step_begin(r->ctx, &r->steps, "trial");
    til_step_word(r->ctx, &r->steps, r->counts);
    til_step_input(r->ctx, &r->steps, r->counts);
    til_step_word(r->ctx, &r->steps, r->sheet_path);
    til_step_input(r->ctx, &r->steps, r->sheet_path);
    design_words(r, "trial");
    til_step_option(r->ctx, &r->steps, "-g", r->args->sets);
    til_step_input(r->ctx, &r->steps, r->args->sets);
    til_step_option(r->ctx, &r->steps, "--scores", r->args->scores);
    til_step_input(r->ctx, &r->steps, r->args->scores);
    if (r->args->species != defaults.species)
        til_step_option(r->ctx, &r->steps, "--species", til_species_words.words[r->args->species]);
    seed_option(r);
    til_run_part_words(r->ctx, &r->steps, &r->args->parts, TIL_PART_TRIAL);
    sample_words(r);
    til_step_option(r->ctx, &r->steps, "--input", "counts");
    til_step_option(r->ctx, &r->steps, "-o", in_folder(&b, r, "", "trial", ""));
    til_step_output(r->ctx, &r->steps, in_folder(&b, r, "trial", "left_out", ".tsv"));
    til_strbuf_clear(&b);
}

/* Only running sums have curves. */
static bool has_curves(const run_t *r)
{
    const char *method = til_run_part_text(&r->args->parts, TIL_PART_GSEA, "method");
    return strcmp(method, "preranked") == 0 || strcmp(method, "simple") == 0;
}

static void add_gsea(run_t *r, const char *id)
{
    til_strbuf_t b = { 0 };

    til_step_begin(r->ctx, &r->steps, "gsea");
    til_step_option(r->ctx, &r->steps, "-g", sets_of(r));
    til_step_input(r->ctx, &r->steps, sets_of(r));
    til_step_option(r->ctx, &r->steps, "--de", in_folder(&b, r, "de", id, ".de.tsv"));
    til_step_input(r->ctx, &r->steps, til_strbuf_text(&b));
    if (r->args->species != defaults.species)
        til_step_option(r->ctx, &r->steps, "--species", til_species_words.words[r->args->species]);
    seed_option(r);
    til_run_part_words(r->ctx, &r->steps, &r->args->parts, TIL_PART_GSEA);
    til_step_option(r->ctx, &r->steps, "-o", in_folder(&b, r, "gsea", id, ".gsea.tsv"));
    til_step_output(r->ctx, &r->steps, til_strbuf_text(&b));
    if (has_curves(r)) {
        til_step_option(r->ctx, &r->steps, "--curves", in_folder(&b, r, "gsea", id, ".curves.tsv"));
        til_step_output(r->ctx, &r->steps, til_strbuf_text(&b));
    }
    til_strbuf_clear(&b);
}

static void add_score(run_t *r)
{
    const char *matrix = r->tpm != NULL ? r->tpm : r->counts;
    til_strbuf_t b = { 0 };

    til_step_begin(r->ctx, &r->steps, "score");
    til_step_word(r->ctx, &r->steps, matrix);
    til_step_input(r->ctx, &r->steps, matrix);
    til_step_option(r->ctx, &r->steps, "--samples", r->sheet_path);
    til_step_input(r->ctx, &r->steps, r->sheet_path);
    sample_words(r);
    til_step_option(r->ctx, &r->steps, "-g", r->args->sets);
    til_step_input(r->ctx, &r->steps, r->args->sets);
    til_step_option(r->ctx, &r->steps, "--scores", r->args->scores);
    til_step_input(r->ctx, &r->steps, r->args->scores);
    if (r->args->species != defaults.species)
        til_step_option(r->ctx, &r->steps, "--species", til_species_words.words[r->args->species]);
    til_step_option(r->ctx, &r->steps, "--input", r->tpm != NULL ? "tpm" : "counts");
    til_run_part_words(r->ctx, &r->steps, &r->args->parts, TIL_PART_SCORE);
    til_step_option(r->ctx, &r->steps, "-o", in_folder(&b, r, "scores", "scores", ".tsv"));
    til_step_output(r->ctx, &r->steps, til_strbuf_text(&b));
    til_strbuf_clear(&b);
}

static void add_report(run_t *r)
{
    til_strbuf_t b = { 0 };

    til_step_begin(r->ctx, &r->steps, "report");
    til_step_word(r->ctx, &r->steps, r->args->output);
    til_step_option(r->ctx, &r->steps, "--title", r->args->title);
    /* the page is made anew when any table is, and when another command made it: it shows them */
    for (size_t i = 0; i + 1 < r->steps.n && r->steps.status == TIL_OK; i++) {
        til_step_shows(r->ctx, &r->steps, i, r->args->output);
        for (size_t k = 0; k < r->steps.steps[i].n_outputs; k++)
            til_step_input(r->ctx, &r->steps, r->steps.steps[i].outputs[k]);
    }
    til_step_input(r->ctx, &r->steps, in_folder(&b, r, "", "samples", ".tsv"));
    til_step_output(r->ctx, &r->steps, in_folder(&b, r, "", "report", ".html"));
    til_strbuf_clear(&b);
}

/* From a matrix on. */
static til_status_t plan(run_t *r)
{
    til_status_t status;

    add_norm(r);
    if (asks_something(r)) {
        /* visits are compared, a slope is not; without a contrast nothing is asked of patients */
        if (!r->args->asked.trend && r->questions.questions[0].n_contrasts > 0) add_trial(r);
        add_de(r);
        if (sets_of(r) != NULL) each_contrast(r, add_gsea);
    }
    if (sets_of(r) != NULL) {
        status = add_tpm(r);
        if (status != TIL_OK) return status;
        add_score(r);
    }
    add_report(r);
    return r->steps.status;
}

/* ---- run.json ---------------------------------------------------------------------------- */

static til_status_t add_texts(til_ctx_t *ctx, til_json_t *object, const char *key,
                              til_json_t **array)
{
    *array = til_json_array();
    return til_json_set(ctx, object, key, *array);
}

static til_status_t describe_methods(run_t *r, til_json_t *methods)
{
    const til_run_parts_t *parts = &r->args->parts;
    const til_norm_method_t *norm = til_norm_find(
        til_run_part_text(parts, TIL_PART_NORM, "method"));
    const til_de_method_t *de = engine_of(r);
    const til_gsea_method_t *gsea = til_gsea_find(
        til_run_part_text(parts, TIL_PART_GSEA, "method"));
    const til_score_method_t *score = til_score_find(
        til_run_part_text(parts, TIL_PART_SCORE, "method"));
    const struct {
        const char *what, *name, *summary, *reference;
    } rows[] = {
        { "Normalisation", norm == NULL ? NULL : norm->name, norm == NULL ? NULL : norm->summary,
          norm == NULL ? NULL : norm->reference },
        { "Differential expression", asks_something(r) && de != NULL ? de->name : NULL,
          de == NULL ? NULL : de->summary, de == NULL ? NULL : de->reference },
        { "Enrichment", asks_something(r) && sets_of(r) != NULL && gsea != NULL ? gsea->name : NULL,
          gsea == NULL ? NULL : gsea->summary, gsea == NULL ? NULL : gsea->reference },
        { "Signature scores", sets_of(r) != NULL && score != NULL ? score->name : NULL,
          score == NULL ? NULL : score->summary, score == NULL ? NULL : score->reference }
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        til_strbuf_t b = { 0 };
        til_status_t status;
        if (rows[i].name == NULL) continue;
        til_strbuf_printf(&b, "%s: %s, %s (%s).", rows[i].what, rows[i].name, rows[i].summary,
                          rows[i].reference);
        status = til_json_append(r->ctx, methods, til_json_of_text(til_strbuf_text(&b)));
        til_strbuf_clear(&b);
        if (status != TIL_OK) return status;
    }
    return TIL_OK;
}

/* The plan's digest and what was asked beyond it. */
static til_status_t describe_plan(run_t *r, til_json_t *object)
{
    til_json_t *plan = til_json_object(), *lines;
    til_status_t status;

    TIL_TRY(til_json_set(r->ctx, object, "plan", plan));
    TIL_TRY(til_json_set(r->ctx, plan, "sha256", til_json_of_text(r->plan.sha256)));
    TIL_TRY(til_json_set(r->ctx, plan, "made_for", til_json_of_text(r->plan.version)));
    TIL_TRY(add_texts(r->ctx, plan, "not_planned", &lines));
    for (size_t i = 0; i < r->plan.n_not_planned; i++)
        TIL_TRY(til_json_append(r->ctx, lines, til_json_of_text(r->plan.not_planned[i])));
done:
    return status;
}

/* What the page reads of the run. */
static til_status_t describe_run(run_t *r)
{
    til_json_t *record = til_run_record_document(r->record);
    til_json_t *questions, *commands, *methods;
    til_strbuf_t text = { 0 };
    til_status_t status;

    TIL_TRY(til_json_set(r->ctx, record, "version", til_json_of_text(PACKAGE_VERSION)));
    TIL_TRY(til_json_set(r->ctx, record, "sheet", til_json_of_text(r->job->operands[0])));
    TIL_TRY(til_json_set(r->ctx, record, "pair", til_json_of_text(r->args->asked.pair)));
    TIL_TRY(til_json_set(r->ctx, record, "time", til_json_of_text(r->args->asked.time)));
    TIL_TRY(til_json_set(r->ctx, record, "arm", til_json_of_text(r->args->asked.arm)));
    TIL_TRY(til_json_set(
        r->ctx, record, "response",
        til_json_of_text(til_run_part_text(&r->args->parts, TIL_PART_TRIAL, "response"))));
    TIL_TRY(til_json_set(r->ctx, record, "alpha", til_json_of_number(r->args->alpha)));
    TIL_TRY(add_texts(r->ctx, record, "questions", &questions));
    TIL_TRY(
        til_json_set(r->ctx, record, "reduced", til_json_of_text(whole_reduced(&r->args->parts))));
    if (asks_whole(&r->args->parts))
        TIL_TRY(til_json_append(r->ctx, questions, til_json_of_text(TIL_DE_WHOLE_ID)));
    for (size_t q = 0; q < r->questions.n_questions && !asks_whole(&r->args->parts); q++)
        for (size_t c = 0; c < r->questions.questions[q].n_contrasts; c++)
            TIL_TRY(til_json_append(r->ctx, questions,
                                    til_json_of_text(r->questions.questions[q].contrasts[c].id)));
    if (r->args->plan != NULL) TIL_TRY(describe_plan(r, record));
    TIL_TRY(add_texts(r->ctx, record, "methods", &methods));
    TIL_TRY(describe_methods(r, methods));
    TIL_TRY(add_texts(r->ctx, record, "commands", &commands));
    for (size_t i = 0; i < r->steps.n; i++) {
        til_strbuf_reset(&text);
        til_step_print(&r->steps.steps[i], &text);
        TIL_TRY(til_json_append(r->ctx, commands, til_json_of_text(til_strbuf_text(&text))));
    }
done:
    til_strbuf_clear(&text);
    return status;
}

/* The trail's entry of this run: the command, the sheet. */
static til_status_t note_run(run_t *r)
{
    til_json_t *record = til_run_record_document(r->record), *entry = til_json_object();
    char sheet[TIL_SHA256_TEXT];
    til_status_t status;

    if (til_json_get(record, "steps") == NULL)
        TIL_TRY(til_json_set(r->ctx, record, "steps", til_json_array()));
    if (til_json_get(record, "trail") == NULL)
        TIL_TRY(til_json_set(r->ctx, record, "trail", til_json_array()));
    TIL_TRY(til_run_record_digest(r->ctx, r->record, r->job->operands[0], sheet));
    TIL_TRY(til_json_set(r->ctx, entry, "what", til_json_of_text("run")));
    TIL_TRY(til_json_set(r->ctx, entry, "version", til_json_of_text(PACKAGE_VERSION)));
    TIL_TRY(til_json_set(r->ctx, entry, "command", til_json_of_text(r->job->record)));
    TIL_TRY(til_json_set(r->ctx, entry, "sheet_sha256", til_json_of_text(sheet)));
    if (r->args->plan != NULL) TIL_TRY(describe_plan(r, entry));
    return til_run_record_note(r->ctx, r->record, entry);
done:
    til_json_free(entry);
    return status;
}

/* ---- running ----------------------------------------------------------------------------- */

static til_status_t print_plan(run_t *r)
{
    til_strbuf_t text = { 0 };
    til_out_t *out;
    til_status_t status;

    TIL_TRY(til_out_open(r->ctx, r->job->out, "-", &out));
    for (size_t i = 0; i < r->steps.n; i++) {
        til_strbuf_reset(&text);
        til_step_print(&r->steps.steps[i], &text);
        til_out_strbuf(out, &text);
        til_out_char(out, '\n');
    }
    TIL_TRY(til_out_close(r->ctx, out));
done:
    til_strbuf_clear(&text);
    return status;
}

static til_status_t check(til_ctx_t *ctx, const run_args_t *args)
{
    if (args->output == NULL) return til_fail(ctx, TIL_EUSAGE, "-o DIR is missing");
    if (args->index != NULL && args->transcripts != NULL)
        return til_fail(ctx, TIL_EUSAGE, "-i and -t: give one of them");
    if (args->counts != NULL && (args->annotation != NULL || args->index != NULL ||
                                 args->transcripts != NULL || args->tx2gene != NULL))
        return til_fail(ctx, TIL_EUSAGE,
                        "--counts is a matrix: -a, -i, -t and --tx2gene are for reads");
    if (args->dry_run && args->workflow != NULL)
        return til_fail(ctx, TIL_EUSAGE, "-n and --workflow: give one of them");
    if (args->counts == NULL && args->lengths != NULL)
        return til_fail(ctx, TIL_EUSAGE, "--lengths: belongs to --counts MATRIX");
    return TIL_OK;
}

/* Options of steps that this run does not have. */
static til_status_t refuse_idle(const run_t *r)
{
    const til_run_parts_t *parts = &r->args->parts;
    bool has_fastq = false, has_bam = false;
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < r->steps.n; i++) {
        has_fastq |= strcmp(r->steps.steps[i].words[0], "quant") == 0;
        has_bam |= strcmp(r->steps.steps[i].words[0], "count") == 0;
    }
    if (!has_fastq)
        TIL_TRY(til_run_part_refuse(r->ctx, parts, TIL_PART_QUANT, "no FASTQ is quantified"));
    if (!has_bam) TIL_TRY(til_run_part_refuse(r->ctx, parts, TIL_PART_COUNT, "no BAM is counted"));
    if (has_bam && (r->args->index != NULL || r->args->tx2gene != NULL)) {
        status = til_fail(r->ctx, TIL_EUSAGE,
                          "-i, -t and --tx2gene are for FASTQ: this run counts the BAM files of %s",
                          r->job->operands[0]);
        goto done;
    }
    if (!asks_something(r)) {
        static const char why[] = "nothing is compared without --design, --pair or -c";
        TIL_TRY(til_run_part_refuse(r->ctx, parts, TIL_PART_DE, why));
        TIL_TRY(til_run_part_refuse(r->ctx, parts, TIL_PART_TRIAL, why));
        TIL_TRY(til_run_part_refuse(r->ctx, parts, TIL_PART_GSEA, why));
    }
done:
    return status;
}

/* The steps from the matrix on are planned once for their words alone, so that a wish that one of
 * them cannot fulfil is told before anything is done. */
static til_status_t check_wishes(run_t *r)
{
    til_steps_t reads = r->steps;
    char *tpm = r->tpm, *sets = r->sets;
    til_status_t status;

    r->steps = (til_steps_t){ .provenance = reads.provenance };
    if (sets_of(r) == NULL) r->sets = "sets.gmt";
    status = plan(r);
    for (size_t i = 0; i < r->steps.n && status == TIL_OK; i++)
        status = til_step_check_words(r->ctx, &r->steps.steps[i]);
    for (size_t i = 0; i < reads.n && status == TIL_OK; i++)
        status = til_step_check_words(r->ctx, &reads.steps[i]);
    til_steps_clear(&r->steps);
    r->steps = reads;
    r->sets = sets;
    if (r->tpm != tpm) free(r->tpm);
    r->tpm = tpm;
    return status;
}

/* The sheet as the steps see it: one row per sample. With reads, the steps that count them are
 * planned. */
static til_status_t read_sheet(run_t *r)
{
    til_strbuf_t path = { 0 };
    til_sheet_t rows = { 0 };
    til_status_t status;

    r->own_sheet = strdup(in_folder(&path, r, "", "samples", ".tsv"));
    if (r->own_sheet == NULL) {
        status = til_no_memory(r->ctx, 1, "paths");
        goto done;
    }
    TIL_TRY(til_load_sheet(r->ctx, r->job, r->job->operands[0], r->args->counts == NULL,
                           &r->args->input, &rows));
    r->sheet_path = r->job->operands[0];
    if (r->args->counts != NULL) {
        r->sheet = rows;
        rows = (til_sheet_t){ 0 };
        r->counts = strdup(r->args->counts);
        if (r->args->lengths != NULL) r->lengths = strdup(r->args->lengths);
        if (r->counts == NULL || (r->args->lengths != NULL && r->lengths == NULL))
            status = til_no_memory(r->ctx, 1, "paths");
        goto done;
    }
    if (!til_sheet_has_reads(&rows)) {
        status = til_fail(r->ctx, TIL_EUSAGE,
                          "%s has no column bam or fastq_1: --counts MATRIX is missing",
                          rows.origin);
        goto done;
    }
    r->from_reads = true;
    r->sheet_path = r->own_sheet;
    TIL_TRY(til_merge_lanes(r->ctx, &rows, &r->sheet));
    til_run_reads_t reads = { .rows = &rows,
                              .folder = r->args->output,
                              .annotation = r->args->annotation,
                              .index = r->args->index,
                              .transcripts = r->args->transcripts,
                              .tx2gene = r->args->tx2gene,
                              .parts = &r->args->parts,
                              .renamed = &r->renamed };
    til_read_matrices_t made = { 0 };
    TIL_TRY(til_plan_reads(r->ctx, &reads, &r->steps, &made));
    r->counts = made.counts;
    r->lengths = made.lengths;
    r->scaled = made.scaled;
    r->tpm = made.tpm;
    r->has_lengths = made.has_lengths;
done:
    til_strbuf_clear(&path);
    til_sheet_clear(&rows);
    return status;
}

/* A dry run from reads knows the sets only when they or the species are given: there is no matrix
 * to tell by. */
static til_status_t plan_rest(run_t *r)
{
    if (r->from_reads && r->args->dry_run && access(r->counts, R_OK) != 0 && r->args->sets == NULL)
        til_say(r->ctx, TIL_LOG_NOTICE,
                "which of the shipped sets are used is told by the genes once they are "
                "counted: enrichment and scores are not shown here; give sets with -g");
    else {
        til_status_t status = choose_sets(r);
        if (status != TIL_OK) return status;
    }
    return plan(r);
}

/* The sheet after --collapse: one row for the libraries of a sample. */
static til_status_t collapse_sheet(run_t *r, const char *column, til_sheet_t *out)
{
    size_t n = r->sheet.n_samples;
    size_t *all = til_array(n, sizeof *all);
    bool *differs = til_array_zero(r->sheet.n_columns, sizeof *differs);
    til_matrix_t none = { 0 };
    til_status_t status;

    if (all == NULL || differs == NULL) {
        status = til_no_memory(r->ctx, n, "samples");
        goto done;
    }
    for (size_t s = 0; s < n; s++) all[s] = s;
    TIL_TRY(til_sheet_select(r->ctx, &r->sheet, all, n, out));
    TIL_TRY(til_matrix_init(r->ctx, 0, n, &none));
    for (size_t s = 0; s < n; s++)
        TIL_TRY(til_matrix_set_col_name(r->ctx, &none, s, r->sheet.samples[s]));
    TIL_TRY(til_collapse_samples(r->ctx, column, &none, out, differs));
done:
    til_matrix_clear(&none);
    free(differs);
    free(all);
    return status;
}

/* The questions that the plan alone asks of the sheet; none when it asks nothing it can have. */
static til_status_t note_planned(run_t *r, const til_sheet_t *sheet)
{
    til_ctx_t quiet = TIL_CTX_INIT;
    til_questions_t questions = { 0 };
    til_status_t status = TIL_OK;

    r->planned = til_names_new();
    if (r->planned == NULL) return til_no_memory(r->ctx, 1, "questions");
    if (til_ask(&quiet, r->job, &r->plan.args.asked, sheet, &questions) != TIL_OK) return TIL_OK;
    for (size_t q = 0; q < questions.n_questions; q++)
        for (size_t c = 0; c < questions.questions[q].n_contrasts; c++)
            if (til_names_add(r->planned, questions.questions[q].contrasts[c].id, NULL) < 0)
                status = til_no_memory(r->ctx, 1, "questions");
    til_questions_clear(&questions);
    return status;
}

/* The questions, from the sheet alone. */
static til_status_t ask(run_t *r)
{
    const char *column = til_run_part_text(&r->args->parts, TIL_PART_DE, "collapse");
    til_sheet_t collapsed = { 0 };
    til_status_t status;

    if (column != NULL) TIL_TRY(collapse_sheet(r, column, &collapsed));
    TIL_TRY(til_ask(r->ctx, r->job, &r->args->asked, column == NULL ? &r->sheet : &collapsed,
                    &r->questions));
    if (asks_whole(&r->args->parts)) TIL_TRY(til_ask_whole(r->ctx, &r->questions));
    else TIL_TRY(til_ask_contrasts(r->ctx, &r->questions));
    TIL_TRY(til_ask_check(r->ctx, &r->questions));
    if (r->args->plan != NULL) TIL_TRY(note_planned(r, column == NULL ? &r->sheet : &collapsed));
done:
    til_sheet_clear(&collapsed);
    return status;
}

/* What can be known to fail is found before the first file is written: the matrix is read and its
 * samples matched, the files of planned steps are there. Remarks are left to the steps. */
static til_status_t check_inputs(run_t *r)
{
    til_log_t log = r->ctx->log;
    til_matrix_t m = { 0 };
    til_sheet_t sheet = { 0 };
    til_status_t status = TIL_OK;

    if (!r->from_reads) {
        r->ctx->log = (til_log_t){ 0 };
        status = til_load_samples(r->ctx, r->job, r->counts, r->sheet_path, TIL_VALUES_COUNTS,
                                  &r->args->input, &m, &sheet);
        if (status == TIL_OK) status = til_check_twins(r->ctx, &m, true);
        r->ctx->log = log;
        r->has_lengths = m.lengths != NULL;
    }
    til_matrix_clear(&m);
    til_sheet_clear(&sheet);
    for (size_t i = 0; i < r->steps.n && status == TIL_OK; i++)
        status = til_step_check_inputs(r->ctx, &r->steps, i);
    const char *const files[] = { r->args->lengths, r->args->sets, r->args->scores,
                                  r->args->input.genes };
    for (size_t i = 0; i < sizeof files / sizeof *files && status == TIL_OK; i++)
        if (files[i] != NULL && access(files[i], R_OK) != 0)
            status = til_fail(r->ctx, TIL_EIO, "%s: %s", files[i], strerror(errno));
    return status;
}

/* "8G", "500M" or a number of bytes; without it four fifths of what is free. */
static til_status_t read_memory(til_ctx_t *ctx, const char *text, double *bytes)
{
    static const char units[] = "kMGT";
    size_t n = text == NULL ? 0 : strlen(text);
    const char *unit = n == 0 ? NULL : strchr(units, text[n - 1]);

    if (text == NULL) {
        *bytes = 0.8 * til_memory_available();
        return TIL_OK;
    }
    if (!til_number_parse(text, n - (unit != NULL), bytes) || !(*bytes > 0))
        return til_fail(ctx, TIL_EUSAGE, "--memory: '%s' should be a size such as 500M or 8G",
                        text);
    for (const char *u = units; unit != NULL && u <= unit; u++) *bytes *= 1024;
    return TIL_OK;
}

/* From here on files are written: the folder is held, what dead runs left goes. */
static til_status_t take_folder(run_t *r)
{
    til_strbuf_t path = { 0 };
    til_status_t status;
    size_t n;

    TIL_TRY(til_run_lock(r->ctx, r->args->output, &r->lock));
    TIL_TRY(til_run_sweep(r->ctx, r->args->output, &n));
    if (n > 0)
        til_say(r->ctx, TIL_LOG_NOTICE, "%s: %zu temporary file%s of a run that was ended removed",
                r->args->output, n, n == 1 ? "" : "s");
    TIL_TRY(til_run_record_open(r->ctx, r->args->output, &r->record));
    TIL_TRY(note_run(r));
    TIL_TRY(write_text(r, r->own_sheet, write_sheet, &r->sheet));
    if (r->args->plan != NULL) {
        TIL_TRY(write_text(r, in_folder(&path, r, "", "plan", ".yaml"), write_plan, r->plan.text));
        TIL_TRY(write_text(r, in_folder(&path, r, "", "not_planned", ".tsv"), write_not_planned,
                           &r->plan));
        TIL_TRY(write_text(r, in_folder(&path, r, "", "questions", ".tsv"), write_questions, r));
    }
    if (r->renamed.length > 0)
        TIL_TRY(write_text(r, in_folder(&path, r, "", "names", ".tsv"), write_renamed,
                           til_strbuf_text(&r->renamed)));
done:
    til_strbuf_clear(&path);
    return status;
}

/* The Snakefile, and in the folder what its steps read besides: the sheet, the sets, run.json for the
 * page. */
static til_status_t write_workflow(run_t *r)
{
    til_out_t *out;
    til_status_t status;

    TIL_TRY(til_job_open(r->ctx, r->job, r->args->workflow, &out));
    TIL_TRY(take_folder(r));
    TIL_TRY(plan_rest(r));
    TIL_TRY(describe_run(r));
    TIL_TRY(til_run_record_write(r->ctx, r->record, true));
    TIL_TRY(til_workflow_write(r->ctx, &r->steps, r->args->output, r->job->record, out));
    TIL_TRY(til_out_close(r->ctx, out));
    til_say(r->ctx, TIL_LOG_STAGE, "%zu steps as a Snakefile: %s", r->steps.n, r->args->workflow);
done:
    return status;
}

/* The matrix that reads were made into: no library stands in it twice. */
static til_status_t check_counted(run_t *r)
{
    til_log_t log = r->ctx->log;
    til_matrix_t m = { 0 };
    til_status_t status;

    if (!r->from_reads) return TIL_OK;
    r->ctx->log = (til_log_t){ 0 }; /* remarks are left to the steps */
    status = til_load_matrix(r->ctx, r->job, r->counts, TIL_VALUES_COUNTS, &r->args->input, &m);
    if (status == TIL_OK) status = til_check_twins(r->ctx, &m, true);
    r->ctx->log = log;
    til_matrix_clear(&m);
    return status;
}

static til_status_t carry_out(run_t *r)
{
    til_run_engine_t engine = { .folder = r->args->output,
                                .sheet = r->job->operands[0],
                                .steps = &r->steps,
                                .record = r->record,
                                .jobs = (int)r->args->jobs };
    size_t n_reads_steps = r->steps.n, n_removed;
    til_status_t status;

    TIL_TRY(read_memory(r->ctx, r->args->memory, &engine.memory));
    TIL_TRY(describe_run(r));
    TIL_TRY(til_run_engine(r->ctx, &engine, 0));
    TIL_TRY(check_counted(r));
    TIL_TRY(plan_rest(r));
    TIL_TRY(describe_run(r));
    TIL_TRY(til_run_engine(r->ctx, &engine, n_reads_steps));
    TIL_TRY(til_run_record_clear_old(r->ctx, r->record, &n_removed));
    if (n_removed > 0)
        til_say(r->ctx, TIL_LOG_NOTICE, "%s: %zu file%s of an earlier question removed",
                r->args->output, n_removed, n_removed == 1 ? "" : "s");
    TIL_TRY(til_run_record_write(r->ctx, r->record, true));
done:
    return status;
}

/* Lays the plan under what was typed. The job's args are the run's own to change. */
static til_status_t take_plan(run_t *r)
{
    til_run_args_t *args = (til_run_args_t *)(uintptr_t)r->args;
    til_status_t status;

    if (args->plan == NULL)
        return args->plan_sha256 == NULL
                   ? TIL_OK
                   : til_fail(r->ctx, TIL_EUSAGE, "--plan-sha256: belongs to --plan FILE");
    TIL_TRY(til_plan_read(r->ctx, args->plan, &r->plan));
    TIL_TRY(til_job_input(r->ctx, r->job, args->plan, r->plan.sha256, 0));
    if (args->plan_sha256 != NULL && strcasecmp(args->plan_sha256, r->plan.sha256) != 0) {
        status = til_fail(r->ctx, TIL_EINPUT,
                          "%s: its digest is %s, not %s of --plan-sha256: this is another plan",
                          args->plan, r->plan.sha256, args->plan_sha256);
        goto done;
    }
    til_say(r->ctx, TIL_LOG_NOTICE, "%s: sha256 %s", args->plan, r->plan.sha256);
    TIL_TRY(til_plan_apply(r->ctx, &r->plan, args));
    for (size_t i = 0; i < r->plan.n_not_planned; i++) {
        const char *option = r->plan.not_planned[i], *planned = strchr(option, '\t') + 1,
                   *done = strchr(planned, '\t') + 1;
        til_say(r->ctx, TIL_LOG_WARNING, "not planned: %.*s %s, the plan has %.*s",
                (int)(planned - 1 - option), option, done, (int)(done - 1 - planned), planned);
    }
done:
    return status;
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    run_t r = { .ctx = ctx,
                .job = job,
                .args = job->args,
                .steps = { .provenance = job->common->provenance } };
    til_folding_log_t log = { 0 };
    til_status_t status;
    double memory;

    TIL_TRY(take_plan(&r));
    TIL_TRY(check(ctx, r.args));
    TIL_TRY(read_memory(ctx, r.args->memory, &memory));
    TIL_TRY(til_fold_log(ctx, &log));
    TIL_TRY(read_sheet(&r));
    TIL_TRY(refuse_idle(&r));
    if (asks_something(&r)) {
        TIL_TRY(ask(&r));
    } else {
        til_say(ctx, TIL_LOG_WARNING,
                "no --design and no --pair: nothing is compared, samples are only scored");
    }
    TIL_TRY(check_inputs(&r));
    TIL_TRY(check_wishes(&r));
    if (r.args->dry_run) {
        TIL_TRY(plan_rest(&r));
        status = print_plan(&r);
        goto done;
    }
    if (r.args->workflow != NULL) {
        status = write_workflow(&r);
        goto done;
    }
    TIL_TRY(take_folder(&r));
    TIL_TRY(carry_out(&r));
    til_say(ctx, TIL_LOG_STAGE, "the page: %s/report.html", r.args->output);
done:
    til_unfold_log(ctx, &log);
    til_run_record_free(r.record);
    til_run_unlock(r.lock);
    free(r.own_sheet);
    free(r.counts);
    free(r.lengths);
    free(r.scaled);
    free(r.tpm);
    free(r.sets);
    free(r.genes);
    til_strbuf_clear(&r.renamed);
    til_plan_clear(&r.plan);
    til_names_free(r.planned);
    til_steps_clear(&r.steps);
    til_questions_clear(&r.questions);
    til_sheet_clear(&r.sheet);
    return status;
}

const til_command_t til_cmd_run = { .name = "run",
                                    .operands = "SHEET",
                                    .summary = "Take a sample sheet all the way to a report.",
                                    .options = options,
                                    .defaults = &defaults,
                                    .args_size = sizeof(run_args_t),
                                    .common_offset = offsetof(run_args_t, common),
                                    .min_operands = 1,
                                    .max_operands = 1,
                                    .run = run };
