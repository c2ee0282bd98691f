/* run_reads.c -- from a sheet of reads to the steps that count them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file_name.h"
#include "base/names.h"
#include "base/try.h"
#include "cli/run_reads.h"

static const char *const file_columns[] = { "bam",          "fastq_1",           "fastq_2",
                                            "strandedness", "seq_platform",      "seq_center",
                                            "genome_bam",   "transcriptome_bam", "percent_mapped" };

bool til_sheet_has_reads(const til_sheet_t *sheet)
{
    return til_sheet_column(sheet, "bam") >= 0 || til_sheet_column(sheet, "fastq_1") >= 0;
}

static bool is_file_column(const char *name)
{
    for (size_t i = 0; i < sizeof file_columns / sizeof *file_columns; i++)
        if (strcmp(name, file_columns[i]) == 0) return true;
    return false;
}

static til_status_t check_lane(til_ctx_t *ctx, const til_sheet_t *rows, size_t first, size_t lane)
{
    for (size_t c = 0; c < rows->n_columns; c++) {
        const char *a = til_sheet_cell(rows, first, c), *b = til_sheet_cell(rows, lane, c);
        if ((!is_file_column(rows->columns[c]) || strcmp(rows->columns[c], "strandedness") == 0) &&
            strcmp(a, b) != 0)
            return til_fail(ctx, TIL_EINPUT,
                            "%s:%zu: %s '%s' of sample %s is '%s' at line %zu: lanes of one sample "
                            "must agree",
                            rows->origin, rows->lines[lane], rows->columns[c], b,
                            rows->samples[lane], a, rows->lines[first]);
    }
    return TIL_OK;
}

/* Lanes of one sample are all paired or all single. */
static til_status_t check_mates(til_ctx_t *ctx, const til_sheet_t *rows, size_t first, size_t lane)
{
    ptrdiff_t c = til_sheet_column(rows, "fastq_2");

    if (c < 0) return TIL_OK;
    bool a = til_sheet_cell(rows, first, (size_t)c)[0] != '\0',
         b = til_sheet_cell(rows, lane, (size_t)c)[0] != '\0';
    if (a == b) return TIL_OK;
    return til_fail(ctx, TIL_EINPUT,
                    "%s:%zu: sample %s has %s fastq_2 here and %s at line %zu: lanes of one sample "
                    "are all paired or all single",
                    rows->origin, rows->lines[lane], rows->samples[lane], b ? "a" : "no",
                    a ? "one" : "none", rows->lines[first]);
}

til_status_t til_merge_lanes(til_ctx_t *ctx, const til_sheet_t *rows, til_sheet_t *out)
{
    til_names_t *names = til_names_new();
    size_t *first = til_array(rows->n_samples, sizeof *first), n = 0;
    til_status_t status = TIL_OK;

    *out = (til_sheet_t){ 0 };
    if (names == NULL || first == NULL) {
        status = til_no_memory(ctx, rows->n_samples, "samples");
        goto done;
    }
    for (size_t s = 0; s < rows->n_samples; s++) {
        int is_new;
        ptrdiff_t id = til_names_add(names, rows->samples[s], &is_new);
        if (id < 0) {
            status = til_no_memory(ctx, rows->n_samples, "samples");
            goto done;
        }
        if (is_new) first[n++] = s;
        else {
            TIL_TRY(check_lane(ctx, rows, first[id], s));
            TIL_TRY(check_mates(ctx, rows, first[id], s));
        }
    }
    if (n < rows->n_samples)
        til_say(ctx, TIL_LOG_NOTICE, "%s: %zu rows are lanes of %zu samples", rows->origin,
                rows->n_samples, n);
    TIL_TRY(til_sheet_select(ctx, rows, first, n, out));
done:
    free(first);
    til_names_free(names);
    return status;
}

/* ---- planning ---------------------------------------------------------------------------- */

typedef struct {
    til_ctx_t *ctx;
    const til_run_reads_t *reads;
    til_steps_t *steps;
    til_sheet_t samples;
    til_strbuf_t text;
    til_file_names_t *files; /* of samples */
    til_names_t *read;       /* "device:inode" of each file; ids are places in `read_row` */
    size_t *read_row, read_capacity;
} planner_t;

static const char *in_folder(planner_t *p, const char *folder, const char *name)
{
    til_strbuf_reset(&p->text);
    til_strbuf_printf(&p->text, "%s/%s/%s", p->reads->folder, folder, name);
    return til_strbuf_text(&p->text);
}

/* TIL_EINPUT when the sheet names a file twice, by whatever name. */
static til_status_t refuse_twice(planner_t *p, size_t row, const char *column, const char *path)
{
    const til_sheet_t *rows = p->reads->rows;
    struct stat info;
    char key[64];
    int is_new;

    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) return TIL_OK;
    snprintf(key, sizeof key, "%llu:%llu", (unsigned long long)info.st_dev,
             (unsigned long long)info.st_ino);
    ptrdiff_t id = til_names_add(p->read, key, &is_new);
    if (id < 0) return til_no_memory(p->ctx, rows->n_samples, "files");
    if (is_new) {
        til_status_t status = til_grow(p->ctx, &p->read_row, &p->read_capacity, (size_t)id + 1,
                                       sizeof *p->read_row);
        if (status == TIL_OK) p->read_row[id] = row;
        return status;
    }
    return til_fail(
        p->ctx, TIL_EINPUT,
        "%s:%zu: %s '%s' of sample %s is a file that sample %s has at line %zu: each file "
        "is read once",
        rows->origin, rows->lines[row], column, path, rows->samples[row],
        rows->samples[p->read_row[id]], rows->lines[p->read_row[id]]);
}

/* A file the sheet names: as written, or beside the sheet when it is not found so. */
static til_status_t add_file(planner_t *p, size_t row, const char *column, const char *path)
{
    const til_sheet_t *rows = p->reads->rows;
    const char *slash = strrchr(rows->origin, '/'), *found = path;

    if (access(path, F_OK) != 0 && path[0] != '/' && slash != NULL) {
        til_strbuf_reset(&p->text);
        til_strbuf_printf(&p->text, "%.*s/%s", (int)(slash - rows->origin), rows->origin, path);
        found = til_strbuf_text(&p->text);
    }
    if (access(found, R_OK) != 0)
        return til_fail(p->ctx, TIL_EIO, "%s:%zu: %s '%s' of sample %s: %s%s%s%s", rows->origin,
                        rows->lines[row], column, path, rows->samples[row], strerror(errno),
                        found == path ? "" : ", nor is it at ", found == path ? "" : found,
                        strchr(path, '\\') != NULL ? ": a path of Windows? / is wanted" : "");
    til_status_t status = refuse_twice(p, row, column, found);
    if (status != TIL_OK) return status;
    til_step_word(p->ctx, p->steps, found);
    til_step_input(p->ctx, p->steps, found);
    return p->steps->status;
}

/* DIR/<folder>/<name of a sample><end>; what had to be renamed is noted. */
static const char *sample_place(planner_t *p, const char *folder, const char *sample,
                                const char *end)
{
    const char *file = til_file_name(p->files, sample);

    if (file == NULL) {
        if (p->steps->status == TIL_OK) p->steps->status = til_no_memory(p->ctx, 1, "names");
        return "";
    }
    til_strbuf_reset(&p->text);
    til_strbuf_printf(&p->text, "%s/%s/%s%s", p->reads->folder, folder, file, end);
    return til_strbuf_text(&p->text);
}

/* The cell of a sample, "" when there is no such column. */
static const char *cell(const til_sheet_t *sheet, size_t s, const char *column)
{
    ptrdiff_t c = til_sheet_column(sheet, column);
    return c < 0 ? "" : til_sheet_cell(sheet, s, (size_t)c);
}

static char *copy_text(planner_t *p, const char *text)
{
    char *copy = strdup(text);
    if (copy == NULL && p->steps->status == TIL_OK)
        p->steps->status = til_no_memory(p->ctx, 1, "paths");
    return copy;
}

static til_status_t empty_cell(planner_t *p, size_t row, const char *column)
{
    const til_sheet_t *rows = p->reads->rows;
    return til_fail(p->ctx, TIL_EINPUT, "%s:%zu: sample %s has no %s", rows->origin,
                    rows->lines[row], rows->samples[row], column);
}

/* Samples whose names are no names of files, in the order of the sheet. */
static til_status_t note_renamed(planner_t *p, const char *folder, const char *end)
{
    for (size_t s = 0; s < p->samples.n_samples; s++) {
        const char *sample = p->samples.samples[s], *file = til_file_name(p->files, sample);
        if (file == NULL) return til_no_memory(p->ctx, 1, "names");
        if (strcmp(file, sample) == 0) continue;
        til_say(p->ctx, TIL_LOG_NOTICE,
                "%s:%zu: sample '%s' is no file name: it is kept as %s/%s%s", p->samples.origin,
                p->samples.lines[s], sample, folder, file, end);
        til_strbuf_printf(p->reads->renamed, "%s\t%s/%s%s\n", sample, folder, file, end);
    }
    return p->reads->renamed->failed ? til_no_memory(p->ctx, 1, "names") : TIL_OK;
}

static til_status_t plan_count_of(planner_t *p, size_t s)
{
    const til_sheet_t *rows = p->reads->rows;
    const char *strand = cell(rows, s, "strandedness"), *bam = cell(rows, s, "bam");
    til_status_t status;

    if (bam[0] == '\0') return empty_cell(p, s, "bam");
    til_step_begin(p->ctx, p->steps, "count");
    til_step_of_sample(p->ctx, p->steps, rows->samples[s], rows->lines[s]);
    til_step_option(p->ctx, p->steps, "-a", p->reads->annotation);
    til_step_input(p->ctx, p->steps, p->reads->annotation);
    if (strand[0] != '\0' && strcmp(strand, "auto") != 0)
        til_step_option(p->ctx, p->steps, "--strand", strand);
    else if (rows->n_samples > 1 && !til_run_part_has(p->reads->parts, TIL_PART_COUNT, "strand"))
        til_step_word(p->ctx, p->steps, "--each-strand"); /* the merge settles it over all */
    til_run_part_words(p->ctx, p->steps, p->reads->parts, TIL_PART_COUNT);
    til_step_option(p->ctx, p->steps, "--sample-names", rows->samples[s]);
    til_step_option(p->ctx, p->steps, "--qc", sample_place(p, "qc", rows->samples[s], ""));
    til_step_option(p->ctx, p->steps, "-o",
                    sample_place(p, "count", rows->samples[s], ".counts.tsv"));
    til_step_output(p->ctx, p->steps, til_strbuf_text(&p->text));
    TIL_TRY(add_file(p, s, "bam", bam));
done:
    return status;
}

/* A count step for each sample, then their tables as one. */
static til_status_t plan_count(planner_t *p, til_read_matrices_t *made)
{
    const til_sheet_t *rows = p->reads->rows;
    til_status_t status;

    if (p->reads->annotation == NULL)
        return til_fail(p->ctx, TIL_EUSAGE, "%s has a column bam: -a GTF is missing", rows->origin);
    if (p->samples.n_samples != rows->n_samples)
        return til_fail(p->ctx, TIL_EINPUT,
                        "%s: a sample has several BAM files: merge them first (samtools merge)",
                        rows->origin);
    if (!til_file_names_take(p->files, "all")) return til_no_memory(p->ctx, 1, "names");
    TIL_TRY(note_renamed(p, "count", ".counts.tsv"));
    for (size_t s = 0; s < rows->n_samples; s++) TIL_TRY(plan_count_of(p, s));
    if (rows->n_samples == 1) {
        made->counts = copy_text(p, sample_place(p, "count", rows->samples[0], ".counts.tsv"));
        made->has_lengths = true;
        return p->steps->status;
    }
    til_step_begin(p->ctx, p->steps, "merge");
    til_step_option(p->ctx, p->steps, "-o", in_folder(p, "count", "all"));
    for (size_t s = 0; s < rows->n_samples; s++) {
        til_step_word(p->ctx, p->steps, sample_place(p, "count", rows->samples[s], ".counts.tsv"));
        til_step_input(p->ctx, p->steps, til_strbuf_text(&p->text));
    }
    made->has_lengths = true;
    made->counts = copy_text(p, in_folder(p, "count", "all.counts.tsv"));
    til_step_output(p->ctx, p->steps, til_strbuf_text(&p->text));
    status = p->steps->status;
done:
    return status;
}

/* Where transcripts learn their genes, for index, quant and merge alike. */
static void gene_words(planner_t *p)
{
    if (p->reads->tx2gene != NULL) {
        til_step_option(p->ctx, p->steps, "-g", p->reads->tx2gene);
        til_step_input(p->ctx, p->steps, p->reads->tx2gene);
    } else if (p->reads->annotation != NULL) {
        til_step_option(p->ctx, p->steps, "-a", p->reads->annotation);
        til_step_input(p->ctx, p->steps, p->reads->annotation);
    }
}

static til_status_t plan_index(planner_t *p, char **index)
{
    if (p->reads->index != NULL) {
        *index = copy_text(p, p->reads->index);
        return p->steps->status;
    }
    if (p->reads->transcripts == NULL)
        return til_fail(p->ctx, TIL_EUSAGE,
                        "%s has a column fastq_1: -i INDEX or -t TRANSCRIPTS is missing",
                        p->reads->rows->origin);
    til_step_begin(p->ctx, p->steps, "index");
    til_step_option(p->ctx, p->steps, "-t", p->reads->transcripts);
    til_step_input(p->ctx, p->steps, p->reads->transcripts);
    gene_words(p);
    til_step_option(p->ctx, p->steps, "-o", in_folder(p, "quant", "transcripts.tilseq"));
    til_step_output(p->ctx, p->steps, til_strbuf_text(&p->text));
    if (p->steps->status == TIL_OK) p->steps->steps[p->steps->n - 1].is_lasting = true;
    *index = copy_text(p, til_strbuf_text(&p->text));
    return p->steps->status;
}

/* nf-core's words for the strand of a library, in salmon's for quant. */
static til_status_t library_type(planner_t *p, size_t row, bool paired, const char **type)
{
    static const struct {
        const char *word, *paired, *single;
    } rows[] = { { "", "auto", "auto" },
                 { "auto", "auto", "auto" },
                 { "unstranded", "IU", "U" },
                 { "forward", "ISF", "SF" },
                 { "reverse", "ISR", "SR" } };
    const char *word = cell(p->reads->rows, row, "strandedness");

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].word, word) == 0) {
            *type = paired ? rows[i].paired : rows[i].single;
            return TIL_OK;
        }
    return til_fail(p->ctx, TIL_EINPUT,
                    "%s:%zu: strandedness '%s' of sample %s is not forward, reverse, unstranded or "
                    "auto",
                    p->reads->rows->origin, p->reads->rows->lines[row], word,
                    p->reads->rows->samples[row]);
}

/* The files of one mate of a sample, lane after lane. */
static til_status_t add_lanes(planner_t *p, const char *sample, const char *option,
                              const char *column, bool needed)
{
    const til_sheet_t *rows = p->reads->rows;
    bool begun = false;

    for (size_t s = 0; s < rows->n_samples; s++) {
        const char *path;
        if (strcmp(rows->samples[s], sample) != 0) continue;
        path = cell(rows, s, column);
        if (path[0] == '\0' && needed) return empty_cell(p, s, column);
        if (path[0] == '\0') continue;
        if (!begun) til_step_word(p->ctx, p->steps, option);
        begun = true;
        til_status_t status = add_file(p, s, column, path);
        if (status != TIL_OK) return status;
    }
    return p->steps->status;
}

static til_status_t plan_sample(planner_t *p, size_t s, const char *index)
{
    const til_sheet_t *samples = &p->samples;
    bool paired = cell(samples, s, "fastq_2")[0] != '\0';
    const char *type = NULL;
    til_strbuf_t folder = { 0 };
    til_status_t status;

    TIL_TRY(library_type(p, s, paired, &type));
    til_step_begin(p->ctx, p->steps, "quant");
    til_step_of_sample(p->ctx, p->steps, samples->samples[s], samples->lines[s]);
    til_step_option(p->ctx, p->steps, "-i", index);
    til_step_input(p->ctx, p->steps, index);
    TIL_TRY(add_lanes(p, samples->samples[s], paired ? "-1" : "-r", "fastq_1", true));
    if (paired) TIL_TRY(add_lanes(p, samples->samples[s], "-2", "fastq_2", true));
    if (strcmp(type, "auto") != 0) til_step_option(p->ctx, p->steps, "--library", type);
    til_run_part_words(p->ctx, p->steps, p->reads->parts, TIL_PART_QUANT);
    til_strbuf_add(&folder, sample_place(p, "qc", samples->samples[s], ""));
    til_step_option(p->ctx, p->steps, "--qc", til_strbuf_text(&folder));
    til_strbuf_reset(&folder);
    til_strbuf_add(&folder, sample_place(p, "quant", samples->samples[s], ""));
    til_step_option(p->ctx, p->steps, "-o", til_strbuf_text(&folder));
    til_strbuf_add(&folder, "/quant.sf");
    til_step_output(p->ctx, p->steps, til_strbuf_text(&folder));
    if (folder.failed) status = til_no_memory(p->ctx, 1, "paths");
done:
    til_strbuf_clear(&folder);
    return status;
}

static til_status_t plan_merge(planner_t *p, til_read_matrices_t *made)
{
    til_strbuf_t names = { 0 };

    til_step_begin(p->ctx, p->steps, "merge");
    til_step_option(p->ctx, p->steps, "-o", in_folder(p, "quant", "all"));
    gene_words(p);
    for (size_t s = 0; s < p->samples.n_samples; s++) {
        til_strbuf_printf(&names, "%s%s", s == 0 ? "" : ",", p->samples.samples[s]);
        til_step_word(p->ctx, p->steps, sample_place(p, "quant", p->samples.samples[s], ""));
        til_strbuf_add(&p->text, "/quant.sf");
        til_step_input(p->ctx, p->steps, til_strbuf_text(&p->text));
    }
    til_step_option(p->ctx, p->steps, "--sample-names", til_strbuf_text(&names));
    const struct {
        const char *name;
        char **path;
    } files[] = { { "all.gene_counts.tsv", &made->counts },
                  { "all.gene_lengths.tsv", &made->lengths },
                  { "all.gene_counts_length_scaled.tsv", &made->scaled },
                  { "all.gene_tpm.tsv", &made->tpm } };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        *files[i].path = copy_text(p, in_folder(p, "quant", files[i].name));
        til_step_output(p->ctx, p->steps, til_strbuf_text(&p->text));
    }
    if (names.failed && p->steps->status == TIL_OK)
        p->steps->status = til_no_memory(p->ctx, 1, "names");
    til_strbuf_clear(&names);
    return p->steps->status;
}

til_status_t til_plan_reads(til_ctx_t *ctx, const til_run_reads_t *reads, til_steps_t *steps,
                            til_read_matrices_t *made)
{
    planner_t p = { .ctx = ctx, .reads = reads, .steps = steps };
    char *index = NULL;
    til_status_t status;

    *made = (til_read_matrices_t){ 0 };
    TIL_TRY(til_merge_lanes(ctx, reads->rows, &p.samples));
    p.files = til_file_names_new();
    p.read = til_names_new();
    if (p.files == NULL || p.read == NULL) TIL_TRY(til_no_memory(ctx, 1, "names"));
    /* a sheet with both: BAM, unless an index or transcripts are given for the FASTQ */
    bool fastq = til_sheet_column(reads->rows, "fastq_1") >= 0 &&
                 (reads->index != NULL || reads->transcripts != NULL);
    if (til_sheet_column(reads->rows, "bam") >= 0 && !fastq) {
        TIL_TRY(plan_count(&p, made));
        goto done;
    }
    if (reads->tx2gene == NULL && reads->annotation == NULL) {
        status = til_fail(
            ctx, TIL_EUSAGE,
            "%s has a column fastq_1: -a GTF or --tx2gene TSV is missing, to know the "
            "genes of the transcripts",
            reads->rows->origin);
        goto done;
    }
    static const char *const own[] = { "transcripts.tilseq", "all.gene_counts.tsv",
                                       "all.gene_lengths.tsv", "all.gene_tpm.tsv" };
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (!til_file_names_take(p.files, own[i])) TIL_TRY(til_no_memory(ctx, 1, "names"));
    TIL_TRY(note_renamed(&p, "quant", ""));
    TIL_TRY(plan_index(&p, &index));
    for (size_t s = 0; s < p.samples.n_samples; s++) TIL_TRY(plan_sample(&p, s, index));
    TIL_TRY(plan_merge(&p, made));
done:
    free(index);
    til_file_names_free(p.files);
    til_names_free(p.read);
    free(p.read_row);
    til_strbuf_clear(&p.text);
    til_sheet_clear(&p.samples);
    return status;
}
