/* inputs.c -- matrix, sheet and gene names, read and matched by name. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/nearest.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "tasks/inputs.h"
#include "io/text/cls.h"
#include "io/text/genes_tsv.h"
#include "io/text/sheet_tsv.h"

#define LARGEST_LOG 40.0 /* log2 of more than was ever counted */
#define COMMON_LOG  4.0  /* counts this small on average are mostly 0 to 2 */
#define PER_MILLION 5e-3
enum { FEW_VALUES = 20, STRAY_FRACTIONS = 3 };

/* ---- matrix ------------------------------------------------------------------------------ */

static til_status_t set_gene_names(til_ctx_t *ctx, til_job_t *job, const char *path,
                                   til_matrix_t *m)
{
    til_text_t text = { 0 };
    til_gene_names_t genes = { 0 };
    til_status_t status;
    size_t n_named = 0;

    TIL_TRY(til_text_read(ctx, path, &text));
    TIL_TRY(til_job_input(ctx, job, path, text.sha256, 0));
    TIL_TRY(til_gene_names_read(ctx, &text, &genes));
    for (size_t g = 0; g < m->n_rows; g++) {
        const char *name = til_gene_names_find(&genes, m->row_names[g]);
        TIL_TRY(til_matrix_set_gene_name(ctx, m, g, name));
        n_named += name != NULL;
    }
    if (n_named == 0)
        status = til_fail(ctx, TIL_EINPUT,
                          "%s: none of its ids (%s, ...) is a gene of %s (%s, ...)", path,
                          til_names_count(genes.ids) > 0 ? til_names_get(genes.ids, 0) : "none",
                          m->origin, m->n_rows > 0 ? m->row_names[0] : "none");
    else til_say(ctx, TIL_LOG_DETAIL, "%s: names for %zu of %zu genes", path, n_named, m->n_rows);
done:
    til_gene_names_clear(&genes);
    til_text_clear(&text);
    return status;
}

/* Whole counts made of fractions are said in the provenance of every result. */
static til_status_t note_rounding(til_ctx_t *ctx, til_job_t *job, const char *path, size_t n)
{
    til_json_t *fact = til_json_object();
    til_status_t status;

    TIL_TRY(til_json_set(ctx, fact, "name", til_json_of_text(til_base_name(path))));
    TIL_TRY(til_json_set(ctx, fact, "values", til_json_of_number((double)n)));
    status = til_job_fact(ctx, job, "rounded", fact);
    fact = NULL;
done:
    til_json_free(fact);
    return status;
}

til_status_t til_load_matrix(til_ctx_t *ctx, til_job_t *job, const char *path, til_values_t values,
                             const til_input_args_t *args, til_matrix_t *out)
{
    size_t n_rounded = 0;
    til_matrix_reading_t how = { values, args->round, args->sum_duplicates, &n_rounded };
    til_text_t text = { 0 };
    til_status_t status;

    *out = (til_matrix_t){ 0 };
    TIL_TRY(til_text_read(ctx, path, &text));
    TIL_TRY(til_job_input(ctx, job, path, text.sha256, 0));
    TIL_TRY(til_matrix_read(ctx, &text, &how, out));
    if (n_rounded > 0) TIL_TRY(note_rounding(ctx, job, path, n_rounded));
    if (args->genes != NULL) TIL_TRY(set_gene_names(ctx, job, args->genes, out));
    til_say(ctx, TIL_LOG_STAGE, "%s: %zu genes x %zu samples", path, out->n_rows, out->n_cols);
done:
    til_text_clear(&text);
    if (status != TIL_OK) til_matrix_clear(out);
    return status;
}

til_status_t til_check_depth(til_ctx_t *ctx, const til_matrix_t *m)
{
    for (size_t s = 0; s < m->n_cols; s++) {
        double sum = 0;
        for (size_t g = 0; g < m->n_rows && sum == 0; g++) sum += til_matrix_row(m, g)[s];
        if (sum == 0)
            return til_fail(ctx, TIL_EINPUT,
                            "%s: sample %s has no counts: leave it out (--exclude) or "
                            "mend its column",
                            m->origin, m->col_names[s]);
    }
    return TIL_OK;
}

/* A value written by hand has few decimals, and nothing in its column makes up for it as it does where an
 * estimator shared one fragment out. NULL where no value of the table is of that kind. */
static const double *find_slip(const til_matrix_t *m)
{
    for (size_t j = 0; j < m->n_cols; j++) {
        const double *slip = NULL;
        double total = 0.0;
        for (size_t i = 0; i < m->n_rows; i++) {
            const double *x = m->x + i * m->n_cols + j;
            total += *x;
            if (*x != floor(*x) && *x * 100.0 == floor(*x * 100.0)) slip = x;
        }
        if (slip && total != floor(total)) return slip;
    }
    return NULL;
}

/* Estimated counts are fractions throughout; one or two among whole counts are a slip of the hand. */
static til_status_t refuse_slip(til_ctx_t *ctx, const til_matrix_t *m, size_t n)
{
    const double *slip = find_slip(m);

    if (!slip) return TIL_OK;
    size_t i = (size_t)(slip - m->x);
    return til_fail(
        ctx, TIL_EINPUT,
        "%s: %g for %s in sample %s: %zu of all values %s a fraction among whole counts: "
        "expected counts; mend it, or --round rounds",
        m->origin, *slip, m->row_names[i / m->n_cols], m->col_names[i % m->n_cols], n,
        n == 1 ? "is" : "are");
}

/* What counts never look like: logarithms (small, alike, with decimals or rounded) are refused, values
 * per million are named. Rounding on the way in hides decimals, so whole numbers are looked at too. */
static til_status_t check_scale(til_ctx_t *ctx, const til_matrix_t *m, bool is_rounded)
{
    size_t n = 0, n_fraction = 0, n_per_million = 0;
    double most = 0, sum = 0;

    for (size_t i = 0; i < m->n_rows * m->n_cols; i++) {
        double x = m->x[i];
        n += x > 0;
        n_fraction += x != floor(x);
        sum += x;
        most = fmax(most, x);
    }
    if (n_fraction > 0 && n_fraction <= STRAY_FRACTIONS && n > FEW_VALUES) {
        til_status_t status = refuse_slip(ctx, m, n_fraction);
        if (status != TIL_OK) return status;
    }
    bool are_small = n > FEW_VALUES && most <= LARGEST_LOG;
    if (are_small && n_fraction * 2 > n)
        return til_fail(ctx, TIL_EINPUT,
                        "%s: the values look log-transformed (all under %g, most with decimals): "
                        "raw counts are wanted",
                        m->origin, LARGEST_LOG);
    if (are_small && n_fraction == 0 && sum / (double)n > COMMON_LOG) {
        if (is_rounded)
            return til_fail(
                ctx, TIL_EINPUT,
                "%s: the values look log-transformed and rounded (all under %g, %.1f on "
                "average): raw counts are wanted",
                m->origin, LARGEST_LOG, sum / (double)n);
        til_say(ctx, TIL_LOG_WARNING,
                "%s: the values look log-transformed and rounded (all under %g, %.1f on average): "
                "raw counts are wanted",
                m->origin, LARGEST_LOG, sum / (double)n);
    }
    for (size_t s = 0; s < m->n_cols; s++) {
        double total = 0;
        for (size_t g = 0; g < m->n_rows; g++) total += m->x[g * m->n_cols + s];
        n_per_million += fabs(total - 1e6) < PER_MILLION * 1e6;
    }
    if (n_per_million == m->n_cols && m->n_cols > 1)
        til_say(
            ctx, TIL_LOG_WARNING,
            "%s: every column adds up to a million: TPM and CPM have lost how much was counted; "
            "give the counts (tximport, tilseq merge)",
            m->origin);
    return TIL_OK;
}

/* ---- sheet ------------------------------------------------------------------------------- */

/* COL=VALUE, split; TIL_EUSAGE when it is not, TIL_EINPUT when the column or the value is not
 * there. */
static til_status_t parse_condition(til_ctx_t *ctx, const til_sheet_t *sheet, const char *option,
                                    const char *text, size_t *column, const char **value)
{
    const char *equals = strchr(text, '=');
    char name[256];

    if (equals == NULL || equals == text || (size_t)(equals - text) >= sizeof name)
        return til_fail(ctx, TIL_EUSAGE, "--%s: '%s' should be COLUMN=VALUE", option, text);
    memcpy(name, text, (size_t)(equals - text));
    name[equals - text] = '\0';
    ptrdiff_t c = til_sheet_column(sheet, name);
    *value = equals + 1;
    if (c < 0 && strcmp(name, "sample") != 0) {
        til_strbuf_t b = { 0 };
        for (size_t i = 0; i < sheet->n_columns; i++)
            til_strbuf_printf(&b, "%s%s", i == 0 ? "" : ", ", sheet->columns[i]);
        til_add_nearest(&b, name, (const char *const *)sheet->columns, sheet->n_columns);
        til_status_t status = til_fail(ctx, TIL_EINPUT, "%s: --%s: no column '%s'; there are: %s",
                                       sheet->origin, option, name, til_strbuf_text(&b));
        til_strbuf_clear(&b);
        return status;
    }
    *column = c < 0 ? sheet->n_columns : (size_t)c;
    for (size_t s = 0; s < sheet->n_samples; s++)
        if (strcmp(c < 0 ? sheet->samples[s] : til_sheet_cell(sheet, s, (size_t)c), *value) == 0)
            return TIL_OK;
    return til_fail(ctx, TIL_EINPUT, "%s: --%s: no sample has %s = '%s'", sheet->origin, option,
                    name, *value);
}

static const char *cell_or_name(const til_sheet_t *sheet, size_t s, size_t column)
{
    return column == sheet->n_columns ? sheet->samples[s] : til_sheet_cell(sheet, s, column);
}

/* Whether sample s meets the --include conditions: for each column named, one of its values. */
static til_status_t is_included(til_ctx_t *ctx, const til_sheet_t *sheet, const til_list_t *include,
                                size_t s, bool *keep)
{
    *keep = true;
    for (size_t i = 0; i < include->n && *keep; i++) {
        size_t column, other;
        const char *value;
        bool any = false;
        til_status_t status = parse_condition(ctx, sheet, "include", include->items[i], &column,
                                              &value);
        for (size_t k = 0; k < include->n && status == TIL_OK; k++) {
            status = parse_condition(ctx, sheet, "include", include->items[k], &other, &value);
            if (status == TIL_OK && other == column)
                any |= strcmp(cell_or_name(sheet, s, column), value) == 0;
        }
        if (status != TIL_OK) return status;
        *keep = any;
    }
    return TIL_OK;
}

/* Indices of the samples that --include and --exclude leave. */
static til_status_t choose(til_ctx_t *ctx, const til_sheet_t *sheet, const til_input_args_t *args,
                           size_t *kept, size_t *n_kept)
{
    *n_kept = 0;
    for (size_t s = 0; s < sheet->n_samples; s++) {
        bool keep;
        til_status_t status = is_included(ctx, sheet, &args->include, s, &keep);
        for (size_t i = 0; i < args->exclude.n && status == TIL_OK; i++) {
            size_t column;
            const char *value;
            status = parse_condition(ctx, sheet, "exclude", args->exclude.items[i], &column,
                                     &value);
            if (status == TIL_OK) keep &= strcmp(cell_or_name(sheet, s, column), value) != 0;
        }
        if (status != TIL_OK) return status;
        if (keep) kept[(*n_kept)++] = s;
    }
    return TIL_OK;
}

static til_status_t filter_sheet(til_ctx_t *ctx, const til_sheet_t *full,
                                 const til_input_args_t *args, til_sheet_t *out)
{
    size_t *kept = til_array(full->n_samples, sizeof *kept), n_kept = 0;
    til_status_t status;

    if (kept == NULL) return til_no_memory(ctx, full->n_samples, "samples");
    TIL_TRY(choose(ctx, full, args, kept, &n_kept));
    if (n_kept == 0) {
        status = til_fail(ctx, TIL_EINPUT, "%s: --include and --exclude leave no sample",
                          full->origin);
        goto done;
    }
    if (n_kept < full->n_samples)
        til_say(ctx, TIL_LOG_NOTICE, "%s: %zu of %zu samples left out by --include/--exclude",
                full->origin, full->n_samples - n_kept, full->n_samples);
    TIL_TRY(til_sheet_select(ctx, full, kept, n_kept, out));
done:
    free(kept);
    return status;
}

static til_status_t read_sheet(til_ctx_t *ctx, til_job_t *job, const char *path, bool repeats,
                               til_sheet_t *out)
{
    til_text_t text = { 0 };
    til_status_t status;

    *out = (til_sheet_t){ 0 };
    TIL_TRY(til_text_read(ctx, path, &text));
    TIL_TRY(til_job_input(ctx, job, path, text.sha256, 0));
    TIL_TRY(til_sheet_read(ctx, &text, repeats, out));
done:
    til_text_clear(&text);
    return status;
}

/* A CLS file begins with three whole numbers, then a line with '#'. */
static bool is_cls(const til_text_t *text)
{
    const char *p = text->data + text->at;
    size_t digits;

    for (int i = 0; i < 3; i++) {
        digits = strspn(p, "0123456789");
        p += digits + strspn(p + digits, " \t");
        if (digits == 0) return false;
    }
    return (*p == '\n' || *p == '\r') && p[strspn(p, "\r\n")] == '#';
}

/* The sheet that goes with a matrix: a sample sheet, or GSEA's CLS file for the columns as they
 * stand. */
static til_status_t read_sheet_of(til_ctx_t *ctx, til_job_t *job, const char *path,
                                  const til_matrix_t *m, til_sheet_t *out)
{
    til_text_t text = { 0 };
    til_status_t status;

    *out = (til_sheet_t){ 0 };
    TIL_TRY(til_text_read(ctx, path, &text));
    TIL_TRY(til_job_input(ctx, job, path, text.sha256, 0));
    if (is_cls(&text)) {
        TIL_TRY(til_cls_read(ctx, &text, m->col_names, m->n_cols, out));
        til_say(ctx, TIL_LOG_NOTICE,
                "%s: read as a CLS file; its labels are the column 'class', by the order of "
                "the samples in %s",
                path, m->origin);
    } else {
        TIL_TRY(til_sheet_read(ctx, &text, false, out));
    }
done:
    til_text_clear(&text);
    return status;
}

til_status_t til_load_sheet(til_ctx_t *ctx, til_job_t *job, const char *path, bool repeats,
                            const til_input_args_t *args, til_sheet_t *out)
{
    til_sheet_t full = { 0 };
    til_status_t status;

    *out = (til_sheet_t){ 0 };
    TIL_TRY(read_sheet(ctx, job, path, repeats, &full));
    TIL_TRY(filter_sheet(ctx, &full, args, out));
done:
    til_sheet_clear(&full);
    return status;
}

/* ---- matching ---------------------------------------------------------------------------- */

/* Letters and digits only, lower case: what a mangled name has in common with its original. */
static void fold_name(const char *name, char *out, size_t size)
{
    size_t n = 0;
    for (; *name != '\0' && n + 1 < size; name++) {
        char c = *name;
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out[n++] = c;
    }
    out[n] = '\0';
}

/* The sample of the matrix that a name was probably meant to be, or NULL: the same letters and
 * digits, or with R's X in front. */
static const char *nearest(const char *name, char *const *list, size_t n)
{
    char want[256], have[256];

    fold_name(name, want, sizeof want);
    for (size_t i = 0; i < n; i++) {
        fold_name(list[i], have, sizeof have);
        if (strcmp(have, want) == 0 || (have[0] == 'x' && strcmp(have + 1, want) == 0) ||
            (want[0] == 'x' && strcmp(want + 1, have) == 0))
            return list[i];
    }
    return NULL;
}

static void list_names(til_strbuf_t *b, char *const *names, size_t n)
{
    for (size_t i = 0; i < n && i < 5; i++)
        til_strbuf_printf(b, "%s%s", i == 0 ? "" : ", ", names[i]);
    if (n > 5) til_strbuf_printf(b, ", ... (%zu)", n);
}

static til_status_t absent_from_matrix(til_ctx_t *ctx, const til_sheet_t *sheet,
                                       const til_matrix_t *m, til_names_t *columns)
{
    til_strbuf_t missing = { 0 }, have = { 0 };
    size_t n_missing = 0, n_rows_hit = 0;
    til_names_t *rows = NULL;
    til_status_t status = til_names_index(ctx, m->row_names, m->n_rows, &rows);

    if (status != TIL_OK) return status;
    for (size_t s = 0; s < sheet->n_samples; s++) {
        n_rows_hit += til_names_find(rows, sheet->samples[s]) >= 0;
        if (til_names_find(columns, sheet->samples[s]) >= 0) continue;
        const char *near = nearest(sheet->samples[s], m->col_names, m->n_cols);
        if (n_missing++ < 5) {
            til_strbuf_printf(&missing, "%s%s", n_missing == 1 ? "" : ", ", sheet->samples[s]);
            if (near != NULL) til_strbuf_printf(&missing, " (%s there?)", near);
        }
    }
    if (n_missing > 5) til_strbuf_printf(&missing, ", ... (%zu)", n_missing);
    list_names(&have, m->col_names, m->n_cols);
    if (n_rows_hit > sheet->n_samples / 2)
        status = til_fail(ctx, TIL_EINPUT,
                          "%s: the samples of %s are rows here, not columns: is the matrix "
                          "transposed? genes are wanted as rows",
                          m->origin, sheet->origin);
    else
        status = til_fail(ctx, TIL_EINPUT,
                          "%s: sample%s %s of the sheet %s not in the matrix %s, which has %s",
                          sheet->origin, n_missing == 1 ? "" : "s", til_strbuf_text(&missing),
                          n_missing == 1 ? "is" : "are", m->origin, til_strbuf_text(&have));
    til_strbuf_clear(&have);
    til_strbuf_clear(&missing);
    til_names_free(rows);
    return status;
}

/* Samples of the matrix that the sheet never named. */
static til_status_t check_spare_columns(til_ctx_t *ctx, const til_sheet_t *full,
                                        const til_matrix_t *m, bool subset)
{
    til_names_t *known = NULL;
    til_strbuf_t names = { 0 };
    size_t n = 0;
    til_status_t status = til_names_index(ctx, full->samples, full->n_samples, &known);

    if (status != TIL_OK) return status;
    for (size_t s = 0; s < m->n_cols; s++) {
        if (til_names_find(known, m->col_names[s]) >= 0) continue;
        if (n++ < 5) til_strbuf_printf(&names, "%s%s", n == 1 ? "" : ", ", m->col_names[s]);
    }
    if (n > 5) til_strbuf_printf(&names, ", ... (%zu)", n);
    if (n > 0 && subset)
        til_say(ctx, TIL_LOG_NOTICE, "%s: %zu sample%s not in %s dropped: %s", m->origin, n,
                n == 1 ? "" : "s", full->origin, til_strbuf_text(&names));
    else if (n > 0)
        status = til_fail(ctx, TIL_EINPUT,
                          "%s: sample%s %s of the matrix %s not in the sheet %s; --subset drops %s",
                          m->origin, n == 1 ? "" : "s", til_strbuf_text(&names),
                          n == 1 ? "is" : "are", full->origin, n == 1 ? "it" : "them");
    til_strbuf_clear(&names);
    til_names_free(known);
    return status;
}

til_status_t til_match_samples(til_ctx_t *ctx, const til_sheet_t *full, const til_sheet_t *sheet,
                               const til_input_args_t *args, til_matrix_t *m)
{
    til_names_t *columns = NULL;
    size_t *order = NULL;
    til_matrix_t chosen = { 0 };
    bool in_order = sheet->n_samples == m->n_cols;
    til_status_t status;

    TIL_TRY(til_names_index(ctx, m->col_names, m->n_cols, &columns));
    order = til_array(sheet->n_samples, sizeof *order);
    if (order == NULL) {
        status = til_no_memory(ctx, sheet->n_samples, "samples");
        goto done;
    }
    for (size_t s = 0; s < sheet->n_samples; s++) {
        ptrdiff_t c = til_names_find(columns, sheet->samples[s]);
        if (c < 0) {
            status = absent_from_matrix(ctx, sheet, m, columns);
            goto done;
        }
        order[s] = (size_t)c;
        in_order &= order[s] == s;
    }
    TIL_TRY(check_spare_columns(ctx, full, m, args->subset));
    if (!in_order) {
        TIL_TRY(til_matrix_select(ctx, m, NULL, 0, order, sheet->n_samples, &chosen));
        til_matrix_clear(m);
        *m = chosen;
    }
done:
    free(order);
    til_names_free(columns);
    return status;
}

til_status_t til_check_twins(til_ctx_t *ctx, const til_matrix_t *m, bool is_error)
{
    enum { LEAST_COUNTED = 50 };
    uint64_t *hash = til_array_zero(m->n_cols, sizeof *hash);
    size_t *counted = til_array_zero(m->n_cols, sizeof *counted);
    size_t n_pairs = 0, first[2] = { 0 };
    til_strbuf_t more = { 0 };
    til_status_t status = TIL_OK;

    if (hash == NULL || counted == NULL) TIL_TRY(til_no_memory(ctx, m->n_cols, "samples"));
    for (size_t g = 0; g < m->n_rows; g++)
        for (size_t s = 0; s < m->n_cols; s++) {
            double x = til_matrix_row(m, g)[s];
            uint64_t bits;
            memcpy(&bits, &x, sizeof bits);
            hash[s] = til_hash_fold(hash[s] ^ bits ^ 0x9e3779b97f4a7c15u, 0xd6e8feb86659fd93u);
            counted[s] += x != 0;
        }
    /* the first that a sample is like is enough: all alike are not compared pair by pair */
    for (size_t b = 1; b < m->n_cols; b++)
        for (size_t a = 0; a < b; a++) {
            bool same = hash[a] == hash[b] && counted[a] >= LEAST_COUNTED;
            for (size_t g = 0; g < m->n_rows && same; g++)
                same = til_matrix_row(m, g)[a] == til_matrix_row(m, g)[b];
            if (!same) continue;
            if (n_pairs++ == 0) {
                first[0] = a;
                first[1] = b;
            }
            break;
        }
    if (n_pairs == 0) goto done;
    if (n_pairs > 1)
        til_strbuf_printf(&more, "; %zu more sample%s such a twin", n_pairs - 1,
                          n_pairs > 2 ? "s have" : " has");
    til_strbuf_t text = { 0 };
    til_strbuf_printf(&text,
                      "%s: samples %s and %s have the same counts in all %zu genes%s: one library "
                      "under two names? leave one out (--exclude sample=%s)",
                      m->origin, m->col_names[first[0]], m->col_names[first[1]], m->n_rows,
                      til_strbuf_text(&more), m->col_names[first[1]]);
    if (is_error) status = til_fail(ctx, TIL_EINPUT, "%s", til_strbuf_text(&text));
    else til_say(ctx, TIL_LOG_WARNING, "%s", til_strbuf_text(&text));
    til_strbuf_clear(&text);
done:
    til_strbuf_clear(&more);
    free(counted);
    free(hash);
    return status;
}

til_status_t til_load_samples(til_ctx_t *ctx, til_job_t *job, const char *matrix_path,
                              const char *sheet_path, til_values_t values,
                              const til_input_args_t *args, til_matrix_t *m, til_sheet_t *sheet)
{
    til_sheet_t full = { 0 };
    til_status_t status;

    *m = (til_matrix_t){ 0 };
    *sheet = (til_sheet_t){ 0 };
    TIL_TRY(til_load_matrix(ctx, job, matrix_path, values, args, m));
    TIL_TRY(read_sheet_of(ctx, job, sheet_path, m, &full));
    TIL_TRY(filter_sheet(ctx, &full, args, sheet));
    TIL_TRY(til_match_samples(ctx, &full, sheet, args, m));
    if (values != TIL_VALUES_ANY) {
        TIL_TRY(til_check_depth(ctx, m));
        TIL_TRY(check_scale(ctx, m, args->round));
    }
done:
    til_sheet_clear(&full);
    if (status != TIL_OK) {
        til_matrix_clear(m);
        til_sheet_clear(sheet);
    }
    return status;
}
