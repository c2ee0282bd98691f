/* cmd_qc.c -- tilseq qc: alignments and an annotation in, quality out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <tilseq/count.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/commands.h"
#include "cli/count_samples.h"
#include "cli/job.h"
#include "cli/quality_files.h"
#include "io/gtf.h"

typedef struct {
    const char *annotation, *output, *reference, *sample_names;
    bool allow_no_eof;
    til_common_t common;
} qc_args_t;

static const qc_args_t defaults = { .output = "qc" };

static const til_opt_t options[] = {
    { 'a', "annotation", TIL_OPT_FILE, offsetof(qc_args_t, annotation), "GTF", 0, 0,
      "genes and exons: GTF or GFF3, plain or gzip" },
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(qc_args_t, output), "DIR", 0, 0,
      "folder for alignments.tsv, alignments.json and MultiQC's *_mqc.tsv" },
    { 0, "reference", TIL_OPT_FILE, offsetof(qc_args_t, reference), "FASTA", 0, 0,
      "genome a CRAM was written against" },
    { 0, "allow-no-eof", TIL_OPT_FLAG, offsetof(qc_args_t, allow_no_eof), NULL, 0, 0,
      "a missing end mark of a BAM is a warning" },
    { 0, "sample-names", TIL_OPT_TEXT, offsetof(qc_args_t, sample_names), "A,B,...", 0, 0,
      "names of the samples [file names without .bam, .sam, .cram]" },
    TIL_COMMON_OPTIONS(qc_args_t)
};

typedef struct {
    til_annot_t annot;
    til_overlap_t *index;
    til_arena_t *arena;
    const char **names;
    til_count_t *counts;
    size_t n;
} qc_state_t;

static til_status_t see_all(til_ctx_t *ctx, til_job_t *job, const til_count_options_t *o,
                            qc_state_t *s)
{
    til_status_t status = TIL_OK;
    for (size_t i = 0; i < s->n; i++) {
        til_count_t *c = &s->counts[i];
        TIL_TRY(til_count_file(ctx, &s->annot, s->index, o, job->operands[i], c));
        TIL_TRY(til_job_input(ctx, job, job->operands[i], NULL, (size_t)c->n_records));
        til_say(ctx, TIL_LOG_STAGE, "%s: %llu records, strand %s (%llu fragments sense, %llu not)",
                s->names[i], (unsigned long long)c->n_records, til_verdict_word(c->verdict),
                (unsigned long long)c->sense, (unsigned long long)c->antisense);
    }
done:
    return status;
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    til_status_t status = TIL_OK;
    const qc_args_t *args = job->args;
    til_gtf_options_t gtf = TIL_GTF_OPTIONS;
    til_count_options_t o = TIL_COUNT_DEFAULTS;
    qc_state_t s = { .n = (size_t)job->n_operands };
    til_count_table_t table;

    if (args->annotation == NULL)
        return til_fail(ctx, TIL_EUSAGE, "-a/--annotation is missing: alignments are judged by the "
                        "genes they lie on");
    o.reference = args->reference;
    o.allow_no_eof = args->allow_no_eof;
    o.with_quality = true;
    s.arena = til_arena_new();
    s.names = til_array_zero(s.n, sizeof *s.names);
    s.counts = til_array_zero(s.n, sizeof *s.counts);
    if (s.arena == NULL || s.names == NULL || s.counts == NULL) {
        status = til_no_memory(ctx, s.n, "samples");
        goto done;
    }
    TIL_TRY(til_refuse_same_file(ctx, job->operands, s.n));
    TIL_TRY(til_sample_names(ctx, job->operands, s.n, args->sample_names, false, s.arena, s.names));
    TIL_TRY(til_job_folder(ctx, job, args->output));
    TIL_TRY(til_gtf_read(ctx, args->annotation, &gtf, &s.annot));
    TIL_TRY(til_job_input(ctx, job, args->annotation, NULL, s.annot.n_exons));
    TIL_TRY(til_overlap_build(ctx, &s.annot, false, &s.index));
    TIL_TRY(see_all(ctx, job, &o, &s));
    table = (til_count_table_t){ .annot = &s.annot, .options = &o, .counts = s.counts,
                                 .names = s.names, .n_samples = s.n };
    TIL_TRY(til_quality_write(ctx, job, args->output, &table));
done:
    for (size_t i = 0; s.counts != NULL && i < s.n; i++) til_count_clear(&s.counts[i]);
    free(s.counts);
    free(s.names);
    til_arena_free(s.arena);
    til_overlap_free(s.index);
    til_annot_clear(&s.annot);
    return status;
}

const til_command_t til_cmd_qc = {
    .name = "qc",
    .operands = "ALN.bam...",
    .summary = "Judge alignments: where they lie, insert size, strand, gene body, duplication.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(qc_args_t),
    .common_offset = offsetof(qc_args_t, common),
    .min_operands = 1,
    .max_operands = -1,
    .run = run
};
