/* merge_inputs.c -- reads quantifications, several at a time, and puts them side by side by name.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/names.h"
#include "base/parallel.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "cli/merge_inputs.h"
#include "io/text/matrix_tsv.h"

enum { N_SHOWN = 3 };

/* The count verdict's bounds: a library is stranded from here on, unstranded between the others. */
static const double STRANDED_SHARE = 0.8, EVEN_SHARE = 0.1;

static const char *const level_words[] = { "transcripts", "genes", "gene counts" };

typedef struct {
    const char *const *paths;
    size_t n;
    til_quant_table_t *tables;
    til_matrix_t *matrices;   /* of tables whose layout is "matrix" */
    til_partials_t *partials; /* NULL unless all are tilseq count's */
    size_t n_samples;
} inputs_t;

/* ---- reading ------------------------------------------------------------------------------- */

static til_status_t read_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    til_status_t status = TIL_OK;
    inputs_t *in = arg;

    (void)worker;
    for (size_t i = begin; i < end; i++)
        TIL_TRY(til_quant_table_read(ctx, in->paths[i], &in->tables[i]));
done:
    return status;
}

static bool is_matrix(const til_quant_table_t *table) { return table->text.data != NULL; }

static til_status_t check_levels(til_ctx_t *ctx, const inputs_t *in)
{
    for (size_t i = 1; i < in->n; i++)
        if (in->tables[i].level != in->tables[0].level)
            return til_fail(ctx, TIL_EINPUT,
                            "%s holds %s (%s), %s %s (%s): merge results of one kind at a time",
                            in->tables[0].path, level_words[in->tables[0].level],
                            in->tables[0].layout, in->tables[i].path,
                            level_words[in->tables[i].level], in->tables[i].layout);
    for (size_t i = 1; i < in->n; i++)
        if (strcmp(in->tables[i].layout, in->tables[0].layout) != 0) {
            til_say(ctx, TIL_LOG_WARNING,
                    "results of different programs are merged: %s (%s) and %s (%s)",
                    in->tables[0].path, in->tables[0].layout, in->tables[i].path,
                    in->tables[i].layout);
            break;
        }
    return TIL_OK;
}

/* Tables of features have no names that a matrix could be made of. */
static bool only_partials(const inputs_t *in)
{
    return in->partials != NULL && til_partials_repeat_ids(in->partials);
}

/* The samples of input i; *names is NULL where the input has only a name of its own. */
static size_t samples_of(const inputs_t *in, size_t i, char *const **names)
{
    *names = NULL;
    if (only_partials(in)) return til_partials_samples(in->partials, i, names);
    if (!is_matrix(&in->tables[i])) return 1;
    *names = in->matrices[i].col_names;
    return in->matrices[i].n_cols;
}

static til_status_t read_all(til_ctx_t *ctx, til_job_t *job, bool renamed, inputs_t *in)
{
    til_status_t status = TIL_OK;
    const til_matrix_reading_t how = { .values = TIL_VALUES_COUNTS };

    TIL_TRY(til_parallel_for(ctx, in->n, 1, read_range, in));
    TIL_TRY(til_partials_read(ctx, in->tables, in->n, renamed, &in->partials));
    for (size_t i = 0; i < in->n; i++) {
        til_quant_table_t *t = &in->tables[i];
        char *const *names;
        if (is_matrix(t) && !only_partials(in))
            TIL_TRY(til_matrix_read(ctx, &t->text, &how, &in->matrices[i]));
        TIL_TRY(til_job_input(ctx, job, t->path, t->sha256, t->n));
        in->n_samples += samples_of(in, i, &names);
    }
    TIL_TRY(check_levels(ctx, in));
done:
    return status;
}

/* ---- names of samples ---------------------------------------------------------------------- */

/* Splits "A,B,..." into the columns of m. */
static til_status_t take_names(til_ctx_t *ctx, const char *list, til_matrix_t *m)
{
    til_status_t status = TIL_OK;
    til_strbuf_t name = { 0 };
    size_t n = 0;

    for (const char *p = list; p != NULL; n++) {
        size_t length = strcspn(p, ",");
        til_strbuf_reset(&name);
        til_strbuf_add_n(&name, p, length);
        if (length == 0) TIL_TRY(til_fail(ctx, TIL_EUSAGE, "--sample-names: an empty name"));
        if (name.failed) TIL_TRY(til_no_memory(ctx, length, "bytes"));
        if (n < m->n_cols) TIL_TRY(til_matrix_set_col_name(ctx, m, n, name.text));
        p = p[length] == ',' ? p + length + 1 : NULL;
    }
    if (n != m->n_cols)
        status = til_fail(ctx, TIL_EUSAGE, "--sample-names: %zu names for %zu samples", n,
                          m->n_cols);
done:
    til_strbuf_clear(&name);
    return status;
}

static til_status_t name_samples(til_ctx_t *ctx, const inputs_t *in, const char *sample_names,
                                 til_matrix_t *m)
{
    til_status_t status = TIL_OK;
    til_names_t *seen = til_names_new();
    size_t s = 0;

    if (seen == NULL) return til_no_memory(ctx, m->n_cols, "samples");
    for (size_t i = 0; i < in->n; i++) {
        char *const *names;
        size_t n = samples_of(in, i, &names);
        for (size_t k = 0; k < n; k++, s++)
            TIL_TRY(til_matrix_set_col_name(ctx, m, s,
                                            names != NULL ? names[k] : in->tables[i].sample));
    }
    if (sample_names != NULL) TIL_TRY(take_names(ctx, sample_names, m));
    for (s = 0; s < m->n_cols; s++) {
        int is_new;
        if (til_names_add(seen, m->col_names[s], &is_new) < 0)
            TIL_TRY(til_no_memory(ctx, m->n_cols, "samples"));
        if (!is_new)
            TIL_TRY(til_fail(ctx, TIL_EUSAGE,
                             "two samples are called '%s': name all of them with --sample-names",
                             m->col_names[s]));
        if (strpbrk(m->col_names[s], "\t\r\n") != NULL)
            TIL_TRY(til_fail(ctx, TIL_EUSAGE,
                             "the sample name '%s' holds a tab or a line end: name "
                             "all samples with --sample-names",
                             m->col_names[s]));
    }
done:
    til_names_free(seen);
    return status;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static void rows_of(const inputs_t *in, size_t i, char *const **names, size_t *n)
{
    *names = is_matrix(&in->tables[i]) ? in->matrices[i].row_names : in->tables[i].names;
    *n = is_matrix(&in->tables[i]) ? in->matrices[i].n_rows : in->tables[i].n;
}

/* Adds up to N_SHOWN of the names that `others` lacks; returns how many it lacks. */
static size_t lacking(char *const *names, size_t n, const til_names_t *others, til_strbuf_t *shown)
{
    size_t n_lacking = 0;
    for (size_t i = 0; i < n; i++)
        if (til_names_find(others, names[i]) < 0 && n_lacking++ < N_SHOWN)
            til_strbuf_printf(shown, "%s%s", n_lacking > 1 ? ", " : "", names[i]);
    if (n_lacking > N_SHOWN) til_strbuf_add(shown, ", ...");
    return n_lacking;
}

/* TIL_EINPUT unless both have the same names. */
static til_status_t check_rows(til_ctx_t *ctx, const inputs_t *in, size_t i,
                               const til_names_t *first)
{
    til_status_t status = TIL_OK;
    til_names_t *other = NULL;
    til_strbuf_t only_first = { 0 }, only_other = { 0 };
    char *const *names, *const *first_names;
    size_t n, n_first, n_only_first, n_only_other;

    rows_of(in, 0, &first_names, &n_first);
    rows_of(in, i, &names, &n);
    TIL_TRY(til_names_index(ctx, names, n, &other));
    n_only_first = lacking(first_names, n_first, other, &only_first);
    n_only_other = lacking(names, n, first, &only_other);
    if (n_only_first + n_only_other > 0)
        status = til_fail(ctx, TIL_EINPUT,
                          "%s and %s have different rows: %zu only in the first%s%s%s, %zu only in "
                          "the second%s%s%s: all inputs must be made with one annotation",
                          in->tables[0].path, in->tables[i].path, n_only_first,
                          n_only_first > 0 ? " (" : "", til_strbuf_text(&only_first),
                          n_only_first > 0 ? ")" : "", n_only_other, n_only_other > 0 ? " (" : "",
                          til_strbuf_text(&only_other), n_only_other > 0 ? ")" : "");
done:
    til_names_free(other);
    til_strbuf_clear(&only_first);
    til_strbuf_clear(&only_other);
    return status;
}

/* row[k]: where row k of input i stands in the first. */
static til_status_t match_rows(til_ctx_t *ctx, const inputs_t *in, size_t i,
                               const til_names_t *first, size_t *row, bool *in_order)
{
    til_status_t status = TIL_OK;
    char *const *names, *const *first_names;
    size_t n, n_first;

    rows_of(in, 0, &first_names, &n_first);
    rows_of(in, i, &names, &n);
    *in_order = n == n_first;
    for (size_t k = 0; k < n && *in_order; k++) {
        *in_order = strcmp(names[k], first_names[k]) == 0;
        row[k] = k;
    }
    if (*in_order) goto done;
    TIL_TRY(check_rows(ctx, in, i, first));
    for (size_t k = 0; k < n; k++) row[k] = (size_t)til_names_find(first, names[k]);
done:
    return status;
}

/* ---- STAR's columns ------------------------------------------------------------------------ */

/* 0 unstranded, 1 forward, 2 reverse; *share of the stranded counts that are forward. */
static int strand_verdict(const til_quant_table_t *t, double *share, bool *clear)
{
    double sum[TIL_QUANT_N_STRANDS] = { 0 };

    for (int k = 1; k < TIL_QUANT_N_STRANDS; k++)
        for (size_t i = 0; i < t->n; i++) sum[k] += t->by_strand[k][i];
    *share = sum[1] + sum[2] > 0 ? sum[1] / (sum[1] + sum[2]) : 0.5;
    *clear = *share >= STRANDED_SHARE || *share <= 1 - STRANDED_SHARE ||
             fabs(*share - 0.5) <= EVEN_SHARE;
    if (*share >= STRANDED_SHARE) return 1;
    return *share <= 1 - STRANDED_SHARE ? 2 : 0;
}

/* Which of STAR's columns holds the counts of all samples: those of TIL_STRANDED_UNSTRANDED, _FORWARD
 * and _REVERSE stand in this order. */
static til_status_t choose_strand(til_ctx_t *ctx, const inputs_t *in, til_stranded_t wish,
                                  int *strand)
{
    const char *const *words = til_stranded_words.words;
    ptrdiff_t first = -1;

    if (wish != TIL_STRANDED_AUTO) {
        *strand = (int)wish;
        return TIL_OK;
    }
    for (size_t i = 0; i < in->n; i++) {
        double share;
        bool clear;
        if (in->tables[i].by_strand[0] == NULL) continue;
        int verdict = strand_verdict(&in->tables[i], &share, &clear);
        til_say(ctx, clear ? TIL_LOG_NOTICE : TIL_LOG_WARNING,
                "%s: %.1f%% of the stranded counts are forward: taken as %s%s", in->tables[i].path,
                100 * share, words[verdict], clear ? "" : ", which is unclear; -s says which");
        if (first >= 0 && verdict != *strand)
            return til_fail(ctx, TIL_EINPUT, "%s looks %s, %s %s: say with -s which column to take",
                            in->tables[first].path, words[*strand], in->tables[i].path,
                            words[verdict]);
        if (first < 0) first = (ptrdiff_t)i;
        *strand = verdict;
    }
    return TIL_OK;
}

/* ---- side by side -------------------------------------------------------------------------- */

static til_status_t copy_row_names(til_ctx_t *ctx, const inputs_t *in, til_merged_t *out)
{
    til_status_t status = TIL_OK;
    char *const *names;
    size_t n;
    til_matrix_t *m = &out->e.counts;

    rows_of(in, 0, &names, &n);
    for (size_t g = 0; g < n; g++) TIL_TRY(til_matrix_set_row_name(ctx, m, g, names[g]));
    if (is_matrix(&in->tables[0])) {
        const til_matrix_t *first = &in->matrices[0];
        for (size_t g = 0; first->gene_names != NULL && g < n; g++)
            TIL_TRY(til_matrix_set_gene_name(ctx, m, g, first->gene_names[g]));
        if (first->lengths != NULL) {
            m->lengths = til_array(n, sizeof *m->lengths);
            if (m->lengths == NULL) TIL_TRY(til_no_memory(ctx, n, "lengths"));
            memcpy(m->lengths, first->lengths, n * sizeof *m->lengths);
        }
    }
    if (in->tables[0].genes != NULL) {
        TIL_TRY(til_keep_array(ctx, out->arena, n, sizeof *out->genes, &out->genes));
        for (size_t g = 0; g < n; g++)
            TIL_TRY(til_keep_text(ctx, out->arena, in->tables[0].genes[g], &out->genes[g]));
    }
done:
    return status;
}

/* Puts input i into the columns from s on; row[k] is where its row k belongs. */
static void fill_columns(const inputs_t *in, size_t i, size_t s, int strand, const size_t *row,
                         til_estimates_t *e)
{
    const til_quant_table_t *t = &in->tables[i];

    if (is_matrix(t)) {
        const til_matrix_t *m = &in->matrices[i];
        for (size_t k = 0; k < m->n_rows; k++)
            memcpy(til_matrix_row(&e->counts, row[k]) + s, til_matrix_row(m, k),
                   m->n_cols * sizeof(double));
        return;
    }
    const double *counts = t->counts != NULL ? t->counts : t->by_strand[strand];
    for (size_t k = 0; k < t->n; k++) {
        til_matrix_row(&e->counts, row[k])[s] = counts[k];
        if (t->tpm == NULL) continue;
        til_matrix_row(&e->tpm, row[k])[s] = t->tpm[k];
        til_matrix_row(&e->lengths, row[k])[s] = t->lengths[k];
    }
}

/* Lengths that differ between matrices cannot stand in one column. */
static void compare_lengths(til_ctx_t *ctx, const inputs_t *in, size_t i, const size_t *row,
                            til_matrix_t *m)
{
    const til_matrix_t *other = &in->matrices[i];
    bool same = is_matrix(&in->tables[i]) && other->lengths != NULL;

    if (m->lengths == NULL) return;
    for (size_t k = 0; same && k < other->n_rows; k++) {
        double a = other->lengths[k], b = m->lengths[row[k]];
        same = a == b || (isnan(a) && isnan(b));
    }
    if (same) return;
    til_say(ctx, TIL_LOG_WARNING, "%s has other lengths than %s, or none: no lengths are written",
            in->tables[i].path, in->tables[0].path);
    free(m->lengths);
    m->lengths = NULL;
}

static til_status_t side_by_side(til_ctx_t *ctx, const inputs_t *in, int strand, til_merged_t *out)
{
    til_status_t status = TIL_OK;
    char *const *names;
    size_t n, s = 0, n_other_order = 0;
    til_names_t *first = NULL;

    rows_of(in, 0, &names, &n);
    size_t *row = til_array(n, sizeof *row);
    if (row == NULL) TIL_TRY(til_no_memory(ctx, n, "rows"));
    TIL_TRY(til_names_index(ctx, names, n, &first));
    TIL_TRY(copy_row_names(ctx, in, out));
    for (size_t i = 0; i < in->n; i++) {
        bool in_order;
        TIL_TRY(match_rows(ctx, in, i, first, row, &in_order));
        n_other_order += !in_order;
        fill_columns(in, i, s, strand, row, &out->e);
        compare_lengths(ctx, in, i, row, &out->e.counts);
        s += is_matrix(&in->tables[i]) ? in->matrices[i].n_cols : 1;
    }
    if (n_other_order > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "rows of %zu input%s stand in another order than in %s: matched by name",
                n_other_order, n_other_order == 1 ? "" : "s", in->tables[0].path);
done:
    til_names_free(first);
    free(row);
    return status;
}

til_status_t til_merge_read(til_ctx_t *ctx, til_job_t *job, const char *sample_names,
                            til_stranded_t strand, til_merged_t *out)
{
    til_status_t status = TIL_OK;
    size_t n = (size_t)job->n_operands, n_rows;
    inputs_t in = { .paths = job->operands,
                    .n = n,
                    .tables = til_array_zero(n, sizeof *in.tables),
                    .matrices = til_array_zero(n, sizeof *in.matrices) };
    char *const *names;
    int column = 0;

    *out = (til_merged_t){ .arena = til_arena_new() };
    if (in.tables == NULL || in.matrices == NULL || out->arena == NULL)
        TIL_TRY(til_no_memory(ctx, n, "inputs"));
    TIL_TRY(read_all(ctx, job, sample_names != NULL, &in));
    out->level = in.tables[0].level;
    if (only_partials(&in)) {
        TIL_TRY(til_matrix_init(ctx, 0, in.n_samples, &out->e.counts));
        TIL_TRY(name_samples(ctx, &in, sample_names, &out->e.counts));
        til_say(ctx, TIL_LOG_STAGE, "%zu features of %zu samples", til_partials_n_rows(in.partials),
                in.n_samples);
        goto done;
    }
    rows_of(&in, 0, &names, &n_rows);
    TIL_TRY(til_matrix_init(ctx, n_rows, in.n_samples, &out->e.counts));
    TIL_TRY(name_samples(ctx, &in, sample_names, &out->e.counts));
    if (out->level != TIL_QUANT_COUNTS) {
        TIL_TRY(til_matrix_init(ctx, n_rows, in.n_samples, &out->e.tpm));
        TIL_TRY(til_matrix_init(ctx, n_rows, in.n_samples, &out->e.lengths));
    }
    TIL_TRY(choose_strand(ctx, &in, strand, &column));
    TIL_TRY(side_by_side(ctx, &in, column, out));
    til_say(ctx, TIL_LOG_STAGE, "%zu %s of %zu samples", n_rows, level_words[out->level],
            in.n_samples);
done:
    out->partials = in.partials;
    for (size_t i = 0; i < n; i++) {
        if (in.tables != NULL) til_quant_table_clear(&in.tables[i]);
        if (in.matrices != NULL) til_matrix_clear(&in.matrices[i]);
    }
    free(in.tables);
    free(in.matrices);
    if (status != TIL_OK) til_merged_clear(out);
    return status;
}

void til_merged_clear(til_merged_t *merged)
{
    if (merged == NULL) return;
    til_estimates_clear(&merged->e);
    til_partials_free(merged->partials);
    til_arena_free(merged->arena);
    *merged = (til_merged_t){ 0 };
}
