/* simulate_reads.c -- the reads of simulated biopsies: FASTQ, BAM, transcripts, annotation, truth.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "tasks/simulate_reads.h"
#include "io/text/matrix_tsv.h"
#include "io/reads/reads_out.h"

static const char contig[] = "chr1";
enum { MOST_BLOCKS = 8 };

/* ---- sheet and counts ---------------------------------------------------------------------- */

/* A text column whose cell is <sample><ending> (the ending alone when `with_name` is false). */
static til_status_t add_column(til_ctx_t *ctx, til_sim_t *sim, const char *name, bool with_name,
                               const char *ending)
{
    size_t column;
    til_status_t status = til_table_add_text(ctx, &sim->samples, name, "", &column);

    for (size_t s = 0; status == TIL_OK && s < sim->samples.n_rows; s++) {
        til_strbuf_t cell = { 0 };
        til_strbuf_printf(&cell, "%s%s", with_name ? sim->samples.columns[0].text[s] : "", ending);
        status = cell.failed ? til_no_memory(ctx, 1, "cells")
                             : til_table_set_text(ctx, &sim->samples, column, s, cell.text);
        til_strbuf_clear(&cell);
    }
    return status;
}

til_status_t til_prepare_reads(til_ctx_t *ctx, const til_reads_wish_t *wish, til_sim_t *sim)
{
    til_status_t status = TIL_OK;

    til_sim_thin(wish->seed, wish->fragments, &sim->counts);
    if (wish->fastq) {
        TIL_TRY(add_column(ctx, sim, "fastq_1", true, "_1.fq.gz"));
        TIL_TRY(add_column(ctx, sim, "fastq_2", true, "_2.fq.gz"));
    }
    TIL_TRY(add_column(ctx, sim, "strandedness", false, "reverse"));
    if (wish->bam) TIL_TRY(add_column(ctx, sim, "bam", true, ".bam"));
done:
    return status;
}

/* ---- files --------------------------------------------------------------------------------- */

typedef struct {
    til_ctx_t *ctx;
    til_job_t *job;
    const til_reads_wish_t *wish;
    const til_sim_t *sim;
    til_sim_genome_t genome;
    char **bases;       /* of each transcript                */
    til_matrix_t truth; /* fragments, transcripts x samples  */
} writer_t;

static til_status_t open_file(writer_t *w, const char *name, const char *ending, til_out_t **out)
{
    til_strbuf_t path = { 0 };
    til_strbuf_printf(&path, "%s/%s%s", w->wish->folder, name, ending);
    til_status_t status = path.failed ? til_no_memory(w->ctx, 1, "paths")
                                      : til_job_open(w->ctx, w->job, path.text, out);
    til_strbuf_clear(&path);
    return status;
}

/* Blocks on the genome as GTF lines. */
static void write_exons(til_out_t *out, const writer_t *w, size_t t)
{
    const til_sim_transcript_t *tx = &w->genome.transcripts[t];
    const til_matrix_t *counts = &w->sim->counts;
    const char *symbol = counts->gene_names == NULL ? NULL : counts->gene_names[tx->gene];

    for (size_t e = 0; e < tx->n_exons; e++)
        til_out_printf(out,
                       "%s\ttilseq\texon\t%zu\t%zu\t.\t%c\t.\tgene_id \"%s\"; transcript_id "
                       "\"%s\"; gene_name \"%s\"; gene_biotype \"protein_coding\";\n",
                       contig, tx->start[e] + 1, tx->end[e], w->genome.strand[tx->gene],
                       counts->row_names[tx->gene], tx->id,
                       symbol == NULL ? counts->row_names[tx->gene] : symbol);
}

static til_status_t write_annotation(writer_t *w)
{
    const til_matrix_t *counts = &w->sim->counts;
    til_out_t *fasta, *gtf, *genes;
    til_status_t status;

    TIL_TRY(open_file(w, "transcripts", ".fa", &fasta));
    TIL_TRY(open_file(w, "genes", ".gtf", &gtf));
    TIL_TRY(open_file(w, "tx2gene", ".tsv", &genes));
    til_out_text(genes, "transcript_id\tgene_id\tgene_name\n");
    for (size_t t = 0; t < w->genome.n_transcripts; t++) {
        const til_sim_transcript_t *tx = &w->genome.transcripts[t];
        const char *id = counts->row_names[tx->gene];
        til_out_printf(fasta, ">%s\n", tx->id);
        til_out_text(fasta, w->bases[t]);
        til_out_char(fasta, '\n');
        til_out_printf(genes, "%s\t%s\t%s\n", tx->id, id, til_matrix_label(counts, tx->gene));
        write_exons(gtf, w, t);
    }
    TIL_TRY(til_out_close(w->ctx, fasta));
    TIL_TRY(til_out_close(w->ctx, gtf));
    TIL_TRY(til_out_close(w->ctx, genes));
done:
    return status;
}

static til_status_t make_bases(writer_t *w)
{
    w->bases = til_array_zero(w->genome.n_transcripts, sizeof *w->bases);
    if (w->bases == NULL) return til_no_memory(w->ctx, w->genome.n_transcripts, "transcripts");
    for (size_t t = 0; t < w->genome.n_transcripts; t++) {
        w->bases[t] = til_array(w->genome.transcripts[t].length + 1, 1);
        if (w->bases[t] == NULL)
            return til_no_memory(w->ctx, w->genome.transcripts[t].length, "bases");
        til_sim_transcript_bases(&w->genome, t, w->bases[t]);
    }
    return TIL_OK;
}

/* Where the reads of one sample go; members are NULL for files not wished. */
typedef struct {
    til_out_t *file[3];
    til_bgzf_out_t *stream[3]; /* mate 1, mate 2, BAM */
} sinks_t;

static til_status_t open_sinks(writer_t *w, const char *sample, sinks_t *sinks)
{
    static const char *const endings[] = { "_1.fq.gz", "_2.fq.gz", ".bam" };

    *sinks = (sinks_t){ 0 };
    for (int i = 0; i < 3; i++) {
        til_status_t status;
        if (i < 2 ? !w->wish->fastq : !w->wish->bam) continue;
        status = open_file(w, sample, endings[i], &sinks->file[i]);
        if (status == TIL_OK) status = til_bgzf_out_new(w->ctx, sinks->file[i], &sinks->stream[i]);
        if (status != TIL_OK) return status;
    }
    return TIL_OK;
}

static til_status_t close_sinks(writer_t *w, sinks_t *sinks)
{
    for (int i = 0; i < 3; i++) {
        til_bgzf_out_t *stream = sinks->stream[i];
        til_status_t status;
        if (stream == NULL) continue;
        sinks->stream[i] = NULL;
        status = til_bgzf_out_finish(w->ctx, stream);
        if (status == TIL_OK) status = til_out_close(w->ctx, sinks->file[i]);
        if (status != TIL_OK) return status;
    }
    return TIL_OK;
}

/* The other strand of n bases, for reads that align in reverse. */
static void turn(const char *bases, char *turned)
{
    size_t n = strlen(bases);
    for (size_t i = 0; i < n; i++) {
        char b = bases[n - 1 - i];
        turned[i] = b == 'A' ? 'T' : b == 'C' ? 'G' : b == 'G' ? 'C' : 'A';
    }
    turned[n] = '\0';
}

/* Both mates as a proper pair. Mate 2 shows the transcript's strand and its beginning, mate 1 its
 * end. */
static void write_pair(writer_t *w, til_bgzf_out_t *bam, const char *name,
                       const til_sim_fragment_t *f, const char *mate1, const char *mate2)
{
    size_t n = strlen(mate1), start[2][MOST_BLOCKS], end[2][MOST_BLOCKS], n_blocks[2];
    bool plus = w->genome.strand[w->genome.transcripts[f->transcript].gene] == '+';
    char turned[1024];

    n_blocks[0] = til_sim_blocks(&w->genome, f->transcript, f->start + f->length - n, n, start[0],
                                 end[0]);
    n_blocks[1] = til_sim_blocks(&w->genome, f->transcript, f->start, n, start[1], end[1]);
    size_t lo = start[0][0] < start[1][0] ? start[0][0] : start[1][0];
    size_t last[2] = { end[0][n_blocks[0] - 1], end[1][n_blocks[1] - 1] };
    int64_t length = (int64_t)((last[0] > last[1] ? last[0] : last[1]) - lo);
    for (int m = 0; m < 2; m++) {
        bool reverse = (m == 0) == plus;
        til_alignment_out_t record = { .name = name,
                                       .bases = m == 0 ? mate1 : mate2,
                                       .n_blocks = n_blocks[m],
                                       .start = start[m],
                                       .end = end[m],
                                       .flag = 3u | (reverse ? 16u : 32u) | (m == 0 ? 64u : 128u),
                                       .mate_start = start[1 - m][0],
                                       .template_length = reverse ? -length : length };
        if (reverse) {
            turn(record.bases, turned);
            record.bases = turned;
        }
        til_bam_write(bam, &record);
    }
}

static til_status_t write_sample(writer_t *w, size_t s)
{
    const char *sample = w->sim->counts.col_names[s];
    til_sim_fragment_t *fragments = NULL;
    size_t n;
    sinks_t sinks = { 0 };
    til_status_t status;

    TIL_TRY(
        til_sim_fragments(w->ctx, w->wish->seed, &w->genome, &w->sim->counts, s, &fragments, &n));
    TIL_TRY(open_sinks(w, sample, &sinks));
    if (sinks.stream[2] != NULL) til_bam_write_header(sinks.stream[2], contig, w->genome.n_bases);
    for (size_t i = 0; i < n; i++) {
        const til_sim_fragment_t *f = &fragments[i];
        char name[300], mate1[1024], mate2[1024];
        snprintf(name, sizeof name, "%.200s.%zu", sample, i + 1);
        til_sim_mates(w->wish->seed, s, i, f, w->bases[f->transcript], w->wish->read_length, mate1,
                      mate2);
        til_matrix_row(&w->truth, f->transcript)[s]++;
        if (sinks.stream[0] != NULL) til_fastq_write(sinks.stream[0], name, 1, mate1);
        if (sinks.stream[1] != NULL) til_fastq_write(sinks.stream[1], name, 2, mate2);
        if (sinks.stream[2] != NULL) write_pair(w, sinks.stream[2], name, f, mate1, mate2);
    }
    TIL_TRY(close_sinks(w, &sinks));
done:
    for (int i = 0; i < 3; i++) til_bgzf_out_free(sinks.stream[i]);
    free(fragments);
    return status;
}

static til_status_t start_truth(writer_t *w)
{
    const til_matrix_t *counts = &w->sim->counts;
    til_status_t status;

    TIL_TRY(til_matrix_init(w->ctx, w->genome.n_transcripts, counts->n_cols, &w->truth));
    for (size_t t = 0; t < w->genome.n_transcripts; t++)
        TIL_TRY(til_matrix_set_row_name(w->ctx, &w->truth, t, w->genome.transcripts[t].id));
    for (size_t s = 0; s < counts->n_cols; s++)
        TIL_TRY(til_matrix_set_col_name(w->ctx, &w->truth, s, counts->col_names[s]));
done:
    return status;
}

static til_status_t write_truth(writer_t *w)
{
    til_out_t *out;
    til_status_t status = open_file(w, "truth.transcripts", ".tsv", &out);

    if (status != TIL_OK) return status;
    til_job_provenance(w->job, out);
    til_matrix_write(out, &w->truth, "transcript_id");
    return til_out_close(w->ctx, out);
}

til_status_t til_write_reads(til_ctx_t *ctx, til_job_t *job, const til_reads_wish_t *wish,
                             const til_sim_t *sim)
{
    writer_t w = { .ctx = ctx, .job = job, .wish = wish, .sim = sim };
    til_status_t status;

    TIL_TRY(til_sim_genome(ctx, wish->seed, sim->counts.n_rows, sim->counts.row_names, &w.genome));
    TIL_TRY(make_bases(&w));
    TIL_TRY(start_truth(&w));
    TIL_TRY(write_annotation(&w));
    for (size_t s = 0; s < sim->counts.n_cols; s++) TIL_TRY(write_sample(&w, s));
    TIL_TRY(write_truth(&w));
    til_say(ctx, TIL_LOG_STAGE, "%zu transcripts on %zu bases; reads of %zu samples",
            w.genome.n_transcripts, w.genome.n_bases, sim->counts.n_cols);
done:
    for (size_t t = 0; w.bases != NULL && t < w.genome.n_transcripts; t++) free(w.bases[t]);
    free(w.bases);
    til_matrix_clear(&w.truth);
    til_sim_genome_clear(&w.genome);
    return status;
}
