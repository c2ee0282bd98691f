/* gtf.c -- annotation files in one pass over their text.
 *
 * Lines are found by memchr, the first three columns decide whether a line matters, and an
 * attribute column is read only as far as needed. Features of one transcript stand together: where
 * a line begins, and where its attributes begin, as those of the feature before it did, contig,
 * gene and transcript are the same and nothing is taken apart. A human GTF (334 MB) takes under
 * half a second.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/names.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "io/reads/bytestream.h"
#include "io/text/gtf.h"
#include "io/text/saf.h"

enum {
    CHUNK = 1 << 18,           /* bytes asked of the file at a time                     */
    LINE_MAX_BYTES = 64 << 20, /* a longer line is no annotation                        */
    MAX_POSITION = 2147483647, /* BAM positions are 32-bit                              */
    MAX_DEPTH = 16,            /* Parent chains of GFF3 are 2 or 3 long; a ring ends    */
    TYPES_SHOWN = 8,
    NAMES_SHOWN = 3,
    SAME_MAX = 256 /* longer beginnings are not remembered                 */
};

#define NONE UINT32_MAX

/* Of a feature with several parents, which are as many exons until the end. */
enum { FIRST_PARENT = 0, FURTHER_PARENT = 1 };

typedef struct {
    const char *text;
    size_t n;
} span_t;

/* A beginning that the last feature had; n is 0 while nothing is known. */
typedef struct {
    char text[SAME_MAX];
    size_t n;
} same_t;

/* What a name stands for: a gene in GTF; any feature with an ID in GFF3. Indexed by the id the
 * dictionary gives. */
typedef struct {
    uint32_t gene;       /* index of the gene, NONE while it has no feature      */
    uint32_t parent;     /* GFF3: another entry, NONE at the top                 */
    const char *gene_id; /* GFF3: value of the gene attribute on its line        */
    const char *name, *type;
    bool defined; /* GFF3: a line has it as its ID, or it is no Parent     */
} entry_t;

/* The attributes of a line that matter; text == NULL where absent. */
typedef struct {
    span_t gene, transcript, name, other_name, type, id, parent, derives_from;
} attributes_t;

typedef struct {
    til_ctx_t *ctx;
    const char *path;
    const til_gtf_options_t *options;
    til_annot_t *annot;
    size_t attribute_length;
    size_t line;
    bool dialect_known, says_gff3, is_gff3, is_saf, ended;

    til_names_t *contigs, *transcripts, *types;
    til_names_t *names; /* gene ids (GTF) or feature IDs (GFF3)                  */
    entry_t *entries;
    size_t n_entries, entry_capacity, exon_capacity;
    til_names_t *genes;   /* GFF3: gene ids once resolved                          */
    uint32_t *gene_entry; /* n_genes: the entry with name and type                 */
    size_t gene_capacity;
    uint32_t *transcript_gene;
    size_t transcript_capacity;
    span_t last_contig;
    uint32_t last_contig_id, last_name_id, last_transcript_id;
    same_t same_line; /* "contig TAB source TAB type TAB" of the last feature  */
    same_t same_ids;  /* GTF: its attributes up to where gene and transcript are known */
    uint32_t same_gene, same_transcript;
} reader_t;

static bool begins_alike(const same_t *same, const char *p, const char *end)
{
    return same->n > 0 && (size_t)(end - p) >= same->n && memcmp(same->text, p, same->n) == 0;
}

static void remember(same_t *same, const char *p, const char *end)
{
    same->n = (size_t)(end - p) <= SAME_MAX ? (size_t)(end - p) : 0;
    memcpy(same->text, p, same->n);
}

static til_status_t bad_line(reader_t *r, const char *what)
{
    return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: %s", r->path, r->line, what);
}

static bool is(span_t s, const char *text)
{
    return s.n == strlen(text) && memcmp(s.text, text, s.n) == 0;
}

/* ------------------------------------------------------------- attributes */

/* Whether another attribute, `; key "`, follows. */
static bool goes_on(const char *p, const char *end)
{
    if (p < end && *p == ';') p++;
    while (p < end && *p == ' ') p++;
    while (p < end && *p != ' ' && *p != '"' && *p != '\\') p++;
    while (p < end && *p == ' ') p++;
    return p < end && *p == '"';
}

/* The quote that ends a value which begins at p. A quote behind a backslash belongs to the value,
 * unless no other follows or what follows is the next attribute. */
static const char *closing_quote(const char *p, const char *end)
{
    const char *first = memchr(p, '"', (size_t)(end - p));
    for (const char *quote = first; quote != NULL;
         quote = memchr(quote + 1, '"', (size_t)(end - quote - 1)))
        if (quote == p || quote[-1] != '\\' ||
            (quote + 1 < end && quote[1] == ';' && goes_on(quote + 1, end)))
            return quote;
    return first;
}

/* Takes the next `key value` off the column; false at its end. Values may stand in double
 * quotes (which may hold ; and blanks) or bare; key and value are parted by blanks or '='. */
static bool next_attribute(const char **at, const char *end, span_t *key, span_t *value)
{
    const char *p = *at;
    while (p < end && (*p == ' ' || *p == ';')) p++;
    if (p == end) return false;

    key->text = p;
    while (p < end && *p != ' ' && *p != '=' && *p != ';' && *p != '"') p++;
    key->n = (size_t)(p - key->text);
    while (p < end && (*p == ' ' || *p == '=')) p++;
    if (p < end && *p == '"') {
        value->text = ++p;
        const char *quote = closing_quote(p, end);
        value->n = (size_t)((quote == NULL ? end : quote) - p);
        p = quote == NULL ? end : quote + 1;
    } else {
        value->text = p;
        const char *semicolon = memchr(p, ';', (size_t)(end - p));
        p = semicolon == NULL ? end : semicolon;
        value->n = (size_t)(p - value->text);
        while (value->n > 0 && value->text[value->n - 1] == ' ') value->n--;
    }
    *at = p;
    return true;
}

static void keep_first(span_t *slot, span_t value)
{
    if (slot->text == NULL) *slot = value;
}

static void sort_attribute(const reader_t *r, span_t key, span_t value, attributes_t *a)
{
    if (key.n == r->attribute_length && memcmp(key.text, r->options->attribute, key.n) == 0)
        keep_first(&a->gene, value);
    if (is(key, "transcript_id")) keep_first(&a->transcript, value);
    else if (is(key, "gene_name")) keep_first(&a->name, value);
    else if (is(key, "gene_biotype") || is(key, "gene_type")) keep_first(&a->type, value);
    else if (is(key, "gene") || is(key, "ref_gene_name")) keep_first(&a->other_name, value);
    else if (r->is_gff3) {
        if (is(key, "ID")) keep_first(&a->id, value);
        else if (is(key, "Parent")) keep_first(&a->parent, value);
        else if (is(key, "Derives_from")) keep_first(&a->derives_from, value);
        else if (is(key, "Name")) keep_first(&a->other_name, value);
        else if (is(key, "biotype")) keep_first(&a->type, value);
    }
}

static attributes_t read_attributes(const reader_t *r, const char *text, const char *end)
{
    attributes_t a = { 0 };
    span_t key, value;
    while (next_attribute(&text, end, &key, &value)) sort_attribute(r, key, value, &a);
    return a;
}

/* Reads no further than until gene and transcript are known; *stop is where that is, NULL when the
 * column ended before. */
static attributes_t read_ids(const reader_t *r, const char *text, const char *end,
                             const char **stop)
{
    attributes_t a = { 0 };
    span_t key, value;
    *stop = NULL;
    while (next_attribute(&text, end, &key, &value)) {
        sort_attribute(r, key, value, &a);
        if (a.gene.text == NULL || a.transcript.text == NULL) continue;
        *stop = text;
        break;
    }
    return a;
}

/* ------------------------------------------------------------------ names */

/* The entry of a name, made when new; NONE for want of memory. */
static uint32_t entry_of(reader_t *r, span_t name)
{
    if (r->last_name_id != NONE) {
        const char *last = til_names_get(r->names, r->last_name_id);
        if (strncmp(last, name.text, name.n) == 0 && last[name.n] == '\0') return r->last_name_id;
    }
    ptrdiff_t id = til_names_add_n(r->names, name.text, name.n, NULL);
    if (id < 0 || (size_t)id >= NONE) return NONE;
    if ((size_t)id >= r->n_entries) {
        if (til_grow(r->ctx, &r->entries, &r->entry_capacity, (size_t)id + 1, sizeof *r->entries) !=
            TIL_OK)
            return NONE;
        r->entries[id] = (entry_t){ .gene = NONE, .parent = NONE };
        r->n_entries = (size_t)id + 1;
    }
    r->last_name_id = (uint32_t)id;
    return (uint32_t)id;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'                     ? c - '0'
           : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                    : -1;
}

/* Turns the %XX of GFF3 in a text into what they stand for, in place; control characters stay as
 * they are written. */
static void decode_percents(char *text)
{
    char *to = strchr(text, '%');
    if (to == NULL) return;
    for (const char *p = to; *p != '\0'; p++) {
        int high = *p == '%' ? hex_digit(p[1]) : -1, low = high < 0 ? -1 : hex_digit(p[2]);
        int c = low < 0 ? 0 : high * 16 + low;
        if (c >= 0x20 && c != 0x7f) p += 2;
        *to++ = c >= 0x20 && c != 0x7f ? (char)c : *p;
    }
    *to = '\0';
}

/* A kept copy of a span; NULL for an absent or empty one. */
static til_status_t keep_text(reader_t *r, span_t s, const char **out)
{
    if (*out != NULL || s.text == NULL || s.n == 0) return TIL_OK;
    char *copy = til_arena_text_n(r->annot->arena, s.text, s.n);
    *out = copy;
    if (copy == NULL) return til_no_memory(r->ctx, s.n, "bytes");
    if (r->is_gff3) decode_percents(copy);
    return TIL_OK;
}

static til_status_t keep_names(reader_t *r, uint32_t entry, const attributes_t *a)
{
    til_status_t status = keep_text(r, a->name, &r->entries[entry].name);
    if (status == TIL_OK) status = keep_text(r, a->other_name, &r->entries[entry].name);
    if (status == TIL_OK) status = keep_text(r, a->type, &r->entries[entry].type);
    return status;
}

static til_status_t contig_of(reader_t *r, span_t name, uint32_t *contig)
{
    if (r->last_contig.text == NULL || r->last_contig.n != name.n ||
        memcmp(r->last_contig.text, name.text, name.n) != 0) {
        ptrdiff_t id = til_names_add_n(r->contigs, name.text, name.n, NULL);
        if (id < 0) return til_no_memory(r->ctx, name.n, "bytes");
        if (id >= 1 << 30) return bad_line(r, "more than 2^30 contigs");
        r->last_contig = (span_t){ til_names_get(r->contigs, (size_t)id), name.n };
        r->last_contig_id = (uint32_t)id;
    }
    *contig = r->last_contig_id;
    return TIL_OK;
}

/* The gene whose name and type stand in `entry`, numbered when it gets its first feature. */
static til_status_t number_gene(reader_t *r, uint32_t *gene, uint32_t entry)
{
    if (*gene != NONE) return TIL_OK;
    til_annot_t *annot = r->annot;
    til_status_t status = til_grow(r->ctx, &r->gene_entry, &r->gene_capacity, annot->n_genes + 1,
                                   sizeof *r->gene_entry);
    if (status != TIL_OK) return status;
    r->gene_entry[annot->n_genes] = entry;
    *gene = (uint32_t)annot->n_genes++;
    return TIL_OK;
}

static til_status_t transcript_of(reader_t *r, span_t name, uint32_t gene, uint32_t *transcript)
{
    if (r->last_transcript_id != NONE) {
        const char *last = til_names_get(r->transcripts, r->last_transcript_id);
        if (strncmp(last, name.text, name.n) == 0 && last[name.n] == '\0') {
            *transcript = r->last_transcript_id;
            return TIL_OK;
        }
    }
    int is_new;
    ptrdiff_t id = til_names_add_n(r->transcripts, name.text, name.n, &is_new);
    if (id < 0 || (size_t)id >= NONE) return til_no_memory(r->ctx, name.n, "bytes");
    if (is_new) {
        til_status_t status = til_grow(r->ctx, &r->transcript_gene, &r->transcript_capacity,
                                       (size_t)id + 1, sizeof *r->transcript_gene);
        if (status != TIL_OK) return status;
        r->transcript_gene[id] = gene;
    }
    *transcript = r->last_transcript_id = (uint32_t)id;
    return TIL_OK;
}

/* ------------------------------------------------------------------ lines */

/* A position at *p that a tab ends, which is passed; false for anything but 1 to MAX_POSITION. */
static bool read_position(const char **p, const char *end, uint32_t *position)
{
    enum { DIGITS = 10 };
    const char *at = *p;
    uint64_t value = 0;
    while (at < end && (unsigned)(*at - '0') <= 9) value = value * 10 + (unsigned)(*at++ - '0');
    if (at == *p || at - *p > DIGITS || at == end || *at != '\t' || value < 1 ||
        value > MAX_POSITION)
        return false;
    *position = (uint32_t)value;
    *p = at + 1;
    return true;
}

/* What is wrong with columns 4 to 8 that begin at p. */
static til_status_t bad_place(reader_t *r, const char *p, const char *end)
{
    uint32_t start, stop;
    int columns = 4;
    for (const char *at = p; columns < 9; at++, columns++)
        if ((at = memchr(at, '\t', (size_t)(end - at))) == NULL) break;
    if (columns < 9)
        return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: %d columns: a feature line has 9", r->path,
                        r->line, columns);
    if (!read_position(&p, end, &start))
        return bad_line(r, "column 4: the start is not a whole number from 1 to 2147483647");
    if (!read_position(&p, end, &stop))
        return bad_line(r, "column 5: the end is not a whole number from 1 to 2147483647");
    if (start > stop)
        return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: start %lld is beyond end %lld", r->path,
                        r->line, (long long)start, (long long)stop);
    return bad_line(r, "column 7: the strand is none of + - .");
}

/* Passes a tab-ended field; NULL when no tab follows. */
static const char *pass_field(const char *p, const char *end)
{
    while (p < end && *p != '\t') p++;
    return p < end ? p + 1 : NULL;
}

/* Columns 4, 5 and 7, and where the attributes begin. */
static til_status_t read_place(reader_t *r, const char *p, const char *end, til_exon_t *exon,
                               const char **attributes)
{
    const char *at = p;
    uint32_t start, stop;
    if (!read_position(&at, end, &start) || !read_position(&at, end, &stop) || start > stop)
        return bad_place(r, p, end);
    const char *strand = pass_field(at, end);
    *attributes = strand == NULL || end - strand < 2 || strand[1] != '\t'
                      ? NULL
                      : pass_field(strand + 2, end);
    if (*attributes == NULL) return bad_place(r, p, end);
    exon->start = start - 1;
    exon->end = stop;
    switch (*strand) {
    case '+': exon->strand = TIL_STRAND_PLUS; break;
    case '-': exon->strand = TIL_STRAND_MINUS; break;
    case '.':
    case '?': exon->strand = TIL_STRAND_NONE; break;
    default: return bad_place(r, p, end);
    }
    return TIL_OK;
}

static til_status_t push_exon(reader_t *r, const til_exon_t *exon)
{
    til_annot_t *annot = r->annot;
    if (annot->n_exons >= NONE - 1) return bad_line(r, "more than 4294967294 features");
    if (annot->n_exons == r->exon_capacity) {
        til_status_t status = til_grow(r->ctx, &annot->exons, &r->exon_capacity, annot->n_exons + 1,
                                       sizeof *annot->exons);
        if (status != TIL_OK) return status;
    }
    annot->exons[annot->n_exons++] = *exon;
    return TIL_OK;
}

static til_status_t no_gene(reader_t *r)
{
    return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: no %s: every %s needs one%s", r->path, r->line,
                    r->options->attribute, r->options->feature,
                    r->is_gff3 ? " (or a Parent)" : "; see --attribute");
}

static til_status_t gtf_feature(reader_t *r, til_exon_t *exon, const char *text, const char *end)
{
    const char *stop;
    if (begins_alike(&r->same_ids, text, end)) {
        exon->gene = r->same_gene;
        exon->transcript = r->same_transcript;
        return push_exon(r, exon);
    }
    attributes_t a = read_ids(r, text, end, &stop);
    if (a.gene.text == NULL || a.gene.n == 0) return no_gene(r);

    uint32_t entry = entry_of(r, a.gene);
    if (entry == NONE) return til_no_memory(r->ctx, a.gene.n, "bytes");
    til_status_t status = TIL_OK;
    if (r->entries[entry].gene == NONE) {
        attributes_t all = read_attributes(r, text, end);
        TIL_TRY(keep_names(r, entry, &all));
        TIL_TRY(number_gene(r, &r->entries[entry].gene, entry));
    }
    exon->gene = r->entries[entry].gene;
    if (a.transcript.text != NULL && a.transcript.n > 0)
        TIL_TRY(transcript_of(r, a.transcript, exon->gene, &exon->transcript));
    TIL_TRY(push_exon(r, exon));
    /* a value without quotes may go on in the next line, which then does not begin alike */
    r->same_ids.n = 0;
    if (stop != NULL && stop[-1] == '"' && a.transcript.n > 0) remember(&r->same_ids, text, stop);
    r->same_gene = exon->gene;
    r->same_transcript = exon->transcript;
done:
    return status;
}

/* In GFF3 the gene of a feature may stand further down: until the end `gene` is the entry of its
 * parent, and `transcript` says whether the line begins with it. */
static til_status_t gff3_feature(reader_t *r, til_exon_t *exon, const char *text, const char *end)
{
    til_status_t status = TIL_OK;
    attributes_t a = read_attributes(r, text, end);
    bool own_gene = a.gene.text != NULL && a.gene.n > 0 && a.parent.text == NULL;
    if (own_gene) a.parent = a.gene;
    if (a.parent.text == NULL || a.parent.n == 0) return no_gene(r);

    const char *p = a.parent.text, *stop = p + a.parent.n;
    while (p < stop) {
        const char *comma = memchr(p, ',', (size_t)(stop - p));
        if (comma == NULL) comma = stop;
        exon->gene = entry_of(r, (span_t){ p, (size_t)(comma - p) });
        if (exon->gene == NONE) return til_no_memory(r->ctx, a.parent.n, "bytes");
        if (own_gene) {
            r->entries[exon->gene].defined = true;
            TIL_TRY(keep_names(r, exon->gene, &a));
        }
        exon->transcript = p == a.parent.text ? FIRST_PARENT : FURTHER_PARENT;
        if (a.gene.n > 0) status = keep_text(r, a.gene, &r->entries[exon->gene].gene_id);
        if (status == TIL_OK && r->entries[exon->gene].name == NULL)
            status = keep_text(r, a.name, &r->entries[exon->gene].name);
        if (status == TIL_OK) status = push_exon(r, exon);
        if (status != TIL_OK) return status;
        p = comma + 1;
    }
done:
    return status;
}

/* A line of another type: its names, and in GFF3 where it hangs. */
static til_status_t other_line(reader_t *r, span_t type, const char *p, const char *end)
{
    bool is_gene = is(type, "gene") || (r->is_gff3 && is(type, "pseudogene"));
    if (!is_gene && !r->is_gff3) return TIL_OK;
    for (int i = 0; i < 5 && p != NULL; i++) {
        p = memchr(p, '\t', (size_t)(end - p));
        if (p != NULL) p++;
    }
    if (p == NULL) return TIL_OK;

    attributes_t a = read_attributes(r, p, end);
    span_t name = r->is_gff3 ? a.id : a.gene;
    if (name.text == NULL || name.n == 0) return TIL_OK;
    uint32_t entry = entry_of(r, name);
    if (entry == NONE) return til_no_memory(r->ctx, name.n, "bytes");
    til_status_t status = TIL_OK;
    if (is_gene || (a.parent.text == NULL && a.derives_from.text == NULL))
        TIL_TRY(keep_names(r, entry, &a));
    if (r->is_gff3) {
        r->entries[entry].defined = true;
        if (a.parent.text == NULL) a.parent = a.derives_from;
        TIL_TRY(keep_text(r, a.gene, &r->entries[entry].gene_id));
        if (a.parent.text != NULL && a.parent.n > 0 && r->entries[entry].parent == NONE) {
            const char *comma = memchr(a.parent.text, ',', a.parent.n);
            if (comma != NULL) a.parent.n = (size_t)(comma - a.parent.text);
            uint32_t parent = entry_of(r, a.parent);
            if (parent == NONE) return til_no_memory(r->ctx, name.n, "bytes");
            r->entries[entry].parent = parent;
        }
    }
done:
    return status;
}

/* A SAF has no types: every line is a feature of the one that is asked for. */
static til_status_t saf_line(reader_t *r, const char *line, const char *end)
{
    til_saf_feature_t feature;
    uint32_t contig = 0;
    bool is_header;
    til_status_t status = TIL_OK;

    TIL_TRY(til_saf_line(r->ctx, r->path, r->line, line, end, &feature, &is_header));
    if (is_header) return TIL_OK;
    TIL_TRY(contig_of(r, (span_t){ feature.contig, feature.n_contig }, &contig));
    uint32_t entry = entry_of(r, (span_t){ feature.gene, feature.n_gene });
    if (entry == NONE) return til_no_memory(r->ctx, feature.n_gene, "bytes");
    TIL_TRY(number_gene(r, &r->entries[entry].gene, entry));
    til_exon_t exon = { .start = feature.start,
                        .end = feature.end,
                        .gene = r->entries[entry].gene,
                        .transcript = TIL_NO_TRANSCRIPT,
                        .contig = contig & ((1u << 30) - 1),
                        .strand = feature.strand & 3 };
    TIL_TRY(push_exon(r, &exon));
done:
    return status;
}

/* SAF is told by its columns. GFF3 parts key and value by '=', GTF by a blank; where a line has none
 * what the file says of itself counts. */
static void tell_dialect(reader_t *r, const char *line, const char *end)
{
    const char *p = line;
    r->is_saf = r->dialect_known = til_saf_is_line(line, end);
    if (r->is_saf) return;
    for (int i = 0; i < 8 && p != NULL; i++) {
        p = memchr(p, '\t', (size_t)(end - p));
        if (p != NULL) p++;
    }
    if (p == NULL) return;
    while (p < end && *p == ' ') p++;
    while (p < end && *p != ' ' && *p != '=' && *p != '"' && *p != ';') p++;
    /* a line without attributes does not tell */
    r->is_gff3 = p < end ? *p == '=' : r->says_gff3;
    r->dialect_known = p < end;
}

/* Whether a type is one of the list of those asked for, "exon,CDS". */
static bool is_wanted(const reader_t *r, span_t type)
{
    for (const char *p = r->options->feature;;) {
        size_t n = strcspn(p, ",");
        if (n == type.n && memcmp(p, type.text, n) == 0) return true;
        if (p[n] == '\0') return false;
        p += n + 1;
    }
}

static til_status_t read_line(reader_t *r, const char *line, const char *end)
{
    if (line < end && end[-1] == '\r') end--;
    if (line == end) return TIL_OK;
    if (*line == '#') {
        if (end - line >= 7 && memcmp(line, "##FASTA", 7) == 0) r->ended = true;
        if (end - line >= 15 && memcmp(line, "##gff-version", 13) == 0) {
            const char *p = line + 13;
            while (p < end && (*p == ' ' || *p == '\t')) p++;
            r->says_gff3 = p < end && *p == '3';
        }
        return TIL_OK;
    }
    if (!r->dialect_known) tell_dialect(r, line, end);
    if (r->is_saf) return saf_line(r, line, end);

    til_exon_t exon = { .transcript = TIL_NO_TRANSCRIPT };
    const char *attributes = NULL, *place = line + r->same_line.n;
    uint32_t contig = r->last_contig_id;
    til_status_t status = TIL_OK;
    if (!begins_alike(&r->same_line, line, end)) {
        const char *tab1 = memchr(line, '\t', (size_t)(end - line));
        const char *tab2 = tab1 == NULL ? NULL : memchr(tab1 + 1, '\t', (size_t)(end - tab1 - 1));
        const char *tab3 = tab2 == NULL ? NULL : memchr(tab2 + 1, '\t', (size_t)(end - tab2 - 1));
        if (tab3 == NULL)
            return bad_line(r, "fewer than 4 columns: a feature line has 9, separated by tabs");
        span_t type = { tab2 + 1, (size_t)(tab3 - tab2 - 1) };
        if (!is_wanted(r, type)) {
            if (r->annot->n_exons == 0 && til_names_add_n(r->types, type.text, type.n, NULL) < 0)
                return til_no_memory(r->ctx, type.n, "bytes");
            return other_line(r, type, tab3 + 1, end);
        }
        TIL_TRY(contig_of(r, (span_t){ line, (size_t)(tab1 - line) }, &contig));
        place = tab3 + 1;
        remember(&r->same_line, line, place);
    }
    TIL_TRY(read_place(r, place, end, &exon, &attributes));
    exon.contig = contig & ((1u << 30) - 1);
    status = r->is_gff3 ? gff3_feature(r, &exon, attributes, end)
                        : gtf_feature(r, &exon, attributes, end);
done:
    return status;
}

/* Reads the whole lines of text[0..n); with `last` the rest too. *used is how far it came. */
static til_status_t read_lines(reader_t *r, const char *text, size_t n, bool last, size_t *used)
{
    const char *p = text, *end = text + n;
    char newline = memchr(text, '\n', n) == NULL && memchr(text, '\r', n) != NULL ? '\r' : '\n';
    while (p < end && !r->ended) {
        const char *stop = memchr(p, newline, (size_t)(end - p));
        if (stop == NULL && !last) break;
        r->line++;
        til_status_t status = read_line(r, p, stop == NULL ? end : stop);
        if (status != TIL_OK) return status;
        p = stop == NULL ? end : stop + 1;
    }
    *used = r->ended ? n : (size_t)(p - text);
    return TIL_OK;
}

/* -------------------------------------------------------------- afterwards */

static bool is_asked_for(const reader_t *r, const char *attribute)
{
    return strcmp(r->options->attribute, attribute) == 0;
}

static span_t without_prefix(const char *name, const char *const *prefixes)
{
    for (; *prefixes != NULL; prefixes++) {
        size_t n = strlen(*prefixes);
        if (strncmp(name, *prefixes, n) == 0 && name[n] != '\0') name += n;
    }
    return (span_t){ name, strlen(name) };
}

/* Ensembl and RefSeq write the kind of a feature before its name. */
static const char *const gene_prefixes[] = { "gene:", "gene-", NULL };
static const char *const transcript_prefixes[] = { "transcript:", "rna-", NULL };

/* The topmost feature above an entry, and the nearest gene attribute on the way there. */
static uint32_t topmost(const reader_t *r, uint32_t entry, const char **gene_id)
{
    *gene_id = r->entries[entry].gene_id;
    for (int depth = 0; depth < MAX_DEPTH && r->entries[entry].parent != NONE; depth++) {
        entry = r->entries[entry].parent;
        if (*gene_id == NULL) *gene_id = r->entries[entry].gene_id;
    }
    return entry;
}

/* A decoded copy of a name, in the arena. */
static til_status_t decoded(reader_t *r, span_t name, span_t *out)
{
    char *copy = til_arena_text_n(r->annot->arena, name.text, name.n);
    if (copy == NULL) return til_no_memory(r->ctx, name.n, "bytes");
    decode_percents(copy);
    *out = (span_t){ copy, strlen(copy) };
    return TIL_OK;
}

/* Says how many features hang on a Parent that no line defines. */
static void tell_orphans(reader_t *r, size_t n, const til_strbuf_t *shown)
{
    if (n > 0)
        til_say(
            r->ctx, TIL_LOG_WARNING,
            "%s: %zu feature%s a Parent that is the ID of no line, which is taken for the gene: "
            "%s",
            r->path, n, n == 1 ? " has" : "s have", til_strbuf_text(shown));
}

/* The gene and transcript of one GFF3 feature. gene_of: by the id of r->genes. */
static til_status_t resolve_exon(reader_t *r, til_exon_t *exon, uint32_t **gene_of,
                                 size_t *capacity)
{
    til_status_t status = TIL_OK;
    uint32_t direct = exon->gene;
    const char *gene_id;
    uint32_t top = topmost(r, direct, &gene_id);
    const char *raw = til_names_get(r->names, top);
    span_t name = gene_id != NULL ? (span_t){ gene_id, strlen(gene_id) }
                                  : without_prefix(raw, gene_prefixes);

    /* what the attribute asked for says stands as it is; it is decoded already */
    if (gene_id == NULL && is_asked_for(r, "ID")) name = (span_t){ raw, strlen(raw) };
    if (gene_id == NULL) TIL_TRY(decoded(r, name, &name));
    ptrdiff_t id = til_names_add_n(r->genes, name.text, name.n, NULL);
    if (id < 0) TIL_TRY(til_no_memory(r->ctx, name.n, "bytes"));
    size_t had = *capacity;
    TIL_TRY(til_grow(r->ctx, gene_of, capacity, (size_t)id + 1, sizeof **gene_of));
    for (size_t k = had; k < *capacity; k++) (*gene_of)[k] = NONE;
    TIL_TRY(number_gene(r, &(*gene_of)[id], top));
    exon->gene = (*gene_of)[id];
    exon->transcript = TIL_NO_TRANSCRIPT;
    if (top != direct) {
        span_t transcript = without_prefix(til_names_get(r->names, direct), transcript_prefixes);
        TIL_TRY(decoded(r, transcript, &transcript));
        TIL_TRY(transcript_of(r, transcript, exon->gene, &exon->transcript));
    }
done:
    return status;
}

/* Whether one of the exons of a line, list[0..n), belongs to the gene already. */
static bool has_gene(const til_exon_t *list, size_t n, uint32_t gene)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].gene == gene) return true;
    return false;
}

/* Gives every GFF3 feature its gene: the nearest gene attribute on the way up, else the name of
 * the top. Of several parents those that no line defines are passed over when another is defined. */
static til_status_t resolve_parents(reader_t *r)
{
    til_annot_t *annot = r->annot;
    til_status_t status = TIL_OK;
    til_strbuf_t orphans = { 0 };
    uint32_t *gene_of = NULL;
    size_t capacity = 0, n_kept = 0, n_orphans = 0;

    for (size_t i = 0, next; i < annot->n_exons; i = next) {
        bool any_defined = false;
        size_t first = n_kept;
        for (next = i; next < annot->n_exons &&
                       (next == i || annot->exons[next].transcript == FURTHER_PARENT);
             next++)
            any_defined |= r->entries[annot->exons[next].gene].defined;
        if (!any_defined && n_orphans++ < NAMES_SHOWN)
            til_strbuf_printf(&orphans, "%s%s", n_orphans > 1 ? ", " : "",
                              til_names_get(r->names, annot->exons[i].gene));
        for (size_t k = i; k < next; k++) {
            til_exon_t exon = annot->exons[k];
            if (any_defined && !r->entries[exon.gene].defined) continue;
            TIL_TRY(resolve_exon(r, &exon, &gene_of, &capacity));
            if (r->options->once_a_gene &&
                has_gene(annot->exons + first, n_kept - first, exon.gene))
                continue;
            annot->exons[n_kept++] = exon;
        }
    }
    annot->n_exons = n_kept;
    tell_orphans(r, n_orphans, &orphans);
done:
    til_strbuf_clear(&orphans);
    free(gene_of);
    return status;
}

static til_status_t copy_list(reader_t *r, const til_names_t *names, size_t n, char ***out)
{
    *out = til_array_zero(n, sizeof **out);
    if (*out == NULL) return til_no_memory(r->ctx, n, "names");
    for (size_t i = 0; i < n; i++) {
        (*out)[i] = til_arena_text(r->annot->arena, til_names_get(names, i));
        if ((*out)[i] == NULL) return til_no_memory(r->ctx, n, "names");
    }
    return TIL_OK;
}

/* Fills the lists of genes: gene g is named by the dictionary entry it was numbered from. */
static til_status_t list_genes(reader_t *r)
{
    til_annot_t *annot = r->annot;
    size_t n = annot->n_genes;
    annot->gene_ids = til_array_zero(n, sizeof *annot->gene_ids);
    annot->gene_names = til_array_zero(n, sizeof *annot->gene_names);
    annot->gene_types = til_array_zero(n, sizeof *annot->gene_types);
    if (annot->gene_ids == NULL || annot->gene_names == NULL || annot->gene_types == NULL)
        return til_no_memory(r->ctx, n, "genes");
    for (size_t g = 0; g < n; g++) {
        const entry_t *entry = &r->entries[r->gene_entry[g]];
        const char *id = r->is_gff3 ? til_names_get(r->genes, g)
                                    : til_names_get(r->names, r->gene_entry[g]);
        annot->gene_ids[g] = til_arena_text(annot->arena, id);
        if (annot->gene_ids[g] == NULL) return til_no_memory(r->ctx, n, "genes");
        /* both are in the annotation's own arena */
        annot->gene_names[g] = entry->name == NULL ? NULL : (char *)(uintptr_t)entry->name;
        annot->gene_types[g] = entry->type == NULL ? NULL : (char *)(uintptr_t)entry->type;
    }
    return TIL_OK;
}

static til_status_t no_features(reader_t *r)
{
    til_strbuf_t seen = { 0 };
    size_t n = til_names_count(r->types);
    for (size_t i = 0; i < n && i < TYPES_SHOWN; i++)
        til_strbuf_printf(&seen, "%s%s", i > 0 ? ", " : "", til_names_get(r->types, i));
    til_status_t status = n == 0 ? til_fail(r->ctx, TIL_EINPUT,
                                            "%s: no features: this is not an annotation", r->path)
                                 : til_fail(r->ctx, TIL_EINPUT,
                                            "%s: no feature of type %s: there is %s; see --feature",
                                            r->path, r->options->feature, til_strbuf_text(&seen));
    til_strbuf_clear(&seen);
    return status;
}

/* A notice about genes with features on several contigs or strands (PAR genes, for one): they
 * are counted as one gene. */
static til_status_t tell_scattered(reader_t *r)
{
    til_annot_t *annot = r->annot;
    til_strbuf_t shown = { 0 };
    size_t n = 0;
    const til_exon_t **first = til_array_zero(annot->n_genes, sizeof *first);
    if (first == NULL) return til_no_memory(r->ctx, annot->n_genes, "genes");
    char *told = til_array_zero(annot->n_genes, 1);
    if (told == NULL) {
        free(first);
        return til_no_memory(r->ctx, annot->n_genes, "genes");
    }
    for (size_t i = 0; i < annot->n_exons; i++) {
        const til_exon_t *exon = &annot->exons[i];
        if (first[exon->gene] == NULL) first[exon->gene] = exon;
        if (first[exon->gene]->contig == exon->contig && first[exon->gene]->strand == exon->strand)
            continue;
        if (told[exon->gene]) continue;
        told[exon->gene] = 1;
        if (n++ < NAMES_SHOWN)
            til_strbuf_printf(&shown, "%s%s", n > 1 ? ", " : "", annot->gene_ids[exon->gene]);
    }
    if (n > 0)
        til_say(r->ctx, TIL_LOG_NOTICE,
                "%s: %zu %s features on several contigs or strands, each counted as one gene: %s%s",
                r->path, n, n == 1 ? "gene has" : "genes have", til_strbuf_text(&shown),
                n > NAMES_SHOWN ? ", ..." : "");
    til_strbuf_clear(&shown);
    free(told);
    free(first);
    return TIL_OK;
}

static til_status_t finish(reader_t *r)
{
    til_annot_t *annot = r->annot;
    til_status_t status = TIL_OK;

    if (annot->n_exons == 0) return no_features(r);
    if (r->is_gff3) TIL_TRY(resolve_parents(r));
    annot->n_contigs = til_names_count(r->contigs);
    annot->n_transcripts = til_names_count(r->transcripts);
    TIL_TRY(copy_list(r, r->contigs, annot->n_contigs, &annot->contigs));
    TIL_TRY(copy_list(r, r->transcripts, annot->n_transcripts, &annot->transcript_ids));
    til_names_free(r->transcripts); /* the largest of them: memory for the rest */
    r->transcripts = NULL;
    TIL_TRY(list_genes(r));
    annot->transcript_genes = r->transcript_gene;
    r->transcript_gene = NULL;
    TIL_TRY(tell_scattered(r));
    TIL_TRY(til_annot_sort(r->ctx, annot));
done:
    return status;
}

static til_status_t open_reader(til_ctx_t *ctx, const char *path, const til_gtf_options_t *options,
                                til_annot_t *annot, reader_t *r)
{
    *r = (reader_t){ .ctx = ctx,
                     .path = path,
                     .options = options,
                     .annot = annot,
                     .last_name_id = NONE,
                     .last_transcript_id = NONE };
    *annot = (til_annot_t){ 0 };
    r->attribute_length = strlen(options->attribute);
    r->contigs = til_names_new();
    r->transcripts = til_names_new();
    r->types = til_names_new();
    r->names = til_names_new();
    r->genes = til_names_new();
    annot->arena = til_arena_new();
    if (annot->arena != NULL) annot->origin = til_arena_text(annot->arena, path);
    if (r->contigs == NULL || r->transcripts == NULL || r->types == NULL || r->names == NULL ||
        r->genes == NULL || annot->origin == NULL)
        return til_no_memory(ctx, 1, "annotation");
    return TIL_OK;
}

static til_status_t close_reader(reader_t *r, til_status_t status)
{
    til_names_free(r->contigs);
    til_names_free(r->transcripts);
    til_names_free(r->types);
    til_names_free(r->names);
    til_names_free(r->genes);
    free(r->entries);
    free(r->gene_entry);
    free(r->transcript_gene);
    if (status != TIL_OK) til_annot_clear(r->annot);
    return status;
}

til_status_t til_gtf_read_text(til_ctx_t *ctx, const char *name, const char *text, size_t size,
                               const til_gtf_options_t *options, til_annot_t *out)
{
    reader_t r;
    size_t used;
    til_status_t status = TIL_OK;

    TIL_TRY(open_reader(ctx, name, options, out, &r));
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        size -= 3;
    }
    TIL_TRY(read_lines(&r, text, size, true, &used));
    TIL_TRY(finish(&r));
done:
    return close_reader(&r, status);
}

/* Reads chunk by chunk; a line that a chunk cuts waits at the front of the next. */
static til_status_t read_chunks(reader_t *r, til_bytes_t *file)
{
    til_status_t status = TIL_OK;
    char *buffer = NULL;
    size_t capacity = 0, n = 0, got, used;
    bool first = true;

    do {
        if (n >= LINE_MAX_BYTES) {
            r->line++;
            status = bad_line(r, "a line of more than 64 MiB: this is not an annotation");
            goto done;
        }
        TIL_TRY(til_grow(r->ctx, &buffer, &capacity, n + CHUNK, 1));
        TIL_TRY(til_bytes_read(r->ctx, file, buffer + n, CHUNK, &got));
        n += got;
        size_t at = first && n >= 3 && memcmp(buffer, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
        TIL_TRY(read_lines(r, buffer + at, n - at, got == 0, &used));
        at += used;
        memmove(buffer, buffer + at, n - at);
        n -= at;
        first = false;
    } while (got > 0 && !r->ended);
    status = finish(r);
done:
    free(buffer);
    return status;
}

til_status_t til_gtf_read(til_ctx_t *ctx, const char *path, const til_gtf_options_t *options,
                          char sha256[TIL_SHA256_TEXT], til_annot_t *out)
{
    reader_t r;
    til_bytes_t *file;

    *out = (til_annot_t){ 0 };
    til_status_t status = til_bytes_open(ctx, path, &file);
    if (status != TIL_OK) return status;
    status = open_reader(ctx, path, options, out, &r);
    if (status == TIL_OK && sha256 != NULL) status = til_bytes_hash(ctx, file);
    if (status == TIL_OK) status = read_chunks(&r, file);
    if (status == TIL_OK && sha256 != NULL) status = til_bytes_digest(ctx, file, sha256);
    til_bytes_close(file);
    return close_reader(&r, status);
}
