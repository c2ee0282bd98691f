/* fasta.h -- nucleotide sequences, one record at a time. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_FASTA_H
#define TIL_IO_FASTA_H

#include <stddef.h>
#include <stdint.h>
#include <tilseq/context.h>

typedef struct til_fasta til_fasta_t;

/* One record; the texts borrow from the reader until the next call. */
typedef struct {
    const char *header; /* the line without '>', NUL-terminated            */
    size_t header_length;
    const char *bases; /* `length` letters in their case, blanks removed  */
    size_t length;     /* >= 1                                            */
    uint64_t line;     /* where the header stands                         */
} til_fasta_record_t;

/* Plain, gzip or BGZF by content; "-" is standard input. */
TIL_MUST_USE
til_status_t til_fasta_open(til_ctx_t *ctx, const char *path, til_fasta_t **out);
void til_fasta_close(til_fasta_t *fasta);

/* The next record; *more is 0 at the end. TIL_EINPUT with file:line:column for a letter that is
 * no IUPAC nucleotide code (a protein FASTA, most often), a record without a name or without
 * sequence, a file that does not begin with '>'. */
TIL_MUST_USE
til_status_t til_fasta_next(til_ctx_t *ctx, til_fasta_t *fasta, til_fasta_record_t *record,
                            int *more);

#endif
