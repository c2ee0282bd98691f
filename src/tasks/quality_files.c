/* quality_files.c -- alignment quality as TSV, JSON and MultiQC sections. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "tasks/quality_files.h"
#include "io/text/json.h"

/* ----------------------------------------------------------------- metrics */

static double share(uint64_t part, uint64_t whole)
{
    return whole == 0 ? NAN : (double)part / (double)whole;
}

static uint64_t total_inserts(const til_quality_t *q)
{
    uint64_t n = q->insert_beyond;
    for (int i = 0; i < TIL_INSERT_BINS; i++) n += q->insert[i];
    return n;
}

static double median_insert(const til_quality_t *q)
{
    uint64_t n = total_inserts(q), seen = 0;
    if (n == 0) return NAN;
    for (int i = 0; i < TIL_INSERT_BINS; i++) {
        seen += q->insert[i];
        if (2 * seen >= n) return i;
    }
    return TIL_INSERT_BINS;
}

typedef struct {
    const char *name, *about;
    double value;
} metric_t;
enum { MAX_METRICS = 24 };

static size_t metrics_of(const til_count_t *c, metric_t m[MAX_METRICS])
{
    const til_quality_t *q = &c->quality;
    uint64_t placed = q->exonic + q->intronic + q->intergenic + q->elsewhere, fragments = 0;
    for (int fate = 0; fate < TIL_N_FATES; fate++) fragments += c->fates[fate];
    size_t n = 0;
    m[n++] = (metric_t){ "records", "alignment records read", (double)c->n_records };
    m[n++] = (metric_t){ "fragments", "alignments, pairs counted once", (double)fragments };
    m[n++] = (metric_t){ "assigned", "share of fragments assigned to a gene",
                         share(c->fates[TIL_FATE_ASSIGNED], fragments) };
    m[n++] = (metric_t){ "mapped", "fragments with a primary alignment", (double)q->mapped };
    m[n++] = (metric_t){ "exonic", "share of unique fragments on exons", share(q->exonic, placed) };
    m[n++] = (metric_t){ "intronic", "share of unique fragments in genes, off exons",
                         share(q->intronic, placed) };
    m[n++] = (metric_t){ "intergenic", "share of unique fragments off genes",
                         share(q->intergenic, placed) };
    m[n++] = (metric_t){ "elsewhere", "share of unique fragments on contigs without annotation",
                         share(q->elsewhere, placed) };
    m[n++] = (metric_t){ "ribosomal", "share of mapped fragments on rRNA genes",
                         q->knows_ribosomal ? share(q->ribosomal, q->mapped) : NAN };
    m[n++] = (metric_t){ "mitochondrial", "share of mapped fragments on the mitochondrial contig",
                         q->knows_mitochondrial ? share(q->mitochondrial, q->mapped) : NAN };
    m[n++] = (metric_t){ "flagged_duplicates", "share of mapped fragments flagged as duplicates",
                         share(q->duplicates, q->mapped) };
    m[n++] = (metric_t){ "repeated_ends", "share of fragments on genes with the ends of another",
                         share(q->same_start, q->places) };
    m[n++] = (metric_t){ "insert_median", "median insert size in bases", median_insert(q) };
    m[n++] = (metric_t){ "three_prime_bias",
                         "last fifth of transcripts against the first, each gene of one weight",
                         q->n_bias_genes > 0 ? q->three_prime_bias : NAN };
    m[n++] = (metric_t){ "genes", "genes with a unique fragment",
                         (double)q->genes_at[TIL_SATURATION_POINTS - 1] };
    m[n++] = (metric_t){ "sense", "share of unique fragments on the sense strand",
                         share(c->sense, c->sense + c->antisense) };
    m[n++] = (metric_t){ "mateless", "fragments whose mate is missing", (double)c->n_mateless };
    m[n++] = (metric_t){ "unpaired", "single reads", (double)c->n_unpaired };
    return n;
}

/* ------------------------------------------------------------------- files */

typedef struct {
    til_job_t *job;
    const char *folder;
    const til_count_table_t *table;
} place_t;

static til_status_t open_in(til_ctx_t *ctx, const place_t *p, const char *name, til_out_t **out)
{
    til_strbuf_t path = { 0 };
    til_strbuf_printf(&path, "%s/%s", p->folder, name);
    til_status_t status = path.failed ? til_no_memory(ctx, 1, "path")
                                      : til_job_open(ctx, p->job, til_strbuf_text(&path), out);
    til_strbuf_clear(&path);
    return status;
}

/* The setting of a sample; "open" where it is left to tilseq merge. */
static const char *strand_counted(const til_count_table_t *t, size_t s)
{
    return t->left_open ? "open" : til_strand_setting_word(t->counts[s].stranded);
}

static til_status_t write_table(til_ctx_t *ctx, const place_t *p)
{
    metric_t m[MAX_METRICS];
    til_out_t *out;
    til_status_t status = open_in(ctx, p, "alignments.tsv", &out);
    if (status != TIL_OK) return status;
    til_job_provenance(p->job, out);
    for (size_t s = 0; s < p->table->n_samples; s++) {
        size_t n = metrics_of(&p->table->counts[s], m);
        if (s == 0) {
            til_out_text(out, "sample");
            for (size_t i = 0; i < n; i++) til_out_printf(out, "\t%s", m[i].name);
            til_out_text(out, "\tstrand\tstrand_counted\n");
        }
        til_out_text(out, p->table->names[s]);
        for (size_t i = 0; i < n; i++) {
            til_out_char(out, '\t');
            til_out_number(out, m[i].value);
        }
        const til_count_t *c = &p->table->counts[s];
        til_out_printf(out, "\t%s\t%s\n", til_strand_verdict_word(c->verdict),
                       strand_counted(p->table, s));
    }
    return til_out_close(ctx, out);
}

static til_status_t json_series(til_ctx_t *ctx, til_json_t *object, const char *key,
                                const uint64_t *values, size_t n)
{
    til_json_t *array = til_json_array();
    til_status_t status = TIL_OK;
    for (size_t i = 0; i < n && status == TIL_OK; i++)
        status = til_json_append(ctx, array, til_json_of_number((double)values[i]));
    if (status != TIL_OK) {
        til_json_free(array);
        return status;
    }
    return til_json_set(ctx, object, key, array);
}

static til_status_t json_of_sample(til_ctx_t *ctx, const til_count_table_t *t, size_t s,
                                   til_json_t *sample)
{
    const til_count_t *c = &t->counts[s];
    metric_t m[MAX_METRICS];
    til_status_t status = TIL_OK;
    const til_quality_t *q = &c->quality;
    size_t n = metrics_of(c, m);

    for (size_t i = 0; i < n; i++)
        TIL_TRY(til_json_set(ctx, sample, m[i].name, til_json_of_number(m[i].value)));
    TIL_TRY(
        til_json_set(ctx, sample, "strand", til_json_of_text(til_strand_verdict_word(c->verdict))));
    TIL_TRY(til_json_set(ctx, sample, "strand_counted", til_json_of_text(strand_counted(t, s))));
    TIL_TRY(til_json_set(ctx, sample, "sense_fragments", til_json_of_number((double)c->sense)));
    TIL_TRY(
        til_json_set(ctx, sample, "antisense_fragments", til_json_of_number((double)c->antisense)));
    TIL_TRY(json_series(ctx, sample, "gene_body", q->body, TIL_BODY_BINS));
    TIL_TRY(json_series(ctx, sample, "insert_size", q->insert, TIL_INSERT_BINS));
    TIL_TRY(json_series(ctx, sample, "genes_found_by_20ths", q->genes_at, TIL_SATURATION_POINTS));
    TIL_TRY(json_series(ctx, sample, "fragments_by_log2_depth", q->dup_total, TIL_DUP_BINS));
    TIL_TRY(json_series(ctx, sample, "repeated_by_log2_depth", q->dup_same, TIL_DUP_BINS));
done:
    return status;
}

static til_status_t write_json(til_ctx_t *ctx, const place_t *p)
{
    til_json_t *document = til_json_object(), *sample;
    til_out_t *out;
    til_status_t status = TIL_OK;

    for (size_t s = 0; s < p->table->n_samples; s++) {
        sample = til_json_object();
        status = json_of_sample(ctx, p->table, s, sample);
        if (status != TIL_OK) {
            til_json_free(sample);
            goto done;
        }
        TIL_TRY(til_json_set(ctx, document, p->table->names[s], sample));
    }
    TIL_TRY(open_in(ctx, p, "alignments.json", &out));
    TIL_TRY(til_json_write(ctx, document, out));
    TIL_TRY(til_out_close(ctx, out));
done:
    til_json_free(document);
    return status;
}

/* ----------------------------------------------------------------- MultiQC */

/* A section MultiQC draws: its head, then one line per sample of `n` values. */
typedef struct {
    const char *file, *id, *title, *about, *plot, *x, *y;
    size_t n;
    void (*heads)(til_out_t *out);
    void (*values)(til_out_t *out, const til_count_t *c);
} section_t;

static void put(til_out_t *out, double value)
{
    til_out_char(out, '\t');
    til_out_number(out, value);
}

static void origin_heads(til_out_t *out)
{
    til_out_text(out, "\tExonic\tIntronic\tIntergenic\tOther contigs");
}

static void origin_values(til_out_t *out, const til_count_t *c)
{
    put(out, (double)c->quality.exonic);
    put(out, (double)c->quality.intronic);
    put(out, (double)c->quality.intergenic);
    put(out, (double)c->quality.elsewhere);
}

static void body_heads(til_out_t *out)
{
    for (int i = 1; i <= TIL_BODY_BINS; i++) put(out, i);
}

static void body_values(til_out_t *out, const til_count_t *c)
{
    uint64_t n = 0;
    for (int i = 0; i < TIL_BODY_BINS; i++) n += c->quality.body[i];
    for (int i = 0; i < TIL_BODY_BINS; i++)
        put(out, n == 0 ? 0 : 100.0 * (double)c->quality.body[i] / (double)n);
}

enum { INSERT_STEP = 10, INSERT_SHOWN = 100 };

static void insert_heads(til_out_t *out)
{
    for (int i = 0; i < INSERT_SHOWN; i++) put(out, i * INSERT_STEP);
}

static void insert_values(til_out_t *out, const til_count_t *c)
{
    for (int i = 0; i < INSERT_SHOWN; i++) {
        uint64_t n = 0;
        for (int k = 0; k < INSERT_STEP; k++) n += c->quality.insert[i * INSERT_STEP + k];
        put(out, (double)n);
    }
}

static void saturation_heads(til_out_t *out)
{
    for (int i = 1; i <= TIL_SATURATION_POINTS; i++) put(out, 100 * i / TIL_SATURATION_POINTS);
}

static void saturation_values(til_out_t *out, const til_count_t *c)
{
    for (int i = 0; i < TIL_SATURATION_POINTS; i++) put(out, (double)c->quality.genes_at[i]);
}

static void duplication_heads(til_out_t *out)
{
    for (int i = 0; i < TIL_DUP_BINS; i++) put(out, (double)(1 << i));
}

static void duplication_values(til_out_t *out, const til_count_t *c)
{
    for (int i = 0; i < TIL_DUP_BINS; i++) {
        uint64_t n = c->quality.dup_total[i];
        put(out, n == 0 ? 0 : 100.0 * (double)c->quality.dup_same[i] / (double)n);
    }
}

static const section_t sections[] = {
    { "tilseq_origin_mqc.tsv", "tilseq_origin", "tilseq: origin of fragments",
      "Unique fragments on exons, in introns, between genes.", "bargraph", NULL, "fragments", 4,
      origin_heads, origin_values },
    { "tilseq_gene_body_mqc.tsv", "tilseq_gene_body", "tilseq: gene body",
      "Fragments along the longest transcript of their gene, from 5' to 3'.", "linegraph",
      "percent of the transcript", "percent of fragments", TIL_BODY_BINS, body_heads, body_values },
    { "tilseq_insert_size_mqc.tsv", "tilseq_insert_size", "tilseq: insert size",
      "Pairs by the bases between their outer ends on the transcript.", "linegraph", "insert size",
      "pairs", INSERT_SHOWN, insert_heads, insert_values },
    { "tilseq_saturation_mqc.tsv", "tilseq_saturation", "tilseq: saturation",
      "Genes found in a part of the fragments.", "linegraph", "percent of fragments", "genes",
      TIL_SATURATION_POINTS, saturation_heads, saturation_values },
    { "tilseq_duplication_mqc.tsv", "tilseq_duplication", "tilseq: duplication by depth",
      "Share of fragments that repeat the ends of another, by fragments of their gene.",
      "linegraph", "fragments of the gene", "percent repeated", TIL_DUP_BINS, duplication_heads,
      duplication_values }
};

static til_status_t write_section(til_ctx_t *ctx, const place_t *p, const section_t *section)
{
    til_out_t *out;
    til_status_t status = open_in(ctx, p, section->file, &out);
    if (status != TIL_OK) return status;
    til_out_printf(out,
                   "# id: '%s'\n# section_name: '%s'\n# description: \"%s\"\n"
                   "# plot_type: '%s'\n# pconfig:\n#    id: '%s_plot'\n#    title: '%s'\n",
                   section->id, section->title, section->about, section->plot, section->id,
                   section->title);
    if (section->x != NULL) til_out_printf(out, "#    xlab: '%s'\n", section->x);
    til_out_printf(out, "#    ylab: '%s'\nSample", section->y);
    section->heads(out);
    til_out_char(out, '\n');
    for (size_t s = 0; s < p->table->n_samples; s++) {
        til_out_text(out, p->table->names[s]);
        section->values(out, &p->table->counts[s]);
        til_out_char(out, '\n');
    }
    return til_out_close(ctx, out);
}

static til_status_t write_general(til_ctx_t *ctx, const place_t *p)
{
    static const char *const shown[] = { "exonic",        "ribosomal",     "mitochondrial",
                                         "repeated_ends", "insert_median", "genes" };
    enum { N = sizeof shown / sizeof *shown };
    metric_t m[MAX_METRICS];
    til_out_t *out;
    til_status_t status = open_in(ctx, p, "tilseq_general_mqc.tsv", &out);
    if (status != TIL_OK) return status;
    til_out_text(out, "# id: 'tilseq_general'\n# plot_type: 'generalstats'\nSample");
    for (size_t i = 0; i < N; i++) til_out_printf(out, "\t%s", shown[i]);
    til_out_char(out, '\n');
    for (size_t s = 0; s < p->table->n_samples; s++) {
        size_t n = metrics_of(&p->table->counts[s], m);
        til_out_text(out, p->table->names[s]);
        for (size_t i = 0; i < N; i++)
            for (size_t k = 0; k < n; k++)
                if (strcmp(m[k].name, shown[i]) == 0) put(out, m[k].value);
        til_out_char(out, '\n');
    }
    return til_out_close(ctx, out);
}

til_status_t til_quality_write(til_ctx_t *ctx, til_job_t *job, const char *folder,
                               const til_count_table_t *table)
{
    til_status_t status = TIL_OK;
    place_t p = { job, folder, table };
    til_out_t *out;

    TIL_TRY(til_job_folder(ctx, job, folder));
    TIL_TRY(write_table(ctx, &p));
    TIL_TRY(write_json(ctx, &p));
    TIL_TRY(write_general(ctx, &p));
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        TIL_TRY(write_section(ctx, &p, &sections[i]));
    TIL_TRY(open_in(ctx, &p, "counts.summary", &out));
    til_count_write_summary(table, out);
    TIL_TRY(til_out_close(ctx, out));
done:
    return status;
}
