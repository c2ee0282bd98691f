/* targets.c -- FASTA to packed sequences, with what is odd about them counted.
 *
 * A letter other than ACGTU becomes a base drawn from its position, the same in every build, so
 * that no k-mer over it is shared by design. Decoys are cut at runs of such letters of k or more
 * (gaps of an assembly), which keeps drawn sequence out of the index. Poly-A tails stay: k-mers of
 * one base are never seeds (kmer.h).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/try.h"
#include "io/reads/bytestream.h"
#include "io/reads/fasta.h"
#include "io/text/digest.h"
#include "io/text/textfile.h"
#include "quant/kmer.h"
#include "quant/targets.h"

enum { MIN_TAIL = 10 };                 /* trailing A's that count as a poly-A tail */
#define MAX_BASES         0xFFFFFFFEULL /* positions are 32 bits wide               */
#define MAX_TARGETS       (1ULL << 28)
#define MAX_TARGET_LENGTH 0x7FFFFFFFULL /* position << 1 in 32 bits                 */

/* State of one reading. */
typedef struct {
    til_targets_t *t;
    til_index_stats_t *stats;
    til_names_t *seen;
    uint64_t *lines;   /* per transcript: line of its header          */
    uint64_t *digests; /* per transcript: hash of its sequence        */
    size_t lines_capacity, digests_capacity;
    til_sha256_t *sequences, *names; /* of all transcripts                    */
    til_names_t *decoys;             /* named in a list, or NULL              */
    size_t n_named;                  /* of these met so far                   */
    uint64_t *packed;                /* the current sequence                        */
    size_t packed_capacity;
} reading_t;

static int is_plain(char letter)
{
    switch (letter | 0x20) {
    case 'a':
    case 'c':
    case 'g':
    case 't':
    case 'u': return 1;
    default: return 0;
    }
}

/* Packs n letters into r->packed, whose first base stands in bit 0. */
static til_status_t pack(til_ctx_t *ctx, reading_t *r, const char *letters, size_t n)
{
    size_t n_words = n / 32 + 2;
    til_status_t status = til_grow(ctx, &r->packed, &r->packed_capacity, n_words, sizeof(uint64_t));
    if (status != TIL_OK) return status;

    memset(r->packed, 0, n_words * sizeof *r->packed);
    for (size_t i = 0; i < n; i++) {
        uint64_t code = til_base_code(letters[i]);
        if (!is_plain(letters[i])) {
            code = til_kmer_hash(r->t->n_bases + i) & 3;
            r->stats->n_not_acgt++;
        }
        r->packed[i >> 5] |= code << 2 * (i & 31);
    }
    return TIL_OK;
}

/* Appends the packed sequence to T as a new target. */
static til_status_t append(til_ctx_t *ctx, reading_t *r, size_t n)
{
    til_status_t status = TIL_OK;
    til_targets_t *t = r->t;
    uint64_t end = t->n_bases + n;

    if (end > MAX_BASES || t->n >= MAX_TARGETS || n > MAX_TARGET_LENGTH)
        return til_fail(
            ctx, TIL_EINPUT,
            "too much sequence for one index: %llu bases in %zu sequences, the limits are %llu and "
            "%llu",
            (unsigned long long)end, t->n + 1, MAX_BASES, MAX_TARGETS);
    size_t had = t->n_words_capacity;
    TIL_TRY(til_grow(ctx, &t->bases, &t->n_words_capacity, end / 32 + 8, sizeof(uint64_t)));
    memset(t->bases + had, 0, (t->n_words_capacity - had) * sizeof *t->bases);
    TIL_TRY(til_grow(ctx, &t->starts, &t->starts_capacity, t->n + 2, sizeof(uint32_t)));

    unsigned shift = 2 * (unsigned)(t->n_bases & 31);
    uint64_t *to = t->bases + (t->n_bases >> 5);
    for (size_t w = 0; w < n / 32 + 1; w++) {
        to[w] |= r->packed[w] << shift;
        if (shift != 0) to[w + 1] |= r->packed[w] >> (64 - shift);
    }
    t->starts[t->n++] = (uint32_t)t->n_bases;
    t->n_bases = end;
    t->starts[t->n] = (uint32_t)end;
done:
    return status;
}

static int same_as(const til_targets_t *t, size_t target, const uint64_t *packed, size_t n)
{
    uint64_t start = t->starts[target];

    if (t->starts[target + 1] - start != n) return 0;
    for (size_t i = 0; i < n; i += 32) {
        uint64_t mask = n - i >= 32 ? ~0ULL : til_kmer_mask((unsigned)(n - i));
        if ((til_bases_get32(t->bases, start + i) ^ packed[i >> 5]) & mask) return 0;
    }
    return 1;
}

/* Copies n bytes and a NUL to the end of a text area. */
static til_status_t put_text(til_ctx_t *ctx, char **area, size_t *size, size_t *capacity,
                             const char *text, size_t n)
{
    til_status_t status = til_grow(ctx, area, capacity, *size + n + 1, 1);
    if (status != TIL_OK) return status;
    memcpy(*area + *size, text, n);
    (*area)[*size + n] = 0;
    *size += n + 1;
    return TIL_OK;
}

/* The text after `key` in a header up to the next blank; length 0 without it. */
static const char *header_value(const char *header, const char *key, size_t *length)
{
    const char *at = header;
    size_t n = strlen(key);

    *length = 0;
    while ((at = strstr(at, key)) != NULL) {
        if (at > header && (at[-1] == ' ' || at[-1] == '\t')) {
            *length = strcspn(at + n, " \t;");
            return at + n;
        }
        at += n;
    }
    return header;
}

/* Field i (from 0) of a header divided by '|'. */
static const char *header_field(const char *header, int i, size_t *length)
{
    const char *at = header;
    while (i-- > 0) {
        at += strcspn(at, "|");
        if (*at == 0) break;
        at++;
    }
    *length = strcspn(at, "|");
    if (*length == 1 && *at == '-') *length = 0;
    return at;
}

static til_status_t put_header_gene(til_ctx_t *ctx, til_targets_t *t, const char *header)
{
    til_status_t status;
    const char *gene, *symbol;
    size_t n_gene, n_symbol = 0;

    if (strchr(header, '|') != NULL) {
        gene = header_field(header, 1, &n_gene);
        symbol = header_field(header, 5, &n_symbol);
    } else {
        gene = header_value(header, "gene:", &n_gene);
        if (n_gene == 0) gene = header_value(header, "gene_id=", &n_gene);
        if (n_gene == 0) gene = header_value(header, "gene=", &n_gene);
        symbol = header_value(header, "gene_symbol:", &n_symbol);
    }
    status = put_text(ctx, &t->header_genes, &t->genes_size, &t->genes_capacity, gene, n_gene);
    if (status != TIL_OK) return status;
    return put_text(ctx, &t->header_genes, &t->genes_size, &t->genes_capacity, symbol, n_symbol);
}

/* A name met before: an error unless the sequence is the same too. */
static til_status_t check_twin(til_ctx_t *ctx, reading_t *r, const char *path, size_t first,
                               const til_fasta_record_t *record)
{
    if (same_as(r->t, first, r->packed, record->length)) {
        r->stats->n_dropped_twins++;
        return TIL_OK;
    }
    return til_fail(
        ctx, TIL_EINPUT,
        "%s:%llu: transcript '%s' stands at line %llu too, with another sequence: names must be "
        "unique",
        path, (unsigned long long)record->line, til_names_get(r->seen, first),
        (unsigned long long)r->lines[first]);
}

static void count_oddities(reading_t *r, unsigned k, const til_fasta_record_t *record)
{
    size_t tail = 0;

    while (tail < record->length && (record->bases[record->length - 1 - tail] | 0x20) == 'a')
        tail++;
    r->stats->n_poly_a += tail >= MIN_TAIL && tail < record->length;
    r->stats->n_short += record->length < k;
}

static uint64_t digest_of(const uint64_t *packed, size_t n)
{
    uint64_t h = n;
    for (size_t i = 0; i < n / 32 + 1; i++) h = til_kmer_hash(h ^ packed[i]) + i;
    return h;
}

/* The record as salmon counts it towards the digests of a transcriptome. */
static void add_to_digests(reading_t *r, const til_fasta_record_t *record, size_t n_name)
{
    char upper[4096];

    for (size_t from = 0; from < record->length; from += sizeof upper) {
        size_t n = record->length - from < sizeof upper ? record->length - from : sizeof upper;
        for (size_t i = 0; i < n; i++) {
            char letter = record->bases[from + i];
            upper[i] = letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
        }
        til_sha256_add(r->sequences, upper, n);
    }
    til_sha256_add(r->names, record->header, n_name);
}

static til_status_t add_transcript(til_ctx_t *ctx, reading_t *r, const til_index_build_t *how,
                                   const til_fasta_record_t *record)
{
    til_status_t status = TIL_OK;
    til_targets_t *t = r->t;
    size_t n_name = strcspn(record->header, " \t|");
    uint64_t not_acgt = r->stats->n_not_acgt;
    int is_new;

    if (n_name == 0)
        return til_fail(ctx, TIL_EINPUT, "%s:%llu: a record without a name", how->transcripts,
                        (unsigned long long)record->line);
    ptrdiff_t id = til_names_add_n(r->seen, record->header, n_name, &is_new);
    if (id < 0) return til_no_memory(ctx, t->n, "transcript names");
    TIL_TRY(pack(ctx, r, record->bases, record->length));
    add_to_digests(r, record, n_name);
    if (!is_new) {
        r->stats->n_not_acgt = not_acgt;
        return check_twin(ctx, r, how->transcripts, (size_t)id, record);
    }
    TIL_TRY(til_grow(ctx, &r->lines, &r->lines_capacity, t->n + 1, sizeof(uint64_t)));
    TIL_TRY(til_grow(ctx, &r->digests, &r->digests_capacity, t->n + 1, sizeof(uint64_t)));
    TIL_TRY(til_grow(ctx, &t->name_at, &t->name_at_capacity, t->n + 1, sizeof(uint32_t)));
    r->lines[t->n] = record->line;
    r->digests[t->n] = digest_of(r->packed, record->length);
    t->name_at[t->n] = (uint32_t)t->names_size;
    TIL_TRY(put_text(ctx, &t->names, &t->names_size, &t->names_capacity, record->header, n_name));
    TIL_TRY(put_header_gene(ctx, t, record->header));
    count_oddities(r, how->k, record);
    TIL_TRY(append(ctx, r, record->length));
done:
    return status;
}

/* ---- decoys -------------------------------------------------------------------------------- */

/* The pieces of one decoy between its gaps. */
static til_status_t add_decoy(til_ctx_t *ctx, reading_t *r, unsigned k,
                              const til_fasta_record_t *record)
{
    til_status_t status = TIL_OK;
    size_t from = 0, gap = 0;
    uint64_t not_acgt = r->stats->n_not_acgt;

    for (size_t i = 0; i <= record->length; i++) {
        if (i < record->length) {
            gap = is_plain(record->bases[i]) ? 0 : gap + 1;
            if (gap < k) continue;
        }
        size_t end = i < record->length ? i + 1 - gap : record->length - gap;
        if (end > from && end - from >= k) {
            TIL_TRY(pack(ctx, r, record->bases + from, end - from));
            TIL_TRY(append(ctx, r, end - from));
        }
        while (i + 1 < record->length && !is_plain(record->bases[i + 1])) i++;
        from = i + 1;
        gap = 0;
    }
    r->stats->n_decoys++;
done:
    r->stats->n_not_acgt = not_acgt;
    return status;
}

/* The file is FASTA (true) or a list of names. */
static til_status_t is_fasta(til_ctx_t *ctx, const char *path, bool *answer)
{
    char text[256];
    til_bytes_t *bytes = NULL;
    size_t n = 0, i = 0;
    til_status_t status = TIL_OK;

    *answer = true;
    if (strcmp(path, "-") == 0) return TIL_OK;
    TIL_TRY(til_bytes_open(ctx, path, &bytes));
    TIL_TRY(til_bytes_read(ctx, bytes, text, sizeof text, &n));
    while (i < n && (isspace((unsigned char)text[i]) || (unsigned char)text[i] >= 0x80)) i++;
    *answer = i == n || text[i] == '>' || text[i] == ';';
done:
    til_bytes_close(bytes);
    return status;
}

/* Reads salmon's decoys.txt: the names of those records of the transcripts' file that are decoys. */
static til_status_t read_decoy_names(til_ctx_t *ctx, reading_t *r, const char *path)
{
    til_status_t status = TIL_OK;
    til_text_t text = { 0 };
    char *line;
    size_t length;

    r->decoys = til_names_new();
    if (r->decoys == NULL) return til_no_memory(ctx, 1, "names");
    TIL_TRY(til_text_read(ctx, path, &text));
    while (til_text_next(&text, &line, &length)) {
        size_t n = strcspn(line, " \t|");
        if (n > 0 && til_names_add_n(r->decoys, line, n, NULL) < 0)
            TIL_TRY(til_no_memory(ctx, text.line, "names of decoys"));
    }
    if (til_names_count(r->decoys) == 0)
        status = til_fail(ctx, TIL_EINPUT, "%s: neither FASTA nor names of decoys", path);
done:
    til_text_clear(&text);
    return status;
}

/* A record of the transcripts' file that the list calls a decoy. */
static til_status_t add_named_decoy(til_ctx_t *ctx, reading_t *r, const til_index_build_t *how,
                                    const til_fasta_record_t *record)
{
    if (r->n_named++ == 0) r->t->n_transcripts = r->t->n;
    return add_decoy(ctx, r, how->k, record);
}

static til_status_t check_named_decoys(til_ctx_t *ctx, const reading_t *r,
                                       const til_index_build_t *how)
{
    size_t n = r->decoys == NULL ? 0 : til_names_count(r->decoys);

    if (r->n_named == n) return TIL_OK;
    return til_fail(
        ctx, TIL_EINPUT,
        "%s: names %zu decoys (%s%s), of which %zu are in %s: a FASTA of the decoys, or "
        "transcripts and decoys in one file with this list, is wanted",
        how->decoys, n, til_names_get(r->decoys, 0), n > 1 ? ", ..." : "", r->n_named,
        how->transcripts);
}

/* ---- all ----------------------------------------------------------------------------------- */

static til_status_t read_transcripts(til_ctx_t *ctx, reading_t *r, const til_index_build_t *how)
{
    til_status_t status = TIL_OK;
    til_fasta_t *fasta = NULL;
    til_fasta_record_t record;
    int more;

    TIL_TRY(til_fasta_open(ctx, how->transcripts, &fasta));
    for (;;) {
        TIL_TRY(til_fasta_next(ctx, fasta, &record, &more));
        if (!more) break;
        if (r->decoys != NULL &&
            til_names_find_n(r->decoys, record.header, strcspn(record.header, " \t|")) >= 0) {
            TIL_TRY(add_named_decoy(ctx, r, how, &record));
            continue;
        }
        if (r->n_named > 0) {
            status = til_fail(ctx, TIL_EINPUT,
                              "%s:%llu: a transcript stands behind a decoy: all decoys of %s must "
                              "stand behind the transcripts",
                              how->transcripts, (unsigned long long)record.line, how->decoys);
            goto done;
        }
        TIL_TRY(add_transcript(ctx, r, how, &record));
        if (r->t->names_size > UINT32_MAX) {
            status = til_fail(ctx, TIL_EINPUT, "%s: transcript names take more than 4 GiB",
                              how->transcripts);
            goto done;
        }
    }
    if (r->n_named == 0) r->t->n_transcripts = r->t->n;
    if (r->t->n_transcripts == 0)
        status = til_fail(ctx, TIL_EINPUT, "%s: no %s in this file", how->transcripts,
                          r->n_named > 0 ? "transcript" : "sequence");
    else status = check_named_decoys(ctx, r, how);
done:
    til_fasta_close(fasta);
    return status;
}

static til_status_t read_decoys(til_ctx_t *ctx, reading_t *r, const til_index_build_t *how)
{
    til_status_t status = TIL_OK;
    til_fasta_t *fasta = NULL;
    til_fasta_record_t record;
    int more;

    TIL_TRY(til_fasta_open(ctx, how->decoys, &fasta));
    for (;;) {
        TIL_TRY(til_fasta_next(ctx, fasta, &record, &more));
        if (!more) break;
        TIL_TRY(add_decoy(ctx, r, how->k, &record));
    }
done:
    til_fasta_close(fasta);
    return status;
}

static int by_digest(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Transcripts whose sequence another transcript has too. */
static uint64_t count_same(uint64_t *digests, size_t n)
{
    uint64_t same = 0;

    qsort(digests, n, sizeof *digests, by_digest);
    for (size_t i = 0; i < n; i++)
        same += (i > 0 && digests[i] == digests[i - 1]) ||
                (i + 1 < n && digests[i] == digests[i + 1]);
    return same;
}

til_status_t til_targets_read(til_ctx_t *ctx, const til_index_build_t *how, til_targets_t *out,
                              til_index_stats_t *stats)
{
    til_status_t status = TIL_OK;
    reading_t r = { .t = out, .stats = stats, .seen = til_names_new() };
    bool decoys_are_fasta = true;

    *out = (til_targets_t){ 0 };
    r.sequences = til_sha256_begin();
    r.names = til_sha256_begin();
    if (r.seen == NULL || r.sequences == NULL || r.names == NULL) {
        status = til_no_memory(ctx, 1, "names");
        goto done;
    }
    if (how->decoys != NULL) TIL_TRY(is_fasta(ctx, how->decoys, &decoys_are_fasta));
    if (!decoys_are_fasta) TIL_TRY(read_decoy_names(ctx, &r, how->decoys));
    TIL_TRY(read_transcripts(ctx, &r, how));
    stats->n_same_sequence = count_same(r.digests, out->n_transcripts);
    if (how->decoys != NULL && decoys_are_fasta) TIL_TRY(read_decoys(ctx, &r, how));
done:
    if (r.sequences != NULL) til_sha256_end(r.sequences, out->sequence_digest);
    if (r.names != NULL) til_sha256_end(r.names, out->name_digest);
    til_names_free(r.seen);
    til_names_free(r.decoys);
    free(r.lines);
    free(r.digests);
    free(r.packed);
    if (status != TIL_OK) til_targets_clear(out);
    return status;
}

void til_targets_clear(til_targets_t *targets)
{
    if (targets == NULL) return;
    free(targets->bases);
    free(targets->starts);
    free(targets->names);
    free(targets->name_at);
    free(targets->header_genes);
    *targets = (til_targets_t){ 0 };
}
