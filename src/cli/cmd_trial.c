/* cmd_trial.c -- tilseq trial: what rose, in whom, and how sure that is. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file_name.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "cli/commands.h"
#include "cli/design_options.h"
#include "cli/input_options.h"
#include "io/text/table_tsv.h"
#include "tasks/trial_signatures.h"

typedef struct {
    til_design_args_t asked;
    til_input_args_t input;
    til_trial_asked_t what;
    const char *within, *response, *output;
    til_score_input_kind_t values;
    til_species_t species;
    til_trial_baseline_t baseline;
    int64_t permutations, seed;
    double alpha;
    til_common_t common;
} trial_args_t;

static const trial_args_t defaults = { .values = TIL_SCORE_INPUT_AUTO,
                                       .species = TIL_SPECIES_UNKNOWN,
                                       .baseline = TIL_BASELINE_AUTO,
                                       .permutations = 10000,
                                       .alpha = 0.05,
                                       .seed = 1 };

static const til_opt_t options[] = {
    TIL_DESIGN_OPTIONS(trial_args_t),
    { 'g', "sets", TIL_OPT_LIST, offsetof(trial_args_t, what.sets), "GMT", 0, 0,
      "gene sets to ask about (repeatable) [without -g, --scores and --values: the headline "
      "signatures that ship with tilseq]" },
    { 0, "scores", TIL_OPT_FILE, offsetof(trial_args_t, what.scores), "TSV", 0, 0,
      "scores to ask about: ratios, weights, in the layout of genesets/scores.tsv" },
    { 0, "values", TIL_OPT_FILE, offsetof(trial_args_t, what.values), "MATRIX", 0, 0,
      "values measured otherwise, a row each (cell fractions, flow); alone, COUNTS is left out" },
    { 0, "primary", TIL_OPT_LIST, offsetof(trial_args_t, what.primary), "NAME,...", 0, 0,
      "signatures (or genes) whose family error is controlled [all that are asked about]" },
    TIL_CHOICE(0, "baseline", trial_args_t, baseline, &til_trial_baseline_words,
               "the first visit as a covariate of differences between arms: right for arms made by "
               "chance; auto: with --strata"),
    { 0, "within", TIL_OPT_TEXT, offsetof(trial_args_t, within), "COL", 0, 0,
      "with --pair: the column of tissues, each answered alone and compared with each other" },
    { 0, "response", TIL_OPT_TEXT, offsetof(trial_args_t, response), "COL", 0, 0,
      "the column that says who responds: response.tsv has how well each signature tells" },
    { 0, "permutations", TIL_OPT_INT, offsetof(trial_args_t, permutations), "INT", 100, 10000000,
      "arrangements drawn where there are more than 100000" },
    { 0, "alpha", TIL_OPT_NUMBER, offsetof(trial_args_t, alpha), "F", 1e-6, 0.5,
      "error of the verdicts over the family, and of the intervals" },
    { 0, "seed", TIL_OPT_INT, offsetof(trial_args_t, seed), "INT", 0, 9e15,
      "seed of the permutations" },
    TIL_CHOICE(0, "input", trial_args_t, values, &til_score_input_words,
               "what COUNTS holds: cpm and tpm become log2(x + 1)"),
    TIL_SPECIES_OPTION(trial_args_t),
    TIL_GENES_OPTION(trial_args_t),
    TIL_SAMPLE_OPTIONS(trial_args_t),
    TIL_SUM_OPTION(trial_args_t),
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(trial_args_t, output), "DIR", 0, 0,
      "folder for ID.trial.tsv and ID.patients.tsv of each question, and left_out.tsv" },
    TIL_COMMON_OPTIONS(trial_args_t)
};

/* ---- wishes -------------------------------------------------------------------------------- */

static til_status_t check_options(til_ctx_t *ctx, const trial_args_t *args, const til_job_t *job)
{
    const til_design_args_t *asked = &args->asked;
    bool has_columns = asked->pair != NULL || asked->arm != NULL;
    int wanted = args->what.values != NULL && job->n_operands == 1 ? 1 : 2;

    if (job->n_operands != wanted)
        return til_fail(ctx, TIL_EUSAGE, "expected COUNTS and SAMPLES, got %d files",
                        job->n_operands);
    if (args->output == NULL) return til_fail(ctx, TIL_EUSAGE, "-o DIR is missing");
    if (asked->trend) return til_fail(ctx, TIL_EUSAGE, "--trend: visits are compared, not a slope");
    if (has_columns && asked->design != NULL)
        return til_fail(ctx, TIL_EUSAGE, "--design and --pair or --arm exclude each other");
    if (has_columns && asked->contrasts.n > 0)
        return til_fail(ctx, TIL_EUSAGE, "-c: the questions follow from --pair and --arm");
    if (asked->pair != NULL && asked->time == NULL)
        return til_fail(ctx, TIL_EUSAGE, "--pair needs --time, the column of visits");
    if (asked->pair == NULL && asked->arm == NULL && asked->time != NULL)
        return til_fail(ctx, TIL_EUSAGE, "--time needs --pair or --arm");
    if (!has_columns && asked->design == NULL && asked->contrasts.n == 0)
        return til_fail(
            ctx, TIL_EUSAGE,
            "what is compared? --pair COL --time COL [--arm COL], --arm COL, or --design "
            "'~ ...' -c CONTRAST");
    if (args->within != NULL && asked->pair == NULL)
        return til_fail(ctx, TIL_EUSAGE, "--within needs --pair");
    if (!has_columns && (args->asked.adjust.n > 0 || args->asked.strata.n > 0))
        return til_fail(ctx, TIL_EUSAGE,
                        "--adjust and --strata need --pair or --arm: a formula names its own");
    if (args->asked.strata.n > 0 && asked->arm == NULL)
        return til_fail(ctx, TIL_EUSAGE, "--strata needs --arm");
    if (args->baseline == TIL_BASELINE_YES && (asked->pair == NULL || asked->arm == NULL))
        return til_fail(ctx, TIL_EUSAGE, "--baseline yes needs --pair and --arm");
    return TIL_OK;
}

/* The names of lists by commas; in an arena of texts that `split` holds. */
typedef struct {
    const char **names;
    size_t n, capacity;
    til_strbuf_t text;
} split_t;

static void split_clear(split_t *s)
{
    free(s->names);
    til_strbuf_clear(&s->text);
}

static til_status_t split_list(til_ctx_t *ctx, const til_list_t *list, const char *option,
                               split_t *out)
{
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < list->n; i++) til_strbuf_printf(&out->text, "%s,", list->items[i]);
    if (out->text.failed) TIL_TRY(til_no_memory(ctx, list->n, "names"));
    for (char *at = out->text.text; list->n > 0 && *at != '\0';) {
        char *end = strchr(at, ',');
        *end = '\0';
        if (*at == '\0')
            TIL_TRY(
                til_fail(ctx, TIL_EUSAGE, "%s: a name is empty in '%s'", option, list->items[0]));
        TIL_TRY(til_grow(ctx, &out->names, &out->capacity, out->n + 1, sizeof *out->names));
        out->names[out->n++] = at;
        at = end + 1;
    }
done:
    return status;
}

/* ---- reading ------------------------------------------------------------------------------- */

/* What was read. */
typedef struct {
    til_job_t *job;
    const trial_args_t *args;
    til_matrix_t matrix;
    til_sheet_t sheet;
    bool has_matrix, is_log;
    split_t adjust, strata;
    til_questions_t questions;
    til_trial_signatures_t signatures;
    til_file_names_t *files;
} session_t;

static void session_clear(session_t *s)
{
    til_matrix_clear(&s->matrix);
    til_sheet_clear(&s->sheet);
    split_clear(&s->adjust);
    split_clear(&s->strata);
    til_questions_clear(&s->questions);
    til_trial_signatures_clear(&s->signatures);
    til_file_names_free(s->files);
}

/* Counts stay counts; anything else becomes a logarithm. */
static til_status_t understand_values(til_ctx_t *ctx, session_t *s)
{
    til_score_input_kind_t kind = s->args->values;
    til_status_t status = TIL_OK;

    if (kind == TIL_SCORE_INPUT_AUTO) TIL_TRY(til_score_guess_input(ctx, &s->matrix, &kind));
    s->is_log = kind != TIL_SCORE_INPUT_COUNTS;
    if (!s->is_log) {
        TIL_TRY(til_matrix_check_counts(ctx, &s->matrix, 0));
        return til_check_depth(ctx, &s->matrix);
    }
    til_say(ctx, TIL_LOG_NOTICE,
            "%s: values are taken as %s: without counts every gene is trusted by its scatter alone",
            s->matrix.origin, til_score_input_words.words[kind]);
    TIL_TRY(til_score_to_log(ctx, kind, &s->matrix, NULL));
done:
    return status;
}

static til_status_t load(til_ctx_t *ctx, session_t *s)
{
    const trial_args_t *args = s->args;
    til_job_t *job = s->job;
    til_status_t status = TIL_OK;

    s->has_matrix = job->n_operands == 2;
    if (s->has_matrix) {
        TIL_TRY(til_load_samples(ctx, job, job->operands[0], job->operands[1], TIL_VALUES_ANY,
                                 &args->input, &s->matrix, &s->sheet));
        TIL_TRY(understand_values(ctx, s));
    } else {
        TIL_TRY(til_load_sheet(ctx, job, job->operands[0], false, &args->input, &s->sheet));
    }
    TIL_TRY(split_list(ctx, &args->asked.adjust, "--adjust", &s->adjust));
    TIL_TRY(split_list(ctx, &args->asked.strata, "--strata", &s->strata));
    if (args->asked.pair == NULL && args->asked.arm == NULL) {
        TIL_TRY(til_ask(ctx, job, &args->asked, &s->sheet, &s->questions));
        TIL_TRY(til_ask_check(ctx, &s->questions));
    }
    til_trial_asked_t asked = args->what;
    asked.species = args->species;
    TIL_TRY(til_trial_signatures_gather(
        ctx, job, &asked, &s->sheet, s->has_matrix ? &s->matrix : NULL, s->is_log, &s->signatures));
done:
    return status;
}

/* ---- writing ------------------------------------------------------------------------------- */

static til_status_t write_table(til_ctx_t *ctx, session_t *s, const char *stem, const char *suffix,
                                const til_table_t *table)
{
    til_strbuf_t path = { 0 };
    til_out_t *out;
    til_status_t status = TIL_OK;
    const char *name = til_file_name(s->files, stem);

    if (name == NULL) TIL_TRY(til_no_memory(ctx, 1, "name"));
    til_strbuf_printf(&path, "%s/%s%s", s->args->output, name, suffix);
    if (path.failed) TIL_TRY(til_no_memory(ctx, 1, "path"));
    TIL_TRY(til_job_open(ctx, s->job, til_strbuf_text(&path), &out));
    til_job_provenance(s->job, out);
    til_table_write(out, table);
    TIL_TRY(til_out_close(ctx, out));
done:
    til_strbuf_clear(&path);
    return status;
}

enum { MAX_TOLD = 12 }; /* questions whose signatures are all named in the log */

/* questions.tsv: id, the stem of its files, the question in words. */
static til_status_t write_questions(til_ctx_t *ctx, session_t *s, const til_trial_result_t *result)
{
    til_table_t table = { 0 };
    size_t id, file, question;
    til_status_t status = TIL_OK;

    TIL_TRY(til_table_init(ctx, result->n_answers, &table));
    TIL_TRY(til_table_add_text(ctx, &table, "id", "", &id));
    TIL_TRY(til_table_add_text(ctx, &table, "file", "", &file));
    TIL_TRY(til_table_add_text(ctx, &table, "question", "", &question));
    for (size_t q = 0; q < result->n_answers; q++) {
        const char *name = til_file_name(s->files, result->answers[q].id);
        if (name == NULL) TIL_TRY(til_no_memory(ctx, 1, "name"));
        TIL_TRY(til_table_set_text(ctx, &table, id, q, result->answers[q].id));
        TIL_TRY(til_table_set_text(ctx, &table, file, q, name));
        TIL_TRY(til_table_set_text(ctx, &table, question, q, result->answers[q].text));
    }
    TIL_TRY(write_table(ctx, s, "questions", ".tsv", &table));
done:
    til_table_clear(&table);
    return status;
}

/* The primary signatures of one verdict word, with effect and interval in SD. */
static void add_verdicts(til_strbuf_t *b, const til_table_t *t, const char *word, bool in_full)
{
    const til_column_t *verdict = til_table_column(t, "verdict");
    const double *effect = til_table_column(t, "effect")->number;
    const double *low = til_table_column(t, "ci_low")->number;
    const double *high = til_table_column(t, "ci_high")->number;
    const double *p = til_table_column(t, "p_family")->number;
    size_t n = 0;

    for (size_t i = 0; i < t->n_rows; i++) {
        if (strcmp(verdict->text[i], word) != 0 ||
            strcmp(til_table_column(t, "family")->text[i], "primary") != 0)
            continue;
        if (n++ == 0) til_strbuf_printf(b, "%s%s ", b->length > 0 ? "; " : "", word);
        else til_strbuf_add(b, ", ");
        til_strbuf_add(b, til_table_column(t, "signature")->text[i]);
        if (in_full)
            til_strbuf_printf(b, " %+.2f [%.2f, %.2f] p %.2g", effect[i], low[i], high[i], p[i]);
    }
}

/* With many questions what is not shown is left to the tables. */
static void tell(til_ctx_t *ctx, const til_trial_answer_t *answer, bool is_brief)
{
    til_strbuf_t b = { 0 };

    add_verdicts(&b, &answer->table, "rose", true);
    add_verdicts(&b, &answer->table, "fell", true);
    if (is_brief && b.length == 0) return;
    if (!is_brief) add_verdicts(&b, &answer->table, "not shown", false);
    if (b.length == 0) til_strbuf_add(&b, "nothing could be tested");
    til_say(ctx, TIL_LOG_STAGE, "%s: %s: %s", answer->id, answer->text, til_strbuf_text(&b));
    til_strbuf_clear(&b);
}

static til_status_t write_result(til_ctx_t *ctx, session_t *s, const til_trial_result_t *result)
{
    til_status_t status = TIL_OK;

    s->files = til_file_names_new();
    if (s->files == NULL) TIL_TRY(til_no_memory(ctx, 1, "names"));
    for (size_t q = 0; q < result->n_answers; q++) {
        const til_trial_answer_t *answer = &result->answers[q];
        TIL_TRY(write_table(ctx, s, answer->id, ".trial.tsv", &answer->table));
        TIL_TRY(write_table(ctx, s, answer->id, ".patients.tsv", &answer->patients));
        tell(ctx, answer, result->n_answers > MAX_TOLD);
    }
    if (result->n_answers > MAX_TOLD)
        til_say(ctx, TIL_LOG_STAGE, "%zu questions: those without a line showed nothing",
                result->n_answers);
    TIL_TRY(write_questions(ctx, s, result));
    if (result->missing.n_cols > 0)
        TIL_TRY(write_table(ctx, s, "missing", ".tsv", &result->missing));
    TIL_TRY(write_table(ctx, s, "left_out", ".tsv", &result->left_out));
    if (result->response.n_cols > 0)
        TIL_TRY(write_table(ctx, s, "response", ".tsv", &result->response));
done:
    return status;
}

/* ---- run ----------------------------------------------------------------------------------- */

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    const trial_args_t *args = job->args;
    const til_design_args_t *asked = &args->asked;
    session_t s = { .job = job, .args = args };
    til_typing_t typing = { asked->references.items, asked->references.n, asked->factors.items,
                            asked->factors.n, asked->drop_na };
    til_trial_result_t result = { 0 };
    til_status_t status = TIL_OK;

    TIL_TRY(check_options(ctx, args, job));
    TIL_TRY(til_job_folder(ctx, job, args->output));
    TIL_TRY(load(ctx, &s));
    TIL_TRY(til_job_seed(ctx, job, args->seed));
    til_trial_input_t input = { .sheet = &s.sheet,
                                .values = s.has_matrix ? &s.matrix : NULL,
                                .is_log = s.is_log,
                                .n_signatures = s.signatures.n,
                                .signatures = s.signatures.items,
                                .pair = asked->pair,
                                .time = asked->time,
                                .arm = asked->arm,
                                .within = args->within,
                                .response = args->response,
                                .adjust = s.adjust.names,
                                .strata = s.strata.names,
                                .n_adjust = s.adjust.n,
                                .n_strata = s.strata.n,
                                .questions = s.questions.n_questions > 0 ? &s.questions : NULL,
                                .typing = &typing,
                                .baseline = args->baseline,
                                .n_permutations = (size_t)args->permutations,
                                .seed = (uint64_t)args->seed,
                                .alpha = args->alpha };
    TIL_TRY(til_trial_run(ctx, &input, &result));
    TIL_TRY(write_result(ctx, &s, &result));
done:
    til_trial_result_clear(&result);
    session_clear(&s);
    return status;
}

const til_command_t til_cmd_trial = {
    .name = "trial",
    .operands = "COUNTS SAMPLES",
    .summary = "Ask what changed in patients: signatures between arms and over time.",
    .details =
        "The patient is the unit: a signature has one value per patient (its change), and tests "
        "move whole patients. DIR/ID.trial.tsv has a row per signature: effect in log2 with its "
        "interval, effect in SD of the first visit, the moderated t, a permutation p with the "
        "least p that the design allows, the p over the family of primary signatures and "
        "questions, the detectable effect, and a verdict: rose, fell, not shown, not tested "
        "(reason). DIR/ID.patients.tsv has the value of every patient, DIR/left_out.tsv who is in "
        "no comparison and why, DIR/missing.tsv who lacks which visit, DIR/questions.tsv the "
        "questions "
        "in words.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(trial_args_t),
    .common_offset = offsetof(trial_args_t, common),
    .min_operands = 0,
    .max_operands = 2,
    .run = run
};
