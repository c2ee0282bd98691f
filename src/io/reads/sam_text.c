/* sam_text.c -- SAM record lines to BAM records. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/try.h"
#include "io/reads/sam_text.h"

enum {
    N_FIELDS = 11,
    FIXED = 36, /* block_size and the fixed part of a BAM record     */
    NAME_MAX_BYTES = 254,
    OPS_MAX = 65535,            /* that a record counts in its own field */
    LENGTH_MAX = (1 << 28) - 1, /* of one CIGAR operation                            */
    FLAG_UNMAPPED = 4
};

enum { QNAME, FLAG, RNAME, POS, MAPQ, CIGAR, RNEXT, PNEXT, TLEN, SEQ, QUAL };

typedef struct {
    const char *text;
    size_t n;
} field_t;

typedef struct {
    til_ctx_t *ctx;
    const char *path;
    size_t line_no;
    field_t field[N_FIELDS];
    const char *tags, *end; /* the rest of the line */
} line_t;

static void put16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *p, uint32_t v)
{
    put16(p, v);
    put16(p + 2, v >> 16);
}

static bool is_star(field_t f) { return f.n == 1 && f.text[0] == '*'; }

static til_status_t split(line_t *l, const char *line, size_t n)
{
    const char *p = line;
    l->end = line + n;
    for (int i = 0; i < N_FIELDS; i++) {
        const char *tab = p > l->end ? NULL : memchr(p, '\t', (size_t)(l->end - p));
        if (tab == NULL && (i < N_FIELDS - 1 || p > l->end))
            return til_fail(l->ctx, TIL_EINPUT,
                            "%s:%zu: %d fields: a SAM record has 11 or more, separated by tabs",
                            l->path, l->line_no, i + 1);
        if (tab == NULL) tab = l->end;
        l->field[i] = (field_t){ p, (size_t)(tab - p) };
        p = tab + 1;
    }
    l->tags = p > l->end ? l->end : p;
    return TIL_OK;
}

static til_status_t whole(const line_t *l, int which, const char *name, int64_t lo, int64_t hi,
                          int64_t *value)
{
    if (til_number_parse_int(l->field[which].text, l->field[which].n, lo, hi, value)) return TIL_OK;
    return til_fail(l->ctx, TIL_EINPUT,
                    "%s:%zu: %s '%.*s' of read %.*s is not a whole number from %lld to %lld",
                    l->path, l->line_no, name,
                    (int)(l->field[which].n > 40 ? 40 : l->field[which].n), l->field[which].text,
                    (int)(l->field[QNAME].n > 80 ? 80 : l->field[QNAME].n), l->field[QNAME].text,
                    (long long)lo, (long long)hi);
}

static til_status_t contig_id(const line_t *l, field_t f, const til_names_t *contigs, int32_t *id)
{
    *id = -1;
    if (is_star(f)) return TIL_OK;
    ptrdiff_t found = til_names_find_n(contigs, f.text, f.n);
    if (found < 0)
        return til_fail(l->ctx, TIL_EINPUT,
                        "%s:%zu: reference '%.*s' is not in the header (no @SQ line names it)",
                        l->path, l->line_no, (int)(f.n > 80 ? 80 : f.n), f.text);
    *id = (int32_t)found;
    return TIL_OK;
}

static til_status_t bad_cigar(const line_t *l, const char *what)
{
    return til_fail(l->ctx, TIL_EINPUT, "%s:%zu: the CIGAR of read %.*s %s", l->path, l->line_no,
                    (int)(l->field[QNAME].n > 80 ? 80 : l->field[QNAME].n), l->field[QNAME].text,
                    what);
}

/* Writes the operations to `to` (room for field.n of them); *n_ops of them take *query bases. */
static til_status_t read_cigar(const line_t *l, uint8_t *to, size_t *n_ops, uint64_t *query)
{
    static const char ops[] = "MIDNSHP=X";
    field_t f = l->field[CIGAR];
    *n_ops = 0;
    *query = 0;
    if (is_star(f)) return TIL_OK;
    const char *p = f.text, *end = p + f.n;
    while (p < end) {
        uint32_t length = 0;
        const char *digits = p;
        while (p < end && *p >= '0' && *p <= '9') {
            length = length * 10 + (uint32_t)(*p++ - '0');
            if (length > LENGTH_MAX) return bad_cigar(l, "has an operation of over 2^28 bases");
        }
        const char *op = p < end && *p != '\0' ? strchr(ops, *p) : NULL;
        if (p == digits || op == NULL) return bad_cigar(l, "is malformed");
        uint32_t code = (uint32_t)(op - ops);
        if (code == 0 || code == 1 || code == 4 || code == 7 || code == 8) *query += length;
        put32(to + 4 * (*n_ops)++, length << 4 | code);
        p++;
    }
    return TIL_OK;
}

/* The operations of a tag CG:B:I,n,n,... where those of the CIGAR only stand in for them, at `to`;
 * *n_ops stays where there is no such tag. */
static til_status_t read_cg(const line_t *l, uint8_t *to, size_t *n_ops, uint64_t *query)
{
    static const char head[] = "CG:B:I,";
    const char *p = l->tags, *tab = NULL;
    for (; p < l->end; p = tab + 1) {
        tab = memchr(p, '\t', (size_t)(l->end - p));
        if (tab == NULL) tab = l->end;
        if ((size_t)(tab - p) > strlen(head) && memcmp(p, head, strlen(head)) == 0) break;
    }
    if (p >= l->end) return TIL_OK;
    *n_ops = 0;
    *query = 0;
    for (p += strlen(head); p < tab;) {
        const char *comma = memchr(p, ',', (size_t)(tab - p));
        if (comma == NULL) comma = tab;
        int64_t word;
        if (!til_number_parse_int(p, (size_t)(comma - p), 0, UINT32_MAX, &word))
            return bad_cigar(l, "has a tag CG that is malformed");
        uint32_t code = (uint32_t)word & 15;
        if (code == 0 || code == 1 || code == 4 || code == 7 || code == 8)
            *query += (uint64_t)word >> 4;
        put32(to + 4 * (*n_ops)++, (uint32_t)word);
        p = comma + 1;
    }
    return TIL_OK;
}

uint8_t *til_sam_put_long_cigar(uint8_t *to, uint64_t query, uint64_t n_ops)
{
    put32(to, (uint32_t)(query > LENGTH_MAX ? LENGTH_MAX : query) << 4 | 4);
    put32(to + 4, 3);
    memcpy(to + 8, "CGBI", 4);
    put32(to + 12, (uint32_t)n_ops);
    return to + TIL_LONG_CIGAR_BYTES;
}

/* True for the two operations that stand in for those of a tag. */
static bool stands_in(const uint8_t *ops, size_t n_ops)
{
    return n_ops == 2 && (ops[0] & 15) == 4 && (ops[4] & 15) == 3;
}

/* The value of an integer tag XX:i:... ; false where it is absent or no whole number. */
static bool int_tag(const line_t *l, const char *tag, uint32_t *value)
{
    for (const char *p = l->tags; p < l->end;) {
        const char *tab = memchr(p, '\t', (size_t)(l->end - p));
        if (tab == NULL) tab = l->end;
        int64_t v;
        if (tab - p > 5 && p[0] == tag[0] && p[1] == tag[1] && p[2] == ':' && p[3] == 'i' &&
            til_number_parse_int(p + 5, (size_t)(tab - p - 5), INT32_MIN, INT32_MAX, &v)) {
            *value = (uint32_t)v;
            return true;
        }
        p = tab + 1;
    }
    return false;
}

static size_t put_tag(uint8_t *p, const char *tag, uint32_t value)
{
    p[0] = (uint8_t)tag[0];
    p[1] = (uint8_t)tag[1];
    p[2] = 'i';
    put32(p + 3, value);
    return 7;
}

til_status_t til_sam_record(til_ctx_t *ctx, const char *path, size_t line_no, const char *line,
                            size_t n, const til_names_t *contigs, uint8_t **bytes, size_t *capacity,
                            size_t at, size_t *size)
{
    til_status_t status = TIL_OK;
    line_t l = { .ctx = ctx, .path = path, .line_no = line_no };
    int64_t flag, pos, mapq, mate_pos, tlen;
    int32_t contig, mate_contig;
    size_t n_ops;
    uint64_t query;
    uint32_t value;

    TIL_TRY(split(&l, line, n));
    field_t name = l.field[QNAME];
    if (name.n == 0 || name.n > NAME_MAX_BYTES)
        return til_fail(ctx, TIL_EINPUT, "%s:%zu: a read name of %zu bytes: 1 to 254 are allowed",
                        path, line_no, name.n);
    TIL_TRY(whole(&l, FLAG, "FLAG", 0, 65535, &flag));
    TIL_TRY(whole(&l, POS, "POS", 0, INT32_MAX, &pos));
    TIL_TRY(whole(&l, MAPQ, "MAPQ", 0, 255, &mapq));
    TIL_TRY(whole(&l, PNEXT, "PNEXT", 0, INT32_MAX, &mate_pos));
    TIL_TRY(whole(&l, TLEN, "TLEN", -(int64_t)INT32_MAX, INT32_MAX, &tlen));
    TIL_TRY(contig_id(&l, l.field[RNAME], contigs, &contig));
    if (l.field[RNEXT].n == 1 && l.field[RNEXT].text[0] == '=') mate_contig = contig;
    else TIL_TRY(contig_id(&l, l.field[RNEXT], contigs, &mate_contig));

    /* an operation takes two letters or more, in the tag as well, and four bytes */
    TIL_TRY(til_grow(ctx, bytes, capacity,
                     at + FIXED + name.n + 1 + 2 * l.field[CIGAR].n + 2 * (size_t)(l.end - l.tags) +
                         TIL_LONG_CIGAR_BYTES + 14,
                     1));
    uint8_t *p = *bytes + at, *ops = p + FIXED + name.n + 1;
    TIL_TRY(read_cigar(&l, ops, &n_ops, &query));
    if (stands_in(ops, n_ops)) TIL_TRY(read_cg(&l, ops, &n_ops, &query));
    if (n_ops > 0 && !is_star(l.field[SEQ]) && query != l.field[SEQ].n && !(flag & FLAG_UNMAPPED))
        return til_fail(ctx, TIL_EINPUT,
                        "%s:%zu: the CIGAR of read %.*s takes %llu bases, its sequence has %zu",
                        path, line_no, (int)(name.n > 80 ? 80 : name.n), name.text,
                        (unsigned long long)query, l.field[SEQ].n);
    memcpy(p + FIXED, name.text, name.n);
    p[FIXED + name.n] = 0;
    size_t end = FIXED + name.n + 1 + 4 * n_ops;
    bool is_long = n_ops > OPS_MAX;
    if (is_long) {
        memmove(ops + TIL_LONG_CIGAR_BYTES, ops, 4 * n_ops);
        (void)til_sam_put_long_cigar(ops, query, n_ops);
        end += TIL_LONG_CIGAR_BYTES;
    }
    if (int_tag(&l, "NH", &value)) end += put_tag(p + end, "NH", value);
    if (int_tag(&l, "HI", &value)) end += put_tag(p + end, "HI", value);
    put32(p, (uint32_t)(end - 4));
    put32(p + 4, (uint32_t)contig);
    put32(p + 8, (uint32_t)(pos - 1));
    put32(p + 12, (uint32_t)(name.n + 1) | (uint32_t)mapq << 8);
    put16(p + 16, is_long ? 2 : (uint32_t)n_ops);
    put16(p + 18, (uint32_t)flag);
    put32(p + 20, 0);
    put32(p + 24, (uint32_t)mate_contig);
    put32(p + 28, (uint32_t)(mate_pos - 1));
    put32(p + 32, (uint32_t)tlen);
    *size = end;
done:
    return status;
}
