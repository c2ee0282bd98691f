/* count_tables.h -- the files `tilseq count` writes: own layout, featureCounts', htseq-count's. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_COUNT_TABLES_H
#define TIL_TASKS_COUNT_TABLES_H

#include <tilseq/count.h>

#include "tasks/job.h"

typedef enum { TIL_LAYOUT_OWN, TIL_LAYOUT_FEATURECOUNTS, TIL_LAYOUT_HTSEQ } til_count_layout_t;
extern const til_words_t til_count_layout_words;

typedef struct {
    const til_annot_t *annot;
    const uint64_t *gene_lengths; /* til_annot_gene_lengths; NULL where no table is written */
    const til_count_options_t *options;
    til_count_layout_t layout;
    const til_count_t *counts; /* n_samples */
    const char *const *names;  /* n_samples: heads of the columns */
    size_t n_samples;
    bool left_open; /* the strand of the sample is left to tilseq merge */
} til_count_table_t;

/* True when til_count_write needs the features of the annotation. */
bool til_count_lists_features(til_count_layout_t layout, const til_count_options_t *options);

TIL_MUST_USE
til_status_t til_count_write(til_ctx_t *ctx, til_job_t *job, const til_count_table_t *table,
                             til_out_t *out);

/* `Status SAMPLE...`, one row per fate; the rows add up to the alignments (or pairs). In the own
 * layout a row of texts follows: what til_strand_print makes of each sample. */
#define TIL_STRAND_ROW "Strand"
void til_count_write_summary(const til_count_table_t *table, til_out_t *out);

/* Writes FILE.SETTING and FILE.SETTING.summary for each setting of the strand but the one that FILE
 * itself has: rows as FILE has them, without ##tilseq lines.
 *
 *   table   of one sample, in the own layout; its counts still hold their ways
 *   file    the path of FILE */
TIL_MUST_USE
til_status_t til_count_write_ways(til_ctx_t *ctx, til_job_t *job, const til_count_table_t *table,
                                  const char *file);

/* The fates in the order of a summary's rows. The first *n_always stand in every summary, the
 * others where a sample has them: htseq modes always show htseq-count's five, and others where
 * options of ours make them. */
void til_count_summary_rows(bool htseq, til_fate_t rows[TIL_N_FATES], size_t *n_always);
const char *til_count_summary_name(bool htseq, til_fate_t fate);

#endif
