/* quant_dir.c -- quantifications of one sample, told by their first line. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/names.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "io/text/quant_dir.h"
#include "io/text/tsv.h"

enum { MAX_WORDS = 6, NONE = -1 };

/* A layout: the words its header begins with, and where in a row things stand. */
typedef struct {
    const char *name;
    til_quant_level_t level;
    const char *words[MAX_WORDS];
    int gene, count, tpm, length;
} layout_t;

static const layout_t layouts[] = {
    { "salmon",
      TIL_QUANT_TRANSCRIPTS,
      { "Name", "Length", "EffectiveLength", "TPM", "NumReads" },
      NONE,
      4,
      3,
      2 },
    { "kallisto",
      TIL_QUANT_TRANSCRIPTS,
      { "target_id", "length", "eff_length", "est_counts", "tpm" },
      NONE,
      3,
      4,
      2 },
    { "RSEM",
      TIL_QUANT_TRANSCRIPTS,
      { "transcript_id", "gene_id", "length", "effective_length", "expected_count", "TPM" },
      1,
      4,
      5,
      3 },
    { "RSEM",
      TIL_QUANT_GENES,
      { "gene_id", "transcript_id(s)", "length", "effective_length", "expected_count", "TPM" },
      NONE,
      4,
      5,
      3 }
};
static const layout_t star = { "STAR", TIL_QUANT_COUNTS, { NULL }, NONE, 1, NONE, NONE };
static const layout_t htseq = { "htseq", TIL_QUANT_COUNTS, { NULL }, NONE, 1, NONE, NONE };

/* salmon's and tilseq's gene tables have the header of the transcripts' and another name. */
static const char GENES_NAME[] = "quant.genes.sf";

typedef struct {
    til_ctx_t *ctx;
    til_quant_table_t *out;
    const layout_t *layout;
    til_names_t *seen;
    size_t n_fields, capacity;
    char **fields;
    size_t fields_capacity;
} reader_t;

/* ---- finding the file ---------------------------------------------------------------------- */

static til_status_t find_file(til_ctx_t *ctx, const char *path, til_strbuf_t *found)
{
    static const char *const names[] = {
        "quant.sf",         "quant.sf.gz",          "abundance.tsv",
        "abundance.tsv.gz", "ReadsPerGene.out.tab", "ReadsPerGene.out.tab.gz"
    };
    struct stat info;
    size_t n = strlen(path);

    if (strcmp(path, "-") != 0 && stat(path, &info) != 0)
        return til_fail(ctx, TIL_EIO, "%s: %s", path, strerror(errno));
    if (strcmp(path, "-") == 0 || !S_ISDIR(info.st_mode)) {
        til_strbuf_add(found, path);
        return found->failed ? til_no_memory(ctx, n, "bytes") : TIL_OK;
    }
    while (n > 1 && path[n - 1] == '/') n--;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        til_strbuf_reset(found);
        til_strbuf_add_n(found, path, n);
        til_strbuf_printf(found, "/%s", names[i]);
        if (found->failed) return til_no_memory(ctx, n, "bytes");
        if (access(found->text, F_OK) == 0) return TIL_OK;
    }
    return til_fail(ctx, TIL_EINPUT,
                    "%s: no quant.sf, abundance.tsv or ReadsPerGene.out.tab in this folder", path);
}

/* Takes `ending` off the end of the n bytes at `name`. */
static bool cut_ending(const char *name, size_t *n, const char *ending)
{
    size_t k = strlen(ending);
    if (*n < k || memcmp(name + *n - k, ending, k) != 0) return false;
    *n -= k;
    return true;
}

/* S1/quant.sf and S1.quant.sf are sample S1. */
static til_status_t name_sample(til_ctx_t *ctx, til_quant_table_t *t)
{
    static const char *const endings[] = { "quant.genes.sf",
                                           "quant.sf",
                                           "abundance.tsv",
                                           "isoforms.results",
                                           "genes.results",
                                           "ReadsPerGene.out.tab",
                                           ".sf",
                                           ".counts.tsv",
                                           ".counts.txt",
                                           ".htseq.txt",
                                           ".tsv",
                                           ".txt",
                                           ".csv",
                                           ".tab",
                                           ".counts" };
    const char *slash = strrchr(t->path, '/'), *name = slash == NULL ? t->path : slash + 1;
    size_t n = strlen(name);

    (void)cut_ending(name, &n, ".gz");
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (cut_ending(name, &n, endings[i])) break;
    while (n > 0 && (name[n - 1] == '.' || name[n - 1] == '_')) n--;
    if (n == 0 && slash != NULL && slash > t->path) {
        const char *folder = slash;
        while (folder > t->path && folder[-1] != '/') folder--;
        name = folder;
        n = (size_t)(slash - folder);
    }
    if (n == 0) {
        name = t->path;
        n = strlen(name);
    }
    return til_keep_text_n(ctx, t->arena, name, n, &t->sample);
}

/* ---- rows ---------------------------------------------------------------------------------- */

static til_status_t grow_rows(reader_t *r)
{
    til_status_t status = TIL_OK;
    til_quant_table_t *t = r->out;
    double **numbers[] = { &t->tpm,          &t->lengths,      &t->counts,
                           &t->by_strand[0], &t->by_strand[1], &t->by_strand[2] };
    bool is_star = r->layout == &star, has_tpm = r->layout->tpm != NONE;
    bool wanted[] = { has_tpm, has_tpm, !is_star, is_star, is_star, is_star };
    size_t capacity = r->capacity, same = capacity;

    TIL_TRY(til_grow(r->ctx, &t->names, &same, t->n + 1, sizeof *t->names));
    r->capacity = same;
    same = capacity;
    if (r->layout->gene != NONE)
        TIL_TRY(til_grow(r->ctx, &t->genes, &same, t->n + 1, sizeof *t->genes));
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        same = capacity;
        if (wanted[i]) TIL_TRY(til_grow(r->ctx, numbers[i], &same, t->n + 1, sizeof(double)));
    }
done:
    return status;
}

static til_status_t read_number(reader_t *r, int field, size_t line, double *to)
{
    const char *text = r->fields[field];

    if (!til_number_parse(text, strlen(text), to))
        return til_fail(r->ctx, TIL_EINPUT, "%s:%zu:%d: '%.80s' of %.200s is not a number",
                        r->out->path, line, field + 1, text, r->fields[0]);
    if (*to < 0)
        return til_fail(r->ctx, TIL_EINPUT, "%s:%zu:%d: '%.80s' of %.200s is negative",
                        r->out->path, line, field + 1, text, r->fields[0]);
    return TIL_OK;
}

/* Rows that count reads, not a gene: those without one, and of STAR what lies on exons that the
 * annotation gives no gene_id. */
static bool is_footer(const layout_t *layout, const char *name)
{
    return strncmp(name, "N_", 2) == 0 || strncmp(name, "__", 2) == 0 ||
           (layout == &star && strcmp(name, "MissingGeneID") == 0);
}

static til_status_t read_row(reader_t *r, char *line, size_t length, size_t line_no)
{
    til_status_t status;
    til_quant_table_t *t = r->out;
    const layout_t *layout = r->layout;
    size_t n;
    int is_new;

    TIL_TRY(til_tsv_split(r->ctx, t->path, line_no, line, length, '\t', &r->fields,
                          &r->fields_capacity, &n));
    if (n != r->n_fields)
        TIL_TRY(til_fail(r->ctx, TIL_EINPUT,
                         "%s:%zu: %zu fields where %zu are wanted: is the file whole?", t->path,
                         line_no, n, r->n_fields));
    if (r->fields[0][0] == '\0')
        TIL_TRY(til_fail(r->ctx, TIL_EINPUT, "%s:%zu: a row without a name", t->path, line_no));
    if (layout->level == TIL_QUANT_COUNTS && is_footer(layout, r->fields[0])) goto done;
    if (r->capacity <= t->n) TIL_TRY(grow_rows(r));
    ptrdiff_t id = til_names_add(r->seen, r->fields[0], &is_new);
    if (id < 0) TIL_TRY(til_no_memory(r->ctx, t->n, "names"));
    if (!is_new)
        TIL_TRY(til_fail(r->ctx, TIL_EINPUT, "%s:%zu: '%.200s' stands twice: names must be unique",
                         t->path, line_no, r->fields[0]));
    TIL_TRY(til_keep_text(r->ctx, t->arena, r->fields[0], &t->names[t->n]));
    if (layout->gene != NONE)
        TIL_TRY(til_keep_text(r->ctx, t->arena, r->fields[layout->gene], &t->genes[t->n]));
    if (layout == &star) {
        for (int i = 0; i < TIL_QUANT_N_STRANDS; i++)
            TIL_TRY(read_number(r, i + 1, line_no, &t->by_strand[i][t->n]));
    } else {
        TIL_TRY(read_number(r, layout->count, line_no, &t->counts[t->n]));
    }
    if (layout->tpm != NONE) {
        TIL_TRY(read_number(r, layout->tpm, line_no, &t->tpm[t->n]));
        TIL_TRY(read_number(r, layout->length, line_no, &t->lengths[t->n]));
    }
    t->n++;
done:
    return status;
}

/* ---- telling the layout -------------------------------------------------------------------- */

static size_t n_words(const layout_t *layout)
{
    size_t n = 0;
    while (n < MAX_WORDS && layout->words[n] != NULL) n++;
    return n;
}

/* The fields of a line as ranges, up to `most`; returns how many there are. */
static size_t peek_fields(const char *line, size_t length, const char **field, size_t *size,
                          size_t most)
{
    size_t n = 0;
    const char *p = line, *end = line + length;

    while (p <= end) {
        const char *tab = memchr(p, '\t', (size_t)(end - p));
        if (tab == NULL) tab = end;
        if (n < most) {
            field[n] = p;
            size[n] = (size_t)(tab - p);
        }
        n++;
        p = tab + 1;
    }
    return n;
}

/* The layout of a first line, NULL for a matrix; *is_header: the line holds no values. */
static const layout_t *tell_layout(const char *line, size_t length, bool *is_header,
                                   size_t *n_fields)
{
    const char *field[MAX_WORDS];
    size_t size[MAX_WORDS], n = peek_fields(line, length, field, size, MAX_WORDS);
    double value;

    *n_fields = n;
    *is_header = true;
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        size_t k = n_words(&layouts[i]), same = 0;
        while (same < k && same < n && strlen(layouts[i].words[same]) == size[same] &&
               memcmp(layouts[i].words[same], field[same], size[same]) == 0)
            same++;
        if (same == k) return &layouts[i];
    }
    *is_header = false;
    if (n == 4 && size[0] > 2 && memcmp(field[0], "N_", 2) == 0) return &star;
    if (n == 2 && size[0] > 0 && til_number_parse(field[1], size[1], &value)) return &htseq;
    return NULL;
}

/* Tells the layout from the first line of data and passes over it when it is a header. */
static void begin(reader_t *r, til_text_t *text)
{
    const char *slash = strrchr(r->out->path, '/'),
               *name = slash == NULL ? r->out->path : slash + 1;
    const char *first = text->data + text->at;
    bool is_header;
    char *line;
    size_t length;

    first += strspn(first, "\r\n");
    while (strncmp(first, "##tilseq", 8) == 0) {
        first += strcspn(first, "\r\n");
        first += strspn(first, "\r\n");
    }
    r->layout = tell_layout(first, strcspn(first, "\r\n"), &is_header, &r->n_fields);
    r->out->layout = r->layout == NULL ? "matrix" : r->layout->name;
    r->out->level = r->layout == NULL ? TIL_QUANT_COUNTS : r->layout->level;
    if (r->layout == &layouts[0] && strstr(name, GENES_NAME) != NULL)
        r->out->level = TIL_QUANT_GENES;
    if (r->layout == NULL || !is_header) return;
    while (til_text_next_data(text, &line, &length) && length == 0) {}
}

til_status_t til_quant_table_parse(til_ctx_t *ctx, til_text_t *text, til_quant_table_t *out)
{
    til_status_t status = TIL_OK;
    reader_t r = { .ctx = ctx, .out = out, .seen = til_names_new() };
    char *line;
    size_t length;

    *out = (til_quant_table_t){ .arena = til_arena_new(), .text = *text };
    *text = (til_text_t){ 0 };
    if (out->arena == NULL || r.seen == NULL) TIL_TRY(til_no_memory(ctx, 1, "table"));
    TIL_TRY(til_keep_text(ctx, out->arena, out->text.path, &out->path));
    memcpy(out->sha256, out->text.sha256, sizeof out->sha256);
    TIL_TRY(name_sample(ctx, out));
    begin(&r, &out->text);
    if (r.layout == NULL) goto done;
    while (til_text_next_data(&out->text, &line, &length))
        if (length > 0) TIL_TRY(read_row(&r, line, length, out->text.line));
    til_text_clear(&out->text);
    if (out->n == 0)
        TIL_TRY(til_fail(ctx, TIL_EINPUT, "%s: a %s table without rows", out->path, out->layout));
done:
    til_names_free(r.seen);
    free(r.fields);
    if (status != TIL_OK) til_quant_table_clear(out);
    return status;
}

til_status_t til_quant_table_read(til_ctx_t *ctx, const char *path, til_quant_table_t *out)
{
    til_status_t status = TIL_OK;
    til_strbuf_t file = { 0 };
    til_text_t text = { 0 };

    *out = (til_quant_table_t){ 0 };
    TIL_TRY(find_file(ctx, path, &file));
    TIL_TRY(til_text_read(ctx, file.text, &text));
    TIL_TRY(til_quant_table_parse(ctx, &text, out));
done:
    til_strbuf_clear(&file);
    return status;
}

void til_quant_table_clear(til_quant_table_t *table)
{
    if (table == NULL) return;
    free(table->names);
    free(table->genes);
    free(table->counts);
    free(table->tpm);
    free(table->lengths);
    for (int i = 0; i < TIL_QUANT_N_STRANDS; i++) free(table->by_strand[i]);
    til_text_clear(&table->text);
    til_arena_free(table->arena);
    *table = (til_quant_table_t){ 0 };
}
