/* cmd_report.c -- tilseq report: the tables of a run in, one page and its figures out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tilseq/report.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "cli/commands.h"
#include "tasks/job.h"
#include "config.h"
#include "io/text/json.h"
#include "io/text/matrix_tsv.h"
#include "io/text/sheet_tsv.h"
#include "io/text/table_tsv.h"

typedef struct {
    const char *output, *title;
    til_common_t common;
} report_args_t;

static const report_args_t defaults = { .title = "Expression report" };

static const til_opt_t options[] = {
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(report_args_t, output), "FILE", 0, 0,
      "the page to write [DIR/report.html]; its figures go to figures/ beside it" },
    { 0, "title", TIL_OPT_TEXT, offsetof(report_args_t, title), "TEXT", 0, 0,
      "heading of the page" },
    TIL_COMMON_OPTIONS(report_args_t)
};

enum { MOST_PCS = 8, MOST_CURVES = 4 };

/* One question's tables. */
typedef struct {
    til_table_t de, gsea, curve_points;
    til_running_score_t curves[MOST_CURVES];
    size_t n_curves;
} question_t;

/* One answer of the trial. */
typedef struct {
    til_table_t table, patients;
} answer_t;

enum { HASH_TEXT = 45 }; /* base64 of 32 bytes, and the end */

/* Everything read from the folder. */
typedef struct {
    til_ctx_t *ctx;
    til_job_t *job;
    const char *folder;
    til_json_t *run;
    til_sheet_t sheet;
    til_table_t size_factors, pca, pca_variance, dispersions, coverage;
    til_matrix_t normalized, scores;
    question_t *questions;
    til_report_question_t *asked;
    til_table_t trial_questions, left_out;
    answer_t *answers;
    til_report_trial_t *trial;
    char style_hash[HASH_TEXT], script_hash[HASH_TEXT];
    const char **commands, **methods;
    double percent[MOST_PCS];
    til_report_input_t input;
} loaded_t;

/* ---- reading ----------------------------------------------------------------------------- */

/* DIR/<a><b>; NULL for want of memory. free() it. */
static char *path_in(const loaded_t *l, const char *a, const char *b)
{
    til_strbuf_t path = { 0 };
    til_strbuf_printf(&path, "%s/%s%s", l->folder, a, b);
    if (path.failed) til_strbuf_clear(&path);
    return path.text;
}

/* Reads DIR/<a><b> with one of the readers below; a file that is not there leaves *found false. */
static til_status_t open_text(loaded_t *l, const char *a, const char *b, til_text_t *text,
                              bool *found)
{
    char *path = path_in(l, a, b);
    til_status_t status;

    *found = false;
    if (path == NULL) return til_no_memory(l->ctx, 1, "paths");
    if (access(path, F_OK) != 0) {
        free(path);
        return TIL_OK;
    }
    status = til_text_read(l->ctx, path, text);
    if (status == TIL_OK) {
        *found = true;
        status = til_job_input(l->ctx, l->job, path, text->sha256, 0);
    }
    free(path);
    return status;
}

static til_status_t read_table(loaded_t *l, const char *a, const char *b, til_table_t *out)
{
    til_text_t text = { 0 };
    bool found;
    til_status_t status = open_text(l, a, b, &text, &found);

    if (status == TIL_OK && found) status = til_table_read(l->ctx, &text, out);
    til_text_clear(&text);
    return status;
}

static til_status_t read_matrix(loaded_t *l, const char *a, til_matrix_t *out)
{
    static const til_matrix_reading_t how = { .values = TIL_VALUES_ANY };
    til_text_t text = { 0 };
    bool found;
    til_status_t status = open_text(l, a, "", &text, &found);

    if (status == TIL_OK && found) status = til_matrix_read(l->ctx, &text, &how, out);
    til_text_clear(&text);
    return status;
}

/* Scores hold NA where a set was not found, which a matrix reader refuses: through a table. */
static til_status_t read_scores(loaded_t *l)
{
    til_table_t t = { 0 };
    til_status_t status;

    TIL_TRY(read_table(l, "scores/scores.tsv", "", &t));
    if (t.n_cols == 0) goto done;
    TIL_TRY(til_matrix_init(l->ctx, t.n_rows, t.n_cols - 1, &l->scores));
    for (size_t c = 1; c < t.n_cols; c++) {
        TIL_TRY(til_matrix_set_col_name(l->ctx, &l->scores, c - 1, t.columns[c].name));
        for (size_t i = 0; i < t.n_rows; i++)
            til_matrix_row(&l->scores, i)[c - 1] = t.columns[c].number == NULL
                                                       ? (double)NAN
                                                       : t.columns[c].number[i];
    }
    for (size_t i = 0; i < t.n_rows; i++)
        TIL_TRY(til_matrix_set_row_name(l->ctx, &l->scores, i, t.columns[0].text[i]));
done:
    til_table_clear(&t);
    return status;
}

/* ---- running sums ------------------------------------------------------------------------ */

static til_status_t curve_caption(loaded_t *l, const til_table_t *gsea, const char *set, char **out)
{
    const til_column_t *nes = til_table_column(gsea, "nes"), *padj = til_table_column(gsea, "padj");
    til_strbuf_t b = { 0 };

    for (size_t i = 0; nes != NULL && padj != NULL && i < gsea->n_rows; i++)
        if (strcmp(gsea->columns[0].text[i], set) == 0)
            til_strbuf_printf(&b, "NES %.2f, padj %.2g", nes->number[i], padj->number[i]);
    til_strbuf_add(&b, "");
    *out = b.text;
    return b.failed || b.text == NULL ? til_no_memory(l->ctx, 1, "captions") : TIL_OK;
}

/* The rows first..last of the points become a curve: corners where a step begins and ends. */
static til_status_t make_curve(loaded_t *l, question_t *q, size_t first, size_t last)
{
    static const char *const names[] = { "rank", "from", "before", "to", "after", "n_genes" };
    til_running_score_t *curve = &q->curves[q->n_curves++];
    const double *column[6];
    size_t n = last - first;

    for (size_t k = 0; k < 6; k++) {
        const til_column_t *c = til_table_column(&q->curve_points, names[k]);
        if (c == NULL || c->type != TIL_COLUMN_NUMBER)
            return til_fail(l->ctx, TIL_EINPUT, "%s: the curves have no column '%s'", l->folder,
                            names[k]);
        column[k] = c->number;
    }
    curve->set = q->curve_points.columns[0].text[first]; /* borrowed from the table */
    curve->n_genes = (size_t)column[5][first];
    curve->x = til_array(2 * n + 2, sizeof *curve->x);
    curve->y = til_array(2 * n + 2, sizeof *curve->y);
    curve->hits = til_array(n, sizeof *curve->hits);
    if (curve->x == NULL || curve->y == NULL || curve->hits == NULL)
        return til_no_memory(l->ctx, n, "points");
    curve->x[0] = curve->y[0] = 0;
    curve->n_points = 1;
    for (size_t i = first; i < last; i++) {
        curve->hits[curve->n_hits++] = column[0][i];
        if (i > first && column[1][i] == column[1][i - 1]) continue; /* one block of ties */
        curve->x[curve->n_points] = column[1][i];
        curve->y[curve->n_points++] = column[2][i];
        curve->x[curve->n_points] = column[3][i];
        curve->y[curve->n_points++] = column[4][i];
    }
    curve->x[curve->n_points] = (double)curve->n_genes;
    curve->y[curve->n_points++] = 0;
    return curve_caption(l, &q->gsea, curve->set, &curve->caption);
}

static til_status_t make_curves(loaded_t *l, question_t *q)
{
    const til_table_t *t = &q->curve_points;
    til_status_t status = TIL_OK;

    for (size_t first = 0, last; first < t->n_rows && q->n_curves < MOST_CURVES && status == TIL_OK;
         first = last) {
        for (last = first + 1; last < t->n_rows; last++)
            if (strcmp(t->columns[0].text[last], t->columns[0].text[first]) != 0) break;
        status = make_curve(l, q, first, last);
    }
    return status;
}

/* ---- the run ----------------------------------------------------------------------------- */

static til_status_t read_question(loaded_t *l, const char *id, question_t *q,
                                  til_report_question_t *asked)
{
    til_strbuf_t name = { 0 };
    til_status_t status;

    til_strbuf_printf(&name, "de/%s.de", id);
    TIL_TRY(read_table(l, til_strbuf_text(&name), ".tsv", &q->de));
    if (q->de.n_cols == 0) {
        status = til_fail(l->ctx, TIL_EIO,
                          "%s/de/%s.de.tsv: the table that run.json names is not there", l->folder,
                          id);
        goto done;
    }
    til_strbuf_reset(&name);
    til_strbuf_printf(&name, "gsea/%s", id);
    TIL_TRY(read_table(l, til_strbuf_text(&name), ".gsea.tsv", &q->gsea));
    TIL_TRY(read_table(l, til_strbuf_text(&name), ".curves.tsv", &q->curve_points));
    TIL_TRY(make_curves(l, q));
    *asked = (til_report_question_t){ .id = id,
                                      .de = &q->de,
                                      .gsea = q->gsea.n_cols > 0 ? &q->gsea : NULL,
                                      .curves = q->curves,
                                      .n_curves = q->n_curves,
                                      .is_whole = til_json_text(til_json_get(l->run, "reduced")) !=
                                                  NULL };
done:
    til_strbuf_clear(&name);
    return status;
}

/* The texts of a JSON array, borrowed. */
static til_status_t text_list(loaded_t *l, const char *key, const char ***out, size_t *n)
{
    const til_json_t *array = til_json_get(l->run, key);

    *n = 0;
    *out = til_array(til_json_size(array), sizeof **out);
    if (*out == NULL) return til_no_memory(l->ctx, til_json_size(array), key);
    for (size_t i = 0; i < til_json_size(array); i++) {
        const char *text = til_json_text(til_json_at(array, i));
        if (text != NULL) (*out)[(*n)++] = text;
    }
    return TIL_OK;
}

static til_status_t read_questions(loaded_t *l)
{
    const char **ids = NULL;
    size_t n;
    til_status_t status;

    TIL_TRY(text_list(l, "questions", &ids, &n));
    l->questions = til_array_zero(n, sizeof *l->questions);
    l->asked = til_array_zero(n, sizeof *l->asked);
    if (l->questions == NULL || l->asked == NULL) {
        status = til_no_memory(l->ctx, n, "questions");
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        l->input.n_questions = i + 1;
        TIL_TRY(read_question(l, ids[i], &l->questions[i], &l->asked[i]));
    }
    l->input.questions = l->asked;
done:
    free(ids);
    return status;
}

/* The answers that trial/questions.tsv lists, in its order. */
static til_status_t read_trial(loaded_t *l)
{
    const til_table_t *t = &l->trial_questions;
    const til_column_t *file, *text;
    til_strbuf_t stem = { 0 };
    til_status_t status;

    TIL_TRY(read_table(l, "trial/questions.tsv", "", &l->trial_questions));
    if (t->n_rows == 0) goto done;
    file = til_table_column(t, "file");
    text = til_table_column(t, "question");
    if (file == NULL || file->type != TIL_COLUMN_TEXT || text == NULL ||
        text->type != TIL_COLUMN_TEXT) {
        status = til_fail(l->ctx, TIL_EINPUT,
                          "%s/trial/questions.tsv: expected the columns id, file and question",
                          l->folder);
        goto done;
    }
    TIL_TRY(read_table(l, "trial/left_out.tsv", "", &l->left_out));
    l->answers = til_array_zero(t->n_rows, sizeof *l->answers);
    l->trial = til_array_zero(t->n_rows, sizeof *l->trial);
    if (l->answers == NULL || l->trial == NULL)
        TIL_TRY(til_no_memory(l->ctx, t->n_rows, "answers"));
    for (size_t i = 0; i < t->n_rows; i++) {
        answer_t *a = &l->answers[i];
        const char *id = t->columns[0].text[i];
        l->input.n_trial = i + 1;
        til_strbuf_reset(&stem);
        til_strbuf_printf(&stem, "trial/%s", file->text[i] == NULL ? id : file->text[i]);
        TIL_TRY(read_table(l, til_strbuf_text(&stem), ".trial.tsv", &a->table));
        TIL_TRY(read_table(l, til_strbuf_text(&stem), ".patients.tsv", &a->patients));
        if (a->table.n_cols == 0) {
            status = til_fail(l->ctx, TIL_EIO,
                              "%s/%s.trial.tsv: the table that trial/questions.tsv names is not "
                              "there",
                              l->folder, til_strbuf_text(&stem));
            goto done;
        }
        l->trial[i] = (til_report_trial_t){ .id = id,
                                            .file = file->text[i] == NULL ? id : file->text[i],
                                            .text = text->text[i] == NULL ? id : text->text[i],
                                            .table = &a->table,
                                            .patients = a->patients.n_cols > 0 ? &a->patients
                                                                               : NULL };
    }
    l->input.trial = l->trial;
done:
    til_strbuf_clear(&stem);
    return status;
}

static til_status_t read_sheet_of_run(loaded_t *l)
{
    til_text_t text = { 0 };
    bool found;
    til_status_t status = open_text(l, "samples.tsv", "", &text, &found);

    if (status == TIL_OK && !found)
        status = til_fail(l->ctx, TIL_EIO, "%s/samples.tsv: the sheet of the run is not there",
                          l->folder);
    if (status == TIL_OK) status = til_sheet_read(l->ctx, &text, false, &l->sheet);
    til_text_clear(&text);
    return status;
}

static til_status_t read_pca(loaded_t *l)
{
    const til_column_t *percent;
    til_status_t status;

    TIL_TRY(read_table(l, "norm/pca.tsv", "", &l->pca));
    TIL_TRY(read_table(l, "norm/pca.variance.tsv", "", &l->pca_variance));
    percent = til_table_column(&l->pca_variance, "percent");
    for (size_t i = 0; percent != NULL && i < l->pca_variance.n_rows && i < MOST_PCS; i++)
        l->percent[i] = percent->number[i];
done:
    return status;
}

static til_status_t read_run(loaded_t *l)
{
    char *path = path_in(l, "run.json", "");
    til_status_t status;

    if (path == NULL) return til_no_memory(l->ctx, 1, "paths");
    TIL_TRY(til_json_read(l->ctx, path, &l->run));
    TIL_TRY(read_sheet_of_run(l));
    TIL_TRY(read_table(l, "de/size_factors.tsv", "", &l->size_factors));
    if (l->size_factors.n_cols == 0)
        TIL_TRY(read_table(l, "norm/size_factors.tsv", "", &l->size_factors));
    TIL_TRY(read_table(l, "de/dispersions.tsv", "", &l->dispersions));
    TIL_TRY(read_pca(l));
    TIL_TRY(read_matrix(l, "de/normalized.tsv", &l->normalized));
    TIL_TRY(read_scores(l));
    TIL_TRY(read_table(l, "scores/scores.coverage.tsv", "", &l->coverage));
    TIL_TRY(read_questions(l));
    TIL_TRY(read_trial(l));
    TIL_TRY(text_list(l, "commands", &l->commands, &l->input.n_commands));
    TIL_TRY(text_list(l, "methods", &l->methods, &l->input.n_methods));
done:
    free(path);
    return status;
}

/* SHA-256 of a text in base64, as a content security policy wants it. */
static void policy_hash(const char *text, char out[HASH_TEXT])
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char hex[TIL_SHA256_TEXT];
    unsigned char bytes[33] = { 0 };

    til_sha256(text, strlen(text), hex);
    for (size_t i = 0; i < 64; i++) {
        unsigned digit = (unsigned)(hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10);
        bytes[i / 2] = (unsigned char)((unsigned)bytes[i / 2] << 4 | digit);
    }
    for (size_t i = 0, k = 0; i < 33; i += 3) {
        unsigned word = (unsigned)bytes[i] << 16 | (unsigned)bytes[i + 1] << 8 | bytes[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6) out[k++] = letters[word >> shift & 63];
    }
    out[43] = '='; /* 32 bytes leave one letter over */
    out[44] = '\0';
}

static const til_table_t *or_null(const til_table_t *t) { return t->n_cols > 0 ? t : NULL; }

static void fill_input(loaded_t *l, const char *title)
{
    til_report_input_t *in = &l->input;

    in->title = title;
    in->version = PACKAGE_VERSION;
    in->sheet = &l->sheet;
    in->pair = til_json_text(til_json_get(l->run, "pair"));
    in->time = til_json_text(til_json_get(l->run, "time"));
    in->arm = til_json_text(til_json_get(l->run, "arm"));
    in->response = til_json_text(til_json_get(l->run, "response"));
    in->left_out = or_null(&l->left_out);
    policy_hash(til_report_style(), l->style_hash);
    policy_hash(til_report_script(), l->script_hash);
    in->style_hash = l->style_hash;
    in->script_hash = l->script_hash;
    in->alpha = til_json_number(til_json_get(l->run, "alpha"), 0.1);
    in->size_factors = or_null(&l->size_factors);
    in->pca = til_table_column(&l->pca, "PC2") != NULL ? &l->pca : NULL;
    in->pca_percent = l->percent;
    in->dispersions = or_null(&l->dispersions);
    in->normalized = l->normalized.n_cols > 0 ? &l->normalized : NULL;
    in->scores = l->scores.n_cols > 0 ? &l->scores : NULL;
    in->coverage = or_null(&l->coverage);
    in->commands = l->commands;
    in->methods = l->methods;
}

static void loaded_clear(loaded_t *l)
{
    for (size_t i = 0; i < l->input.n_questions; i++) {
        question_t *q = &l->questions[i];
        for (size_t k = 0; k < q->n_curves; k++) {
            free(q->curves[k].x);
            free(q->curves[k].y);
            free(q->curves[k].hits);
            free(q->curves[k].caption);
        }
        til_table_clear(&q->curve_points);
        til_table_clear(&q->gsea);
        til_table_clear(&q->de);
    }
    for (size_t i = 0; i < l->input.n_trial; i++) {
        til_table_clear(&l->answers[i].table);
        til_table_clear(&l->answers[i].patients);
    }
    free(l->answers);
    free(l->trial);
    til_table_clear(&l->trial_questions);
    til_table_clear(&l->left_out);
    free(l->questions);
    free(l->asked);
    free(l->commands);
    free(l->methods);
    til_matrix_clear(&l->scores);
    til_matrix_clear(&l->normalized);
    til_table_clear(&l->coverage);
    til_table_clear(&l->dispersions);
    til_table_clear(&l->pca_variance);
    til_table_clear(&l->pca);
    til_table_clear(&l->size_factors);
    til_sheet_clear(&l->sheet);
    til_json_free(l->run);
}

/* ---- writing ----------------------------------------------------------------------------- */

static til_status_t write_file(til_ctx_t *ctx, til_job_t *job, const char *path, const char *text)
{
    til_out_t *out;
    til_status_t status = til_job_open(ctx, job, path, &out);

    if (status != TIL_OK) return status;
    til_out_text(out, text);
    return til_out_close(ctx, out);
}

/* The page at `path`, its figures in figures/ beside it (not for "-"). */
static til_status_t write_report(til_ctx_t *ctx, til_job_t *job, const char *path,
                                 const til_report_t *report)
{
    const char *slash = strrchr(path, '/');
    til_strbuf_t name = { 0 };
    til_status_t status = write_file(ctx, job, path, report->html);

    for (size_t i = 0; status == TIL_OK && strcmp(path, "-") != 0 && i < report->n_figures; i++) {
        til_strbuf_reset(&name);
        til_strbuf_add_n(&name, path, slash == NULL ? 0 : (size_t)(slash + 1 - path));
        til_strbuf_printf(&name, "figures/%s.svg", report->figures[i].name);
        if (name.failed) status = til_no_memory(ctx, 1, "paths");
        else status = write_file(ctx, job, name.text, report->figures[i].svg);
    }
    til_strbuf_clear(&name);
    return status;
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    const report_args_t *args = job->args;
    loaded_t l = { .ctx = ctx, .job = job, .folder = job->operands[0] };
    til_report_t report = { 0 };
    char *path = args->output == NULL ? path_in(&l, "report.html", "") : NULL;
    const char *output = args->output == NULL ? path : args->output;
    til_status_t status;

    if (output == NULL) {
        status = til_no_memory(ctx, 1, "paths");
        goto done;
    }
    TIL_TRY(read_run(&l));
    fill_input(&l, args->title);
    TIL_TRY(til_report_make(ctx, &l.input, &report));
    TIL_TRY(write_report(ctx, job, output, &report));
    til_say(ctx, TIL_LOG_STAGE, "%s: %zu questions, %zu figures", output, l.input.n_questions,
            report.n_figures);
done:
    til_report_clear(&report);
    loaded_clear(&l);
    free(path);
    return status;
}

const til_command_t til_cmd_report = {
    .name = "report",
    .operands = "DIR",
    .summary = "Make the page of a run from the tables in its folder.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(report_args_t),
    .common_offset = offsetof(report_args_t, common),
    .min_operands = 1,
    .max_operands = 1,
    .run = run
};
