/* fasta.c -- FASTA records from a byte stream.
 *
 * Lines end in LF, CRLF or CR. The letters allowed are the IUPAC codes ACGTU RYSWKM BDHV N in
 * either case, and X, which some maskers write for N.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "io/reads/bytestream.h"
#include "io/reads/fasta.h"

enum { CHUNK_BYTES = 1 << 18, MAX_HEADER = 1 << 20 };

struct til_fasta {
    til_bytes_t *bytes;
    char *chunk;
    size_t at, n;          /* next byte of the chunk, bytes in it     */
    uint64_t line;         /* of the next byte                        */
    bool at_end, after_cr; /* the byte before was a CR (an LF may follow) */
    bool header_ready;     /* `header` holds the next record's line   */
    uint64_t header_line;
    char *header, *bases;
    size_t header_length, header_capacity, n_bases, bases_capacity;
    bool is_base[256];
};

til_status_t til_fasta_open(til_ctx_t *ctx, const char *path, til_fasta_t **out)
{
    til_status_t status = TIL_OK;
    til_fasta_t *fasta = til_array_zero(1, sizeof *fasta);

    *out = NULL;
    if (fasta == NULL) return til_no_memory(ctx, 1, "FASTA reader");
    fasta->line = 1;
    for (const char *c = "ACGTURYSWKMBDHVNXacgturyswkmbdhvnx"; *c != 0; c++)
        fasta->is_base[(unsigned char)*c] = true;
    fasta->chunk = til_array(CHUNK_BYTES, 1);
    if (fasta->chunk == NULL) {
        status = til_no_memory(ctx, CHUNK_BYTES, "bytes");
        goto done;
    }
    TIL_TRY(til_bytes_open(ctx, path, &fasta->bytes));
done:
    if (status == TIL_OK) *out = fasta;
    else til_fasta_close(fasta);
    return status;
}

void til_fasta_close(til_fasta_t *fasta)
{
    if (fasta == NULL) return;
    til_bytes_close(fasta->bytes);
    free(fasta->chunk);
    free(fasta->header);
    free(fasta->bases);
    free(fasta);
}

/* Makes sure that a byte stands at `at`; at_end when there is none. Passes the LF of a CRLF. */
static til_status_t peek(til_ctx_t *ctx, til_fasta_t *f)
{
    for (;;) {
        if (f->at == f->n && !f->at_end) {
            til_status_t status = til_bytes_read(ctx, f->bytes, f->chunk, CHUNK_BYTES, &f->n);
            if (status != TIL_OK) return status;
            f->at = 0;
            if (f->n == 0) f->at_end = true;
        }
        if (f->at_end || !f->after_cr || f->chunk[f->at] != '\n') break;
        f->at++;
        f->after_cr = false;
    }
    f->after_cr = false;
    return TIL_OK;
}

/* The length of the text from `at` to the next line end in the chunk (or the chunk's end). */
static size_t piece_length(const til_fasta_t *f)
{
    const char *from = f->chunk + f->at, *lf = memchr(from, '\n', f->n - f->at);
    size_t length = lf == NULL ? f->n - f->at : (size_t)(lf - from);
    const char *cr = memchr(from, '\r', length);
    return cr == NULL ? length : (size_t)(cr - from);
}

/* Steps over the line end at `at`, if there is one. */
static bool pass_line_end(til_fasta_t *f)
{
    if (f->at == f->n || (f->chunk[f->at] != '\n' && f->chunk[f->at] != '\r')) return false;
    f->after_cr = f->chunk[f->at] == '\r';
    f->at++;
    f->line++;
    return true;
}

/* Reads the header line at `at` ('>' is there). */
static til_status_t read_header(til_ctx_t *ctx, til_fasta_t *f)
{
    til_status_t status = TIL_OK;

    f->header_line = f->line;
    f->header_length = 0;
    f->at++;
    for (;;) {
        TIL_TRY(peek(ctx, f));
        if (f->at_end) break;
        size_t n = piece_length(f);
        if (f->header_length + n > MAX_HEADER) {
            status = til_fail(ctx, TIL_EINPUT, "%s:%llu: a header longer than 1 MiB",
                              til_bytes_path(f->bytes), (unsigned long long)f->line);
            goto done;
        }
        TIL_TRY(til_grow(ctx, &f->header, &f->header_capacity, f->header_length + n + 1, 1));
        memcpy(f->header + f->header_length, f->chunk + f->at, n);
        f->header_length += n;
        f->at += n;
        if (pass_line_end(f)) break;
    }
    TIL_TRY(til_grow(ctx, &f->header, &f->header_capacity, f->header_length + 1, 1));
    f->header[f->header_length] = 0;
    if (memchr(f->header, 0, f->header_length) != NULL)
        status = til_fail(ctx, TIL_EINPUT, "%s:%llu: NUL byte in a header",
                          til_bytes_path(f->bytes), (unsigned long long)f->header_line);
    f->header_ready = status == TIL_OK;
done:
    return status;
}

/* A letter that is no nucleotide. */
static til_status_t bad_letter(til_ctx_t *ctx, const til_fasta_t *f, size_t column, char letter)
{
    const char *path = til_bytes_path(f->bytes);
    unsigned long long line = f->line;

    if (strchr("EFILPQZJO*efilpqzjo", letter) != NULL && letter != 0)
        return til_fail(ctx, TIL_EINPUT,
                        "%s:%llu:%zu: '%c' is not a nucleotide but an amino acid: transcripts as "
                        "DNA are wanted, not proteins",
                        path, line, column, letter);
    return til_fail(ctx, TIL_EINPUT,
                    "%s:%llu:%zu: byte 0x%02x is not a nucleotide (A C G T U or an IUPAC code)",
                    path, line, column, (unsigned char)letter);
}

/* Reads sequence lines up to the next header or the end. */
static til_status_t read_bases(til_ctx_t *ctx, til_fasta_t *f)
{
    til_status_t status = TIL_OK;
    size_t column = 1;

    f->n_bases = 0;
    for (;;) {
        TIL_TRY(peek(ctx, f));
        if (f->at_end || (column == 1 && f->chunk[f->at] == '>')) break;
        size_t n = piece_length(f);
        const char *from = f->chunk + f->at;
        TIL_TRY(til_grow(ctx, &f->bases, &f->bases_capacity, f->n_bases + n + 1, 1));
        char *to = f->bases + f->n_bases;
        for (size_t i = 0; i < n; i++) {
            if (f->is_base[(unsigned char)from[i]]) {
                *to++ = from[i];
            } else if (from[i] != ' ' && from[i] != '\t') {
                status = bad_letter(ctx, f, column + i, from[i]);
                goto done;
            }
        }
        f->n_bases = (size_t)(to - f->bases);
        f->at += n;
        column = pass_line_end(f) ? 1 : column + n;
    }
done:
    return status;
}

/* The first line that is not blank must be a header. */
static til_status_t find_first(til_ctx_t *ctx, til_fasta_t *f)
{
    til_status_t status = TIL_OK;
    static const char bom[] = "\xef\xbb\xbf";

    TIL_TRY(peek(ctx, f));
    if (f->n - f->at >= 3 && memcmp(f->chunk + f->at, bom, 3) == 0) f->at += 3;
    for (;;) {
        TIL_TRY(peek(ctx, f));
        if (f->at_end) return TIL_OK;
        if (!pass_line_end(f)) break;
    }
    if (f->chunk[f->at] == '>') return read_header(ctx, f);
    status = til_fail(ctx, TIL_EINPUT, "%s:%llu: not FASTA: '>' is wanted at the start of a line%s",
                      til_bytes_path(f->bytes), (unsigned long long)f->line,
                      f->chunk[f->at] == '@' ? "; this looks like FASTQ" : "");
done:
    return status;
}

til_status_t til_fasta_next(til_ctx_t *ctx, til_fasta_t *fasta, til_fasta_record_t *record,
                            int *more)
{
    til_status_t status = TIL_OK;
    bool first = fasta->line == 1 && fasta->at == 0 && fasta->n == 0 && !fasta->at_end;

    *more = 0;
    if (first) TIL_TRY(find_first(ctx, fasta));
    else if (!fasta->at_end) TIL_TRY(read_header(ctx, fasta));
    if (!fasta->header_ready) return TIL_OK;

    /* The next header would overwrite this one: it is read at the next call. */
    TIL_TRY(read_bases(ctx, fasta));
    if (fasta->n_bases == 0) {
        status = til_fail(ctx, TIL_EINPUT, "%s:%llu: '%.100s' has no sequence",
                          til_bytes_path(fasta->bytes), (unsigned long long)fasta->header_line,
                          fasta->header);
        goto done;
    }
    fasta->header_ready = false;
done:
    if (status != TIL_OK) return status;
    *record = (til_fasta_record_t){ fasta->header, fasta->header_length, fasta->bases,
                                    fasta->n_bases, fasta->header_line };
    *more = 1;
    return TIL_OK;
}
