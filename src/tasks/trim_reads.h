/* trim_reads.h -- FASTQ files in, trimmed FASTQ files out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_TRIM_READS_H
#define TIL_TASKS_TRIM_READS_H

#include <stdbool.h>
#include <stdint.h>
#include <tilseq/words.h>

#include "tasks/job.h"
#include "tasks/settings.h"

/* Whether tails of G are cut. */
typedef enum { TIL_POLY_G_AUTO, TIL_POLY_G_YES, TIL_POLY_G_NO, TIL_N_POLY_GS } til_poly_g_t;
extern const til_words_t til_poly_g_words;

/* Which reads begin with a UMI. */
typedef enum { TIL_UMI_NONE, TIL_UMI_READ1, TIL_UMI_READ2, TIL_UMI_BOTH, TIL_N_UMIS } til_umi_t;
extern const til_words_t til_umi_words;

typedef struct {
    const til_list_t *lanes[2]; /* files of mate 1 (or single reads) and of mate 2, or NULL */
    const til_list_t *adapters; /* none: those of the kits in use                           */
    til_poly_g_t poly_g;
    bool poly_a, no_adapters, no_overlap;
    unsigned quality, least_length;
    til_umi_t umi;
    uint32_t umi_length;
    const char *folder;
} til_trim_wish_t;

/* Writes every file of the lanes, trimmed, under its own name (with .gz) into the folder, and
 * trim.tsv. TIL_EUSAGE for an adapter that is no sequence or two files of one name, TIL_EINPUT for
 * wrong FASTQ and for a read shorter than its UMI. */
TIL_MUST_USE
til_status_t til_trim_reads(til_ctx_t *ctx, til_job_t *job, const til_trim_wish_t *wish);

#endif
