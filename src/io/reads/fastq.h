/* fastq.h -- FASTQ reads in batches: single or paired, several lanes, strictly checked.
 *
 * Lanes are read one after the other; mate 2 of a lane is read beside mate 1. Names of mates
 * must agree (a trailing /1 /2, /F /R, _R1 _R2, :1 :2 and the like, and what follows the first
 * blank, aside). Wrong input is
 * TIL_EINPUT with file and line: a record that does not begin with '@', a missing '+', a
 * quality of another length than the sequence or with characters outside '!' to '~', a NUL byte, an end inside a record, mates of
 * different number or name, a line over 64 MiB, a truncated or damaged gzip member, a file without a read.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_FASTQ_H
#define TIL_IO_FASTQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tilseq/context.h>

/* One read. The three texts borrow from the batch and are not NUL-terminated. */
typedef struct {
    const char *name;    /* without '@', up to the first blank, without /1 or /2 */
    const char *bases;   /* as written: any case, any byte but NUL and line ends  */
    const char *quality; /* `length` characters, as the sequence                  */
    uint32_t name_length, length;
} til_fastq_read_t;

/* Consecutive records of one lane. Start with `til_fastq_batch_t b = {0}`, fill it again and
 * again, clear it at the end. */
typedef struct til_fastq_batch {
    size_t n;                   /* reads, or pairs                                       */
    til_fastq_read_t *reads[2]; /* n of mate 1; n of mate 2 when paired                  */
    size_t lane;                /* which lane they are from                              */
    uint64_t first;             /* number of the first record in its file, from 1        */
    struct {                    /* owned memory, one per mate                            */
        char *text;
        size_t capacity, n_reads_capacity;
    } own[2];
} til_fastq_batch_t;

typedef struct til_fastq til_fastq_t;

/* Opens lane 0 and checks that the others can be opened.
 *
 *   mates1, mates2   n_lanes paths each, "-" for standard input; mates2 NULL for single reads
 *
 * TIL_EUSAGE when two paths are one file, TIL_EIO, TIL_EINPUT as above. */
TIL_MUST_USE
til_status_t til_fastq_open(til_ctx_t *ctx, const char *const *mates1, const char *const *mates2,
                            size_t n_lanes, til_fastq_t **out);
void til_fastq_close(til_fastq_t *fastq);

/* Reads up to n_wanted records. At the end of the last lane *more is 0 and the batch is empty. */
TIL_MUST_USE
til_status_t til_fastq_next(til_ctx_t *ctx, til_fastq_t *fastq, size_t n_wanted,
                            til_fastq_batch_t *batch, int *more);
void til_fastq_batch_clear(til_fastq_batch_t *batch);

/* Records (pairs) handed out so far, over all lanes. */
uint64_t til_fastq_n_read(const til_fastq_t *fastq);

#endif
