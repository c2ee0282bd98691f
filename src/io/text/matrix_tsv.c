/* matrix_tsv.c -- count and expression matrices as text.
 *
 * One pass over the file in memory. Plain digits up to a delimiter, nearly every cell of a count
 * matrix, never leave the inner loop of fast_row; anything else takes the careful way, which also
 * makes the messages.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/names.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "io/text/matrix_tsv.h"
#include "io/text/tsv.h"

typedef struct {
    til_ctx_t *ctx;
    til_text_t *text;
    const til_matrix_reading_t *how;
    til_matrix_t *m; /* columns known; rows grow              */
    char delimiter;
    bool is_gct;           /* column 2 is a description             */
    bool rownames_unnamed; /* R: the header is one field short      */
    bool trailing;         /* lines end in one spare delimiter      */
    bool round;
    size_t n_fields;     /* of a data line                        */
    size_t first_sample; /* field of the first sample             */
    ptrdiff_t name_field, length_field;
    size_t capacity, lengths_capacity, names_capacity, lines_capacity;
    size_t *lines; /* line of each row                      */
    size_t rows_capacity;
    char **fields;
    size_t fields_capacity;
    til_names_t *ids;
    size_t n_set_aside, n_rounded, n_summed, n_mangled;
    bool is_estimate;  /* the header is that of estimated counts */
    char mangled[160]; /* the first ids that a spreadsheet changed */
} reader_t;

/* ---- header ------------------------------------------------------------------------------ */

static bool same_word(const char *a, const char *b)
{
    for (; *a != '\0' && *b != '\0'; a++, b++) {
        char x = *a, y = *b;
        if (x >= 'A' && x <= 'Z') x = (char)(x + 32);
        if (y >= 'A' && y <= 'Z') y = (char)(y + 32);
        if (x != y) return false;
    }
    return *a == *b;
}

/* featureCounts names its columns by BAM path: /a/b/S1.bam is sample S1. */
static void strip_alignment_name(char **name)
{
    static const char *const ends[] = { ".bam", ".sam", ".cram" };
    char *slash = strrchr(*name, '/');
    if (slash != NULL && slash[1] != '\0') *name = slash + 1;
    size_t n = strlen(*name);
    for (size_t i = 0; i < 3; i++) {
        size_t k = strlen(ends[i]);
        if (n > k && strcmp(*name + n - k, ends[i]) == 0) {
            (*name)[n - k] = '\0';
            return;
        }
    }
}

static til_status_t take_samples(reader_t *r, size_t n_header, bool is_featurecounts)
{
    size_t shift = r->rownames_unnamed ? 1 : 0;
    til_names_t *seen = til_names_new();
    til_status_t status = TIL_OK;

    if (seen == NULL) return til_no_memory(r->ctx, n_header, "samples");
    TIL_TRY(til_matrix_init(r->ctx, 0, r->n_fields - r->first_sample, r->m));
    TIL_TRY(til_matrix_set_origin(r->ctx, r->m, r->text->path));
    for (size_t s = 0; s < r->m->n_cols; s++) {
        char *name = r->fields[r->first_sample + s - shift];
        int is_new;
        if (is_featurecounts) strip_alignment_name(&name);
        if (name[0] == '\0') {
            status = til_fail(r->ctx, TIL_EINPUT,
                              "%s:%zu:%zu: a sample without a name in the header", r->text->path,
                              r->text->line, r->first_sample + s + 1);
            goto done;
        }
        if (til_names_add(seen, name, &is_new) < 0) {
            status = til_no_memory(r->ctx, n_header, "samples");
            goto done;
        }
        if (!is_new) {
            status = til_fail(r->ctx, TIL_EINPUT,
                              "%s:%zu:%zu: sample '%s' stands twice in the header", r->text->path,
                              r->text->line, r->first_sample + s + 1, name);
            goto done;
        }
        TIL_TRY(til_matrix_set_col_name(r->ctx, r->m, s, name));
    }
done:
    til_names_free(seen);
    return status;
}

/* Counts the fields of the first data line without touching it. */
static size_t peek_fields(const reader_t *r)
{
    const char *p = r->text->data + r->text->at;
    size_t n = 1;
    bool quoted = false;
    while (*p == '\n' || *p == '\r') p++;
    for (; *p != '\0' && *p != '\n' && *p != '\r'; p++) {
        if (*p == '"') quoted = !quoted;
        else if (*p == r->delimiter && !quoted) n++;
    }
    return n;
}

static til_status_t read_header(reader_t *r)
{
    static const char *const fc[] = { "Geneid", "Chr", "Start", "End", "Strand", "Length" };
    char *line;
    size_t length, n;
    til_status_t status;
    bool is_fc;

    do {
        if (!til_text_next_data(r->text, &line, &length))
            return til_fail(r->ctx, TIL_EINPUT,
                            "%s: no header line: a header with sample names is wanted",
                            r->text->path);
    } while (length == 0 ||
             (line[0] == '#' && (line[1] == ' ' || line[1] == '#' || line[1] == '!')));

    r->delimiter = til_tsv_delimiter(line, length);
    if (r->delimiter != '\t')
        til_say(r->ctx, TIL_LOG_NOTICE, "%s: fields are delimited by '%c'", r->text->path,
                r->delimiter);
    status = til_tsv_split(r->ctx, r->text->path, r->text->line, line, length, r->delimiter,
                           &r->fields, &r->fields_capacity, &n);
    if (status != TIL_OK) return status;
    if (n > 1 && r->fields[n - 1][0] == '\0') {
        r->trailing = true;
        n--;
    }
    size_t n_data = peek_fields(r) - r->trailing;
    r->rownames_unnamed = n_data == n + 1 && !r->trailing;
    if (r->rownames_unnamed)
        til_say(r->ctx, TIL_LOG_NOTICE,
                "%s:%zu: the header is one field short (R's write.table): "
                "the first column is taken as gene ids",
                r->text->path, r->text->line);
    r->n_fields = n + (r->rownames_unnamed ? 1 : 0);
    r->first_sample = 1;
    r->name_field = r->length_field = -1;
    is_fc = n > 6;
    for (size_t i = 0; i < 6 && is_fc; i++) is_fc = strcmp(r->fields[i], fc[i]) == 0;
    if (is_fc) {
        til_say(r->ctx, TIL_LOG_NOTICE,
                "%s: read as a featureCounts table; samples are named by their BAM files",
                r->text->path);
        r->length_field = 5;
        r->first_sample = 6;
    } else if (!r->rownames_unnamed) {
        while (r->first_sample < n) {
            const char *word = r->fields[r->first_sample];
            if (r->name_field < 0 && (same_word(word, "gene_name") || same_word(word, "symbol") ||
                                      (r->is_gct && same_word(word, "description"))))
                r->name_field = (ptrdiff_t)r->first_sample++;
            else if (r->length_field < 0 && same_word(word, "length"))
                r->length_field = (ptrdiff_t)r->first_sample++;
            else break;
        }
    }
    if (r->n_fields <= r->first_sample)
        return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: the header names no sample", r->text->path,
                        r->text->line);
    r->is_estimate = !r->is_gct && r->name_field == 1 && strcmp(r->fields[0], "gene_id") == 0 &&
                     strcmp(r->fields[1], "gene_name") == 0;
    return take_samples(r, n, is_fc);
}

/* No log2 of an expression is larger. The rounded TPM of a sample add up to a million within this:
 * values below a half are gone. */
static const double LARGEST_LOG = 40, MILLION_WITHIN = 1e4;

/* ---- values ------------------------------------------------------------------------------ */

/* When logs are given as counts, say so rather than stumble over the first fraction: whether all
 * values of the rest of the file lie under 40 and most are fractions. Called once, before failing.
 */
static bool looks_logged(reader_t *r)
{
    size_t n = 0, n_fraction = 0, n_lines = 0;
    char *line;
    size_t length, n_fields;
    til_ctx_t quiet = TIL_CTX_INIT;

    while (n_lines++ < 500 && til_text_next_data(r->text, &line, &length)) {
        if (til_tsv_split(&quiet, "", 0, line, length, r->delimiter, &r->fields,
                          &r->fields_capacity, &n_fields) != TIL_OK)
            return false;
        for (size_t i = r->first_sample; i < n_fields; i++) {
            double x;
            if (!til_number_parse(r->fields[i], strlen(r->fields[i]), &x)) continue;
            if (x > LARGEST_LOG) return false;
            n++;
            n_fraction += x != floor(x) || x < 0;
        }
    }
    return n > 20 && n_fraction * 2 > n;
}

static til_status_t refuse(reader_t *r, size_t field, const char *cell, const char *why)
{
    const char *sample = r->m->col_names[field - r->first_sample];
    char kept[80];
    size_t line = r->text->line;

    snprintf(kept, sizeof kept, "%.79s", cell);
    if (why[0] == '!' && looks_logged(r))
        return til_fail(r->ctx, TIL_EINPUT,
                        "%s:%zu:%zu: '%s': the values look log-transformed (all under "
                        "40, most with decimals): raw counts are wanted",
                        r->text->path, line, field + 1, kept);
    if (why[0] == '!') why++;
    return til_fail(r->ctx, TIL_EINPUT, "%s:%zu:%zu: '%s' for sample %s %s", r->text->path, line,
                    field + 1, kept, sample, why);
}

/* One cell, checked. */
static til_status_t careful_value(reader_t *r, size_t field, const char *cell, size_t n,
                                  double *value)
{
    if (til_number_is_missing(cell, n) || (n == 1 && cell[0] == '.'))
        return refuse(r, field, cell, "is a missing value: every sample needs a number");
    if (!til_number_parse(cell, n, value)) return refuse(r, field, cell, "is not a number");
    if (r->how->values != TIL_VALUES_ANY && *value < 0)
        return refuse(r, field, cell, "!is negative: counts are >= 0");
    if (r->how->values == TIL_VALUES_WHOLE && *value != floor(*value)) {
        if (!r->round && !r->is_estimate)
            return refuse(r, field, cell,
                          "!is not a whole number: raw counts are wanted; --round rounds, "
                          "or give the counts of tximport / tilseq merge");
        *value = nearbyint(*value);
        r->n_rounded++;
    }
    return TIL_OK;
}

/* Reads the sample cells of a line from `p`. Digits up to a delimiter go the fast way. */
static til_status_t read_values(reader_t *r, char *p, char *end, double *x, size_t *n_got)
{
    size_t n_cols = r->m->n_cols, s = 0;

    for (;; s++) {
        char *start = p, *stop;
        uint64_t digits = 0;
        while ((unsigned)(*p - '0') <= 9) digits = digits * 10 + (uint64_t)(*p++ - '0');
        if (p > start && p - start <= 15 && (p == end || *p == r->delimiter)) {
            if (s < n_cols) x[s] = (double)digits;
            stop = p;
        } else {
            char *from = start;
            stop = memchr(p, r->delimiter, (size_t)(end - p));
            if (stop == NULL) stop = end;
            size_t n = (size_t)(stop - from);
            if (n >= 2 && from[0] == '"' && stop[-1] == '"') {
                from++;
                n -= 2;
            }
            if (n == 0 && stop == end && s == n_cols) break; /* a spare delimiter at the end */
            if (s < n_cols) {
                char kept = from[n];
                from[n] = '\0';
                til_status_t status = careful_value(r, r->first_sample + s, from, n, &x[s]);
                from[n] = kept;
                if (status != TIL_OK) return status;
            }
        }
        if (stop == end) {
            s++;
            break;
        }
        p = stop + 1;
    }
    *n_got = s;
    return TIL_OK;
}

/* ---- rows -------------------------------------------------------------------------------- */

/* Room for one more row in everything that is per row. */
static til_status_t grow_rows(reader_t *r)
{
    til_matrix_t *m = r->m;
    size_t need = m->n_rows + 1;
    til_status_t status;

    TIL_TRY(til_grow(r->ctx, &m->row_names, &r->names_capacity, need, sizeof *m->row_names));
    TIL_TRY(til_grow(r->ctx, &r->lines, &r->lines_capacity, need, sizeof *r->lines));
    if (r->length_field >= 0)
        TIL_TRY(til_grow(r->ctx, &m->lengths, &r->lengths_capacity, need, sizeof *m->lengths));
    if (r->name_field >= 0)
        TIL_TRY(til_grow(r->ctx, &m->gene_names, &r->rows_capacity, need, sizeof *m->gene_names));
    TIL_TRY(til_grow(r->ctx, &m->x, &r->capacity, need * m->n_cols, sizeof *m->x));
done:
    return status;
}

/* 2-Sep, 1-Mar, 2.31E+13: what spreadsheets make of SEPTIN2, MARCHF1, and Riken ids. */
static bool looks_mangled(const char *id)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *dash = strchr(id, '-');
    size_t n = strlen(id), digits = strspn(id, "0123456789");

    if (dash != NULL && digits > 0 && id + digits == dash && strlen(dash + 1) == 3)
        for (const char *m = months; *m != '\0'; m += 3)
            if (strncmp(dash + 1, m, 3) == 0) return true;
    if (n > 5 && digits > 0 && id[digits] == '.' && strstr(id, "E+") != NULL) {
        double x;
        return til_number_parse(id, n, &x);
    }
    return false;
}

/* 44257: the day a spreadsheet counts from 1900, here 1998 to 2050. Entrez ids look the same, so
 * this is asked only where other ids of the matrix are dates in words. */
static bool looks_serial(const char *id)
{
    return strlen(id) == 5 && strspn(id, "0123456789") == 5 && strcmp(id, "35796") >= 0 &&
           strcmp(id, "55153") <= 0;
}

static void note_mangled(reader_t *r, const char *id)
{
    size_t used = strlen(r->mangled);
    if (!looks_mangled(id) && (r->n_mangled == 0 || !looks_serial(id))) return;
    if (r->n_mangled++ < 5)
        snprintf(r->mangled + used, sizeof r->mangled - used, "%s%.30s", used == 0 ? "" : ", ", id);
}

static til_status_t repeated_id(reader_t *r, const char *id, size_t row)
{
    return til_fail(
        r->ctx, TIL_EINPUT,
        "%s:%zu: gene id '%s' stands also at line %zu%s: ids must be unique; "
        "--sum-duplicates adds their counts",
        r->text->path, r->text->line, id, r->lines[row],
        looks_mangled(id) ? " (a spreadsheet seems to have changed gene names into dates)" : "");
}

/* The text of a field before the samples; ends it with a NUL and returns where the next field
 * starts. */
static char *next_field(reader_t *r, char *p, char *end, char **field)
{
    char *stop;

    if (p > end) {
        *field = NULL;
        return p;
    }
    *field = p;
    if (*p == '"' && r->delimiter != '\t') { /* a quoted field may hold the delimiter */
        stop = til_tsv_unquote(p, end, r->delimiter);
        if (stop != NULL) {
            *stop = '\0';
            return stop + 1;
        }
    }
    stop = memchr(p, r->delimiter, (size_t)(end - p));
    if (stop == NULL) stop = end;
    if (stop - p >= 2 && *p == '"' && stop[-1] == '"') {
        *field = p + 1;
        stop[-1] = '\0';
    }
    *stop = '\0';
    return stop + 1;
}

static til_status_t ragged(reader_t *r, size_t n)
{
    return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: %zu fields where the header asks for %zu",
                    r->text->path, r->text->line, n, r->n_fields);
}

/* Everything of a line but its counts. */
typedef struct {
    char *id, *name;
    double length;
} row_head_t;

static til_status_t read_head(reader_t *r, char **p, char *end, row_head_t *head)
{
    *head = (row_head_t){ NULL, NULL, NAN };
    for (size_t i = 0; i < r->first_sample; i++) {
        char *field;
        *p = next_field(r, *p, end, &field);
        if (field == NULL) return ragged(r, i);
        if (i == 0) head->id = field;
        if ((ptrdiff_t)i == r->name_field) head->name = field;
        if ((ptrdiff_t)i == r->length_field && !til_number_is_missing(field, strlen(field)) &&
            (!til_number_parse(field, strlen(field), &head->length) || !(head->length >= 0)))
            return til_fail(r->ctx, TIL_EINPUT, "%s:%zu:%zu: length '%s' is not a number >= 0",
                            r->text->path, r->text->line, i + 1, field);
    }
    if (head->id[0] == '\0')
        return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: a row without a gene id", r->text->path,
                        r->text->line);
    return TIL_OK;
}

static til_status_t read_row(reader_t *r, char *line, size_t length)
{
    til_matrix_t *m = r->m;
    char *p = line, *end = line + length;
    row_head_t head;
    til_status_t status;
    size_t n_got = 0;
    int is_new;

    TIL_TRY(grow_rows(r));
    double *x = m->x + m->n_rows * m->n_cols;
    TIL_TRY(read_head(r, &p, end, &head));
    if (strncmp(head.id, "__", 2) == 0 || strncmp(head.id, "N_", 2) == 0) {
        r->n_set_aside++;
        goto done;
    }
    if (p > end) {
        status = ragged(r, r->first_sample);
        goto done;
    }
    TIL_TRY(read_values(r, p, end, x, &n_got));
    if (n_got != m->n_cols) {
        status = ragged(r, n_got + r->first_sample);
        goto done;
    }
    ptrdiff_t row = til_names_add(r->ids, head.id, &is_new);
    if (row < 0) {
        status = til_no_memory(r->ctx, m->n_rows, "gene ids");
        goto done;
    }
    if (!is_new && !r->how->sum_duplicates) {
        status = repeated_id(r, head.id, (size_t)row);
        goto done;
    }
    if (!is_new) {
        double *sum = til_matrix_row(m, (size_t)row);
        for (size_t s = 0; s < m->n_cols; s++) sum[s] += x[s];
        r->n_summed++;
        goto done;
    }
    note_mangled(r, head.id);
    size_t g = m->n_rows;
    m->row_names[g] = til_arena_text(m->arena, head.id);
    if (m->row_names[g] == NULL) {
        status = til_no_memory(r->ctx, g, "gene ids");
        goto done;
    }
    r->lines[g] = r->text->line;
    if (r->length_field >= 0) m->lengths[g] = head.length;
    if (r->name_field >= 0) {
        bool none = til_number_is_missing(head.name, strlen(head.name)) ||
                    (r->is_gct && strcmp(head.name, "na") == 0);
        m->gene_names[g] = none ? NULL : til_arena_text(m->arena, head.name);
        if (!none && m->gene_names[g] == NULL) {
            status = til_no_memory(r->ctx, g, "gene names");
            goto done;
        }
    }
    m->n_rows++;
done:
    return status;
}

/* ---- the whole --------------------------------------------------------------------------- */

static void say_what_was_done(reader_t *r)
{
    const char *path = r->text->path;

    if (r->n_set_aside > 0)
        til_say(r->ctx, TIL_LOG_NOTICE, "%s: %zu summary row%s (__* or N_*) set aside", path,
                r->n_set_aside, r->n_set_aside == 1 ? "" : "s");
    if (r->n_rounded > 0)
        til_say(r->ctx, TIL_LOG_NOTICE, "%s: %zu %s rounded to whole counts", path, r->n_rounded,
                r->is_estimate && !r->round ? "estimates" : "fractions");
    if (r->n_summed > 0)
        til_say(r->ctx, TIL_LOG_NOTICE,
                "%s: %zu rows with a repeated gene id added to the first of that id", path,
                r->n_summed);
    if (r->n_mangled > 0)
        til_say(
            r->ctx, TIL_LOG_WARNING,
            "%s: %zu gene id%s look like dates or numbers made by a spreadsheet "
            "(%s): they were probably SEPTIN, MARCHF, DELEC1 or clone names; mend the source file",
            path, r->n_mangled, r->n_mangled == 1 ? "" : "s", r->mangled);
}

/* A table that says by its header that it holds estimated counts, but holds logs or shares of a million. */
static til_status_t check_estimates(const reader_t *r)
{
    const til_matrix_t *m = r->m;
    bool is_million = true;
    double largest = 0;

    if (r->n_rounded == 0 || r->round) return TIL_OK;
    for (size_t s = 0; s < m->n_cols; s++) {
        double sum = 0;
        for (size_t g = 0; g < m->n_rows; g++) {
            sum += til_matrix_row(m, g)[s];
            largest = fmax(largest, til_matrix_row(m, g)[s]);
        }
        is_million &= fabs(sum - 1e6) <= MILLION_WITHIN;
    }
    if (largest <= LARGEST_LOG && 2 * r->n_rounded > m->n_rows * m->n_cols)
        return til_fail(r->ctx, TIL_EINPUT,
                        "%s: the values look log-transformed (all under %g, most with decimals): "
                        "raw counts are wanted",
                        r->text->path, LARGEST_LOG);
    if (is_million)
        return til_fail(r->ctx, TIL_EINPUT,
                        "%s: the values of each sample add up to a million, as TPM and CPM do: "
                        "counts are wanted (of tilseq merge: PREFIX.gene_counts.tsv)",
                        r->text->path);
    return TIL_OK;
}

/* "#1.2" and a line with the numbers of rows and columns stand before the header of a GCT file. */
static til_status_t read_gct_preamble(reader_t *r, int64_t *n_rows, int64_t *n_cols)
{
    char *line, *tab;
    size_t length;

    if (!til_text_next(r->text, &line, &length) || !til_text_next(r->text, &line, &length) ||
        (tab = strchr(line, '\t')) == NULL ||
        !til_number_parse_int(line, (size_t)(tab - line), 1, INT32_MAX, n_rows) ||
        !til_number_parse_int(tab + 1, strcspn(tab + 1, "\t"), 1, INT32_MAX, n_cols))
        return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: a GCT file has 'ROWS<tab>COLUMNS' here",
                        r->text->path, r->text->line);
    return TIL_OK;
}

til_status_t til_matrix_read(til_ctx_t *ctx, til_text_t *text, const til_matrix_reading_t *how,
                             til_matrix_t *out)
{
    reader_t r = { .ctx = ctx, .text = text, .how = how, .m = out, .round = how->round };
    int64_t gct_rows = 0, gct_cols = 0;
    til_status_t status;
    char *line;
    size_t length;

    *out = (til_matrix_t){ 0 };
    r.ids = til_names_new();
    if (r.ids == NULL) {
        status = til_no_memory(ctx, 1, "gene ids");
        goto done;
    }
    r.is_gct = strncmp(text->data + text->at, "#1.2", 4) == 0;
    if (r.is_gct) TIL_TRY(read_gct_preamble(&r, &gct_rows, &gct_cols));
    TIL_TRY(read_header(&r));
    while (til_text_next_data(text, &line, &length))
        if (length > 0) TIL_TRY(read_row(&r, line, length));
    if (out->n_rows == 0) {
        status = til_fail(ctx, TIL_EINPUT, "%s: no genes after the header", text->path);
        goto done;
    }
    if (r.is_gct && ((int64_t)out->n_rows != gct_rows || (int64_t)out->n_cols != gct_cols)) {
        status = til_fail(ctx, TIL_EINPUT, "%s:2: %lld x %lld promised, %zu x %zu found",
                          text->path, (long long)gct_rows, (long long)gct_cols, out->n_rows,
                          out->n_cols);
        goto done;
    }
    TIL_TRY(check_estimates(&r));
    say_what_was_done(&r);
    if (how->n_rounded != NULL) *how->n_rounded = r.n_rounded;
done:
    til_names_free(r.ids);
    free(r.lines);
    free(r.fields);
    if (status != TIL_OK) til_matrix_clear(out);
    return status;
}

void til_gct_write(til_out_t *out, const til_matrix_t *m)
{
    til_out_printf(out, "#1.2\n%zu\t%zu\nNAME\tDescription", m->n_rows, m->n_cols);
    for (size_t s = 0; s < m->n_cols; s++) {
        til_out_char(out, '\t');
        til_out_text(out, m->col_names[s]);
    }
    til_out_char(out, '\n');
    for (size_t g = 0; g < m->n_rows; g++) {
        const char *name = m->gene_names == NULL ? NULL : m->gene_names[g];
        til_out_text(out, m->row_names[g]);
        til_out_char(out, '\t');
        til_out_text(out, name == NULL ? "na" : name);
        for (size_t s = 0; s < m->n_cols; s++) {
            til_out_char(out, '\t');
            til_out_number(out, til_matrix_row(m, g)[s]);
        }
        til_out_char(out, '\n');
    }
}

void til_matrix_write(til_out_t *out, const til_matrix_t *m, const char *id_name)
{
    til_out_text(out, id_name);
    if (m->gene_names != NULL) til_out_text(out, "\tgene_name");
    for (size_t s = 0; s < m->n_cols; s++) {
        til_out_char(out, '\t');
        til_out_text(out, m->col_names[s]);
    }
    til_out_char(out, '\n');
    for (size_t g = 0; g < m->n_rows; g++) {
        const double *x = til_matrix_row(m, g);
        til_out_text(out, m->row_names[g]);
        if (m->gene_names != NULL) {
            til_out_char(out, '\t');
            til_out_text(out, m->gene_names[g] == NULL ? "NA" : m->gene_names[g]);
        }
        for (size_t s = 0; s < m->n_cols; s++) {
            til_out_char(out, '\t');
            til_out_number(out, x[s]);
        }
        til_out_char(out, '\n');
    }
}
