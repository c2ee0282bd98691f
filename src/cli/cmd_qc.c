/* cmd_qc.c -- tilseq qc: reads, or alignments and an annotation, in; quality out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <tilseq/count.h>
#include <tilseq/qc.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "cli/commands.h"
#include "tasks/count_samples.h"
#include "tasks/job.h"
#include "tasks/quality_files.h"
#include "tasks/reads_files.h"
#include "io/reads/bytestream.h"
#include "io/text/gtf.h"

typedef struct {
    const char *annotation, *output, *reference, *sample_names;
    bool allow_no_eof, allow_cram;
    til_common_t common;
} qc_args_t;

static const qc_args_t defaults = { .output = "qc" };

static const til_opt_t options[] = {
    { 'a', "annotation", TIL_OPT_FILE, offsetof(qc_args_t, annotation), "GTF", 0, 0,
      "for alignments: genes and exons, GTF, GFF3 or SAF, plain or gzip" },
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(qc_args_t, output), "DIR", 0, 0,
      "folder for reads.tsv, reads.json, alignments.tsv, alignments.json and MultiQC's *_mqc.tsv" },
    { 0, "reference", TIL_OPT_FILE, offsetof(qc_args_t, reference), "FASTA", 0, 0,
      "genome a CRAM was written against; no base is needed: it is only looked at" },
    { 0, "allow-cram", TIL_OPT_FLAG, offsetof(qc_args_t, allow_cram), NULL, 0, 0,
      "read CRAM also by an htslib whose CRAM reader has known holes" },
    { 0, "allow-no-eof", TIL_OPT_FLAG, offsetof(qc_args_t, allow_no_eof), NULL, 0, 0,
      "a missing end mark of a BAM is a warning" },
    { 0, "sample-names", TIL_OPT_TEXT, offsetof(qc_args_t, sample_names), "A,B,...|FILE", 0, 0,
      "names of the files in the tables, or a file of them: one a line, or path and name" },
    TIL_COMMON_OPTIONS(qc_args_t)
};

/* Files of one kind and what they are called. */
typedef struct {
    const char **paths, **names;
    size_t n;
} files_t;

typedef struct {
    files_t alignments, reads;
    til_arena_t *arena;
    const char **names; /* of all operands */
} qc_files_t;

/* ---- which is which ------------------------------------------------------------------------ */

static bool ends_in(const char *path, const char *const *endings)
{
    size_t n = strlen(path);
    for (; *endings != NULL; endings++) {
        size_t k = strlen(*endings);
        if (n > k && strcmp(path + n - k, *endings) == 0) return true;
    }
    return false;
}

/* By name where the name says it; else a regular file is looked into. */
static til_status_t is_alignment(til_ctx_t *ctx, const char *path, bool *yes)
{
    static const char *const alignments[] = { ".bam", ".sam", ".sam.gz", ".cram", NULL };
    static const char *const reads[] = { ".fq", ".fastq", ".fq.gz", ".fastq.gz", NULL };
    static const char *const starts[] = { "BAM\1", "CRAM",  "@HD\t", "@SQ\t",
                                          "@RG\t", "@PG\t", "@CO\t" };
    char start[4];
    size_t got = 0;
    struct stat info;
    til_bytes_t *bytes = NULL;
    til_status_t status = TIL_OK;

    *yes = ends_in(path, alignments);
    if (*yes || ends_in(path, reads) || stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return TIL_OK;
    TIL_TRY(til_bytes_open(ctx, path, &bytes));
    TIL_TRY(til_bytes_read(ctx, bytes, start, sizeof start, &got));
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        *yes |= got == sizeof start && memcmp(start, starts[i], sizeof start) == 0;
done:
    til_bytes_close(bytes);
    return status;
}

static void clear_files(qc_files_t *f)
{
    free(f->alignments.paths);
    free(f->alignments.names);
    free(f->reads.paths);
    free(f->reads.names);
    free(f->names);
    til_arena_free(f->arena);
}

static til_status_t sort_files(til_ctx_t *ctx, const til_job_t *job, qc_files_t *f)
{
    til_status_t status = TIL_OK;
    const qc_args_t *args = job->args;
    size_t n = (size_t)job->n_operands;
    files_t *kinds[] = { &f->reads, &f->alignments };

    f->arena = til_arena_new();
    f->names = til_array_zero(n, sizeof *f->names);
    for (int k = 0; k < 2; k++) {
        kinds[k]->paths = til_array_zero(n, sizeof *kinds[k]->paths);
        kinds[k]->names = til_array_zero(n, sizeof *kinds[k]->names);
        if (kinds[k]->paths == NULL || kinds[k]->names == NULL)
            return til_no_memory(ctx, n, "files");
    }
    if (f->arena == NULL || f->names == NULL) return til_no_memory(ctx, n, "files");
    TIL_TRY(til_check_readable(ctx, job->operands, n));
    TIL_TRY(til_refuse_same_file(ctx, job->operands, n));
    TIL_TRY(til_sample_names(ctx, job->operands, n, args->sample_names, false, f->arena, f->names));
    for (size_t i = 0; i < n; i++) {
        bool yes;
        TIL_TRY(is_alignment(ctx, job->operands[i], &yes));
        kinds[yes]->paths[kinds[yes]->n] = job->operands[i];
        kinds[yes]->names[kinds[yes]->n++] = f->names[i];
    }
done:
    return status;
}

/* ---- reads --------------------------------------------------------------------------------- */

typedef struct {
    const files_t *files;
    til_reads_stats_t **stats;
} reads_state_t;

static til_status_t see_reads_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    til_status_t status = TIL_OK;
    reads_state_t *s = arg;

    (void)worker;
    for (size_t i = begin; i < end; i++)
        TIL_TRY(til_reads_stats_file(ctx, s->files->paths[i], &s->stats[i]));
done:
    return status;
}

/* One file on all threads, or several side by side. */
static til_status_t see_reads(til_ctx_t *ctx, til_job_t *job, const files_t *files)
{
    til_status_t status = TIL_OK;
    const qc_args_t *args = job->args;
    size_t n = files->n;
    reads_state_t s = { files, til_array_zero(n, sizeof *s.stats) };
    til_reads_summary_t *summaries = til_array_zero(n, sizeof *summaries);

    if (s.stats == NULL || summaries == NULL) TIL_TRY(til_no_memory(ctx, n, "files"));
    if (n == 1) TIL_TRY(see_reads_range(ctx, &s, 0, 0, 1));
    else TIL_TRY(til_parallel_for(ctx, n, 1, see_reads_range, &s));
    for (size_t i = 0; i < n; i++) {
        TIL_TRY(til_reads_stats_summary(ctx, s.stats[i], &summaries[i]));
        TIL_TRY(til_job_input(ctx, job, files->paths[i], NULL, (size_t)summaries[i].n_reads));
        til_say(ctx, TIL_LOG_STAGE, "%s: %llu reads of %llu to %llu bases, mean quality %.1f",
                files->names[i], (unsigned long long)summaries[i].n_reads,
                (unsigned long long)summaries[i].shortest, (unsigned long long)summaries[i].longest,
                summaries[i].mean_quality);
    }
    TIL_TRY(til_reads_write(ctx, job, args->output, files->names, summaries, n));
done:
    for (size_t i = 0; i < n; i++) {
        if (s.stats != NULL) til_reads_stats_free(s.stats[i]);
        if (summaries != NULL) til_reads_summary_clear(&summaries[i]);
    }
    free(s.stats);
    free(summaries);
    return status;
}

/* ---- alignments ---------------------------------------------------------------------------- */

static til_status_t tell_sample(til_ctx_t *ctx, void *arg, size_t i)
{
    const til_count_table_t *table = arg;
    const til_count_t *c = &table->counts[i];
    til_say(ctx, TIL_LOG_STAGE, "%s: %llu records, strand %s (%llu fragments sense, %llu not)",
            table->names[i], (unsigned long long)c->n_records, til_strand_verdict_word(c->verdict),
            (unsigned long long)c->sense, (unsigned long long)c->antisense);
    return TIL_OK;
}

static til_status_t see_alignments(til_ctx_t *ctx, til_job_t *job, const files_t *files)
{
    til_status_t status = TIL_OK;
    const qc_args_t *args = job->args;
    const til_gtf_options_t gtf = TIL_GTF_OPTIONS;
    til_count_options_t o = TIL_COUNT_DEFAULTS;
    til_annot_t annot = { 0 };
    til_overlap_t *index = NULL;
    til_count_t *counts = til_array_zero(files->n, sizeof *counts);

    o.reference = args->reference;
    o.allow_no_eof = args->allow_no_eof;
    o.allow_cram = args->allow_cram;
    o.with_quality = true;
    if (counts == NULL) TIL_TRY(til_no_memory(ctx, files->n, "samples"));
    TIL_TRY(til_job_annotation(ctx, job, args->annotation, &gtf, &annot));
    TIL_TRY(til_overlap_build(ctx, &annot, TIL_ROWS_GENES, &index));
    til_count_table_t table = { .annot = &annot,
                                .options = &o,
                                .counts = counts,
                                .names = files->names,
                                .n_samples = files->n };
    const til_count_inputs_t inputs = { &annot, index, &o, files->paths, files->n };
    TIL_TRY(til_count_samples(ctx, job, &inputs, tell_sample, &table, counts));
    TIL_TRY(til_quality_write(ctx, job, args->output, &table));
done:
    for (size_t i = 0; counts != NULL && i < files->n; i++) til_count_clear(&counts[i]);
    free(counts);
    til_overlap_free(index);
    til_annot_clear(&annot);
    return status;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    til_status_t status = TIL_OK;
    const qc_args_t *args = job->args;
    qc_files_t files = { 0 };

    TIL_TRY(sort_files(ctx, job, &files));
    if (files.alignments.n > 0 && args->annotation == NULL)
        TIL_TRY(til_fail(ctx, TIL_EUSAGE,
                         "-a/--annotation is missing: alignments are judged by the genes "
                         "they lie on"));
    if (files.alignments.n == 0 && args->annotation != NULL)
        TIL_TRY(
            til_fail(ctx, TIL_EUSAGE, "-a/--annotation: there are no alignments among the inputs"));
    TIL_TRY(til_job_folder(ctx, job, args->output));
    if (files.reads.n > 0) TIL_TRY(see_reads(ctx, job, &files.reads));
    if (files.alignments.n > 0) TIL_TRY(see_alignments(ctx, job, &files.alignments));
done:
    clear_files(&files);
    return status;
}

const til_command_t til_cmd_qc = {
    .name = "qc",
    .operands = "READS.fq.gz...|ALN.bam...",
    .summary = "Judge reads and alignments.",
    .details =
        "Of reads: quality, bases and adapters by position, GC, lengths, duplication, frequent "
        "sequences. Of alignments: where they lie, insert size, strand, gene body, duplication. A "
        "folder of tilseq qc is picked up by MultiQC.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(qc_args_t),
    .common_offset = offsetof(qc_args_t, common),
    .min_operands = 1,
    .max_operands = -1,
    .run = run
};
