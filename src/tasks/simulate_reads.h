/* simulate_reads.h -- the reads of simulated biopsies, with the transcripts they come from. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_SIMULATE_READS_H
#define TIL_TASKS_SIMULATE_READS_H

#include <tilseq/sim.h>

#include "tasks/job.h"

typedef struct {
    const char *folder;
    bool fastq, bam;
    uint64_t seed;
    double fragments; /* a sample, on average     */
    size_t read_length;
} til_reads_wish_t;

/* Makes the counts those of the fragments, and names the files in the sheet (columns fastq_1,
 * fastq_2, strandedness, bam; paths are relative to it). Before the counts and the sheet are
 * written. */
TIL_MUST_USE
til_status_t til_prepare_reads(til_ctx_t *ctx, const til_reads_wish_t *wish, til_sim_t *sim);

/* Writes transcripts.fa, tx2gene.tsv, genes.gtf, truth.transcripts.tsv and the reads of every
 * sample. */
TIL_MUST_USE
til_status_t til_write_reads(til_ctx_t *ctx, til_job_t *job, const til_reads_wish_t *wish,
                             const til_sim_t *sim);

#endif
