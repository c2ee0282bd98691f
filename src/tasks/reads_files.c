/* reads_files.c -- quality of reads as TSV, JSON and MultiQC sections. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "tasks/reads_files.h"
#include "io/text/json.h"

typedef struct {
    til_job_t *job;
    const char *folder;
    const char *const *names;
    const til_reads_summary_t *summaries;
    size_t n;
} place_t;

/* From this share on adapters are worth a word. */
static const double MANY_ADAPTERS = 0.05;

static const char *const base_names[TIL_QC_N_BASES] = { "A", "C", "G", "T", "N" };

static til_status_t open_in(til_ctx_t *ctx, const place_t *p, const char *name, til_out_t **out)
{
    til_strbuf_t path = { 0 };
    til_strbuf_printf(&path, "%s/%s", p->folder, name);
    til_status_t status = path.failed ? til_no_memory(ctx, 1, "path")
                                      : til_job_open(ctx, p->job, til_strbuf_text(&path), out);
    til_strbuf_clear(&path);
    return status;
}

/* ---- the table ----------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    double value;
} metric_t;
enum { MAX_METRICS = 20 };

/* Share of the reads in which one of the adapters was seen anywhere. */
static double share_with(const til_reads_summary_t *r, int adapter)
{
    return r->n_cycles > 0 ? r->cycles[r->n_cycles - 1].adapter[adapter] : 0;
}

static size_t metrics_of(const til_reads_summary_t *r, metric_t m[MAX_METRICS])
{
    size_t n = 0;
    m[n++] = (metric_t){ "reads", (double)r->n_reads };
    m[n++] = (metric_t){ "bases", (double)r->n_bases };
    m[n++] = (metric_t){ "shortest", (double)r->shortest };
    m[n++] = (metric_t){ "longest", (double)r->longest };
    m[n++] = (metric_t){ "mean_length",
                         r->n_reads > 0 ? (double)r->n_bases / (double)r->n_reads : NAN };
    m[n++] = (metric_t){ "empty_reads", (double)r->n_empty };
    m[n++] = (metric_t){ "mean_quality", r->mean_quality };
    m[n++] = (metric_t){ "q20", r->share_q20 };
    m[n++] = (metric_t){ "q30", r->share_q30 };
    m[n++] = (metric_t){ "gc", r->share_gc };
    m[n++] = (metric_t){ "n_bases", r->share_n };
    m[n++] = (metric_t){ "adapter", r->share_adapter };
    m[n++] = (metric_t){ "duplicates", r->share_duplicates };
    m[n++] = (metric_t){ "most_frequent", r->n_frequent > 0 ? r->frequent[0].share : 0 };
    m[n++] = (metric_t){ "quality_offset", r->offset };
    m[n++] = (metric_t){ "poly_a", share_with(r, TIL_QC_POLY_A) };
    m[n++] = (metric_t){ "poly_g", share_with(r, TIL_QC_POLY_G) };
    return n;
}

static void put_number(til_out_t *out, double value)
{
    til_out_char(out, '\t');
    til_out_number(out, value);
}

static til_status_t write_table(til_ctx_t *ctx, const place_t *p)
{
    metric_t m[MAX_METRICS];
    til_out_t *out;
    til_status_t status = open_in(ctx, p, "reads.tsv", &out);

    if (status != TIL_OK) return status;
    til_job_provenance(p->job, out);
    for (size_t s = 0; s < p->n; s++) {
        size_t n = metrics_of(&p->summaries[s], m);
        if (s == 0) {
            til_out_text(out, "sample");
            for (size_t i = 0; i < n; i++) til_out_printf(out, "\t%s", m[i].name);
            til_out_char(out, '\n');
        }
        til_out_text(out, p->names[s]);
        for (size_t i = 0; i < n; i++) put_number(out, m[i].value);
        til_out_char(out, '\n');
    }
    return til_out_close(ctx, out);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

/* Values of one file under way; the first failure stays in `status`. */
typedef struct {
    til_ctx_t *ctx;
    til_status_t status;
} json_writing_t;

static void put(json_writing_t *w, til_json_t *object, const char *key, til_json_t *value)
{
    til_status_t status = til_json_set(w->ctx, object, key, value);
    if (w->status == TIL_OK) w->status = status;
}

static void append(json_writing_t *w, til_json_t *array, til_json_t *value)
{
    til_status_t status = til_json_append(w->ctx, array, value);
    if (w->status == TIL_OK) w->status = status;
}

static til_json_t *counts_to_json(json_writing_t *w, const uint64_t *counts, size_t n)
{
    til_json_t *array = til_json_array();
    for (size_t i = 0; i < n; i++) append(w, array, til_json_of_number((double)counts[i]));
    return array;
}

static til_json_t *cycle_to_json(json_writing_t *w, const til_cycle_t *c)
{
    static const char *const quantiles[] = { "q10", "q25", "median", "q75", "q90" };
    til_json_t *j = til_json_object();

    put(w, j, "mean", til_json_of_number(c->mean));
    for (int i = 0; i < 5; i++) put(w, j, quantiles[i], til_json_of_number(c->quantile[i]));
    for (int b = 0; b < TIL_QC_N_BASES; b++)
        put(w, j, base_names[b], til_json_of_number(c->base[b]));
    for (int a = 0; a < TIL_QC_N_ADAPTERS; a++)
        put(w, j, til_qc_adapter_names[a], til_json_of_number(c->adapter[a]));
    return j;
}

static til_json_t *frequent_to_json(json_writing_t *w, const til_reads_summary_t *r)
{
    til_json_t *array = til_json_array();
    for (size_t i = 0; i < r->n_frequent; i++) {
        til_json_t *j = til_json_object();
        put(w, j, "sequence", til_json_of_text(r->frequent[i].bases));
        put(w, j, "share", til_json_of_number(r->frequent[i].share));
        put(w, j, "source", til_json_of_text(r->frequent[i].source));
        append(w, array, j);
    }
    return array;
}

static til_json_t *summary_to_json(json_writing_t *w, const til_reads_summary_t *r)
{
    metric_t m[MAX_METRICS];
    size_t n = metrics_of(r, m),
           longest = r->longest < TIL_QC_MAX_CYCLES ? r->longest : TIL_QC_MAX_CYCLES;
    til_json_t *j = til_json_object(), *cycles = til_json_array(), *levels = til_json_object();

    for (size_t i = 0; i < n; i++) put(w, j, m[i].name, til_json_of_number(m[i].value));
    put(w, j, "reads_looked_at_in_detail", til_json_of_number((double)r->n_detailed));
    put(w, j, "looks_interleaved", til_json_of_bool(r->interleaved));
    put(w, j, "characters_that_are_no_quality", til_json_of_number((double)r->n_odd_qualities));
    for (size_t i = 0; i < r->n_cycles; i++) append(w, cycles, cycle_to_json(w, &r->cycles[i]));
    put(w, j, "positions", cycles);
    put(w, j, "reads_by_gc_percent", counts_to_json(w, r->gc, 101));
    put(w, j, "reads_by_mean_quality", counts_to_json(w, r->read_quality, TIL_QC_N_QUALITIES));
    put(w, j, "reads_by_length", counts_to_json(w, r->lengths, longest + 1));
    for (int i = 0; i < TIL_QC_N_LEVELS; i++) {
        char key[16];
        snprintf(key, sizeof key, "%u%s", (unsigned)til_qc_levels[i],
                 i + 1 == TIL_QC_N_LEVELS || til_qc_levels[i + 1] > til_qc_levels[i] + 1 ? "+"
                                                                                         : "");
        put(w, levels, key, til_json_of_number(r->levels[i]));
    }
    put(w, j, "share_of_reads_by_duplication", levels);
    put(w, j, "frequent_sequences", frequent_to_json(w, r));
    return j;
}

static til_status_t write_json(til_ctx_t *ctx, const place_t *p)
{
    json_writing_t w = { ctx, TIL_OK };
    til_json_t *document = til_json_object();
    til_status_t status = TIL_OK;
    til_out_t *out;

    for (size_t s = 0; s < p->n; s++)
        put(&w, document, p->names[s], summary_to_json(&w, &p->summaries[s]));
    TIL_TRY(w.status);
    TIL_TRY(open_in(ctx, p, "reads.json", &out));
    TIL_TRY(til_json_write(ctx, document, out));
    TIL_TRY(til_out_close(ctx, out));
done:
    til_json_free(document);
    return status;
}

/* ---- MultiQC ------------------------------------------------------------------------------- */

/* A section MultiQC draws: a line per file, points x(0), x(1)... */
typedef struct {
    const char *file, *id, *title, *about, *x, *y;
    size_t (*n_points)(const til_reads_summary_t *r);
    double (*x_of)(size_t point);
    double (*value)(const til_reads_summary_t *r, size_t point);
} section_t;

static size_t n_positions(const til_reads_summary_t *r) { return r->n_cycles; }
static size_t n_percents(const til_reads_summary_t *r)
{
    (void)r;
    return 101;
}
static size_t n_qualities(const til_reads_summary_t *r)
{
    (void)r;
    return 51;
}
static size_t n_levels(const til_reads_summary_t *r)
{
    (void)r;
    return TIL_QC_N_LEVELS;
}
static size_t n_lengths(const til_reads_summary_t *r)
{
    return (r->longest < TIL_QC_MAX_CYCLES ? r->longest : TIL_QC_MAX_CYCLES) + 1;
}

static double from_one(size_t point) { return (double)point + 1; }
static double from_zero(size_t point) { return (double)point; }
static double level(size_t point) { return til_qc_levels[point]; }

static double mean_quality(const til_reads_summary_t *r, size_t i) { return r->cycles[i].mean; }
static double n_percent(const til_reads_summary_t *r, size_t i)
{
    return 100 * r->cycles[i].base[4];
}
static double read_quality(const til_reads_summary_t *r, size_t i)
{
    return (double)r->read_quality[i];
}
static double read_length(const til_reads_summary_t *r, size_t i) { return (double)r->lengths[i]; }
static double duplication(const til_reads_summary_t *r, size_t i) { return 100 * r->levels[i]; }

static double gc_percent(const til_reads_summary_t *r, size_t i)
{
    return r->n_detailed > 0 ? 100 * (double)r->gc[i] / (double)r->n_detailed : NAN;
}

/* Of the adapter proper that most reads hold there. */
static double adapter_percent(const til_reads_summary_t *r, size_t i)
{
    double most = 0;
    for (int a = 0; a < TIL_QC_N_ADAPTERS; a++)
        if (til_qc_is_adapter(a)) most = fmax(most, r->cycles[i].adapter[a]);
    return 100 * most;
}

static int most_frequent_adapter(const til_reads_summary_t *r)
{
    int most = 0;
    for (int a = 1; a < TIL_QC_N_ADAPTERS; a++)
        if (til_qc_is_adapter(a) && share_with(r, a) > share_with(r, most)) most = a;
    return most;
}

static const section_t sections[] = {
    { "tilseq_reads_quality_mqc.tsv", "tilseq_reads_quality", "tilseq: quality by position",
      "Mean quality of the bases at each position of the reads.", "position", "quality",
      n_positions, from_one, mean_quality },
    { "tilseq_reads_mean_quality_mqc.tsv", "tilseq_reads_mean_quality", "tilseq: quality of reads",
      "Reads by their mean quality.", "mean quality", "reads", n_qualities, from_zero,
      read_quality },
    { "tilseq_reads_gc_mqc.tsv", "tilseq_reads_gc", "tilseq: GC of reads",
      "Reads by their share of G and C.", "percent GC", "percent of reads", n_percents, from_zero,
      gc_percent },
    { "tilseq_reads_n_mqc.tsv", "tilseq_reads_n", "tilseq: N by position",
      "Bases that are none of A, C, G, T.", "position", "percent N", n_positions, from_one,
      n_percent },
    { "tilseq_reads_adapter_mqc.tsv", "tilseq_reads_adapter", "tilseq: adapters",
      "Reads in which an adapter has begun by this position.", "position", "percent of reads",
      n_positions, from_one, adapter_percent },
    { "tilseq_reads_duplication_mqc.tsv", "tilseq_reads_duplication",
      "tilseq: duplication of reads",
      "Reads by how often their sequence (its first 50 bases) occurs in the file.", "occurrences",
      "percent of reads", n_levels, level, duplication },
    { "tilseq_reads_length_mqc.tsv", "tilseq_reads_length", "tilseq: length of reads",
      "Reads by their length.", "bases", "reads", n_lengths, from_zero, read_length }
};

static til_status_t write_section(til_ctx_t *ctx, const place_t *p, const section_t *section)
{
    til_out_t *out;
    til_status_t status = open_in(ctx, p, section->file, &out);
    size_t n_points = 0;

    if (status != TIL_OK) return status;
    til_out_printf(
        out,
        "# id: '%s'\n# section_name: '%s'\n# description: \"%s\"\n# plot_type: 'linegraph'\n"
        "# pconfig:\n#    id: '%s_plot'\n#    title: '%s'\n#    xlab: '%s'\n#    ylab: '%s'\n"
        "Sample",
        section->id, section->title, section->about, section->id, section->title, section->x,
        section->y);
    for (size_t s = 0; s < p->n; s++) {
        size_t n = section->n_points(&p->summaries[s]);
        if (n > n_points) n_points = n;
    }
    for (size_t i = 0; i < n_points; i++) put_number(out, section->x_of(i));
    til_out_char(out, '\n');
    for (size_t s = 0; s < p->n; s++) {
        size_t n = section->n_points(&p->summaries[s]);
        til_out_text(out, p->names[s]);
        for (size_t i = 0; i < n_points; i++) {
            double value = i < n ? section->value(&p->summaries[s], i) : NAN;
            if (isnan(value)) til_out_char(out, '\t'); /* MultiQC leaves out empty cells */
            else put_number(out, value);
        }
        til_out_char(out, '\n');
    }
    return til_out_close(ctx, out);
}

static til_status_t write_general(til_ctx_t *ctx, const place_t *p)
{
    static const struct {
        const char *name, *title;
    } shown[] = {
        { "reads", "Reads" }, { "mean_length", "Mean length" }, { "gc", "GC" },
        { "q30", "Q30" },     { "duplicates", "Duplicates" },   { "adapter", "Adapter" }
    };
    enum { N = sizeof shown / sizeof *shown };
    metric_t m[MAX_METRICS];
    til_out_t *out;
    til_status_t status = open_in(ctx, p, "tilseq_reads_general_mqc.tsv", &out);

    if (status != TIL_OK) return status;
    til_out_text(out, "# id: 'tilseq_reads_general'\n# plot_type: 'generalstats'\nSample");
    for (int i = 0; i < N; i++) til_out_printf(out, "\t%s", shown[i].title);
    til_out_char(out, '\n');
    for (size_t s = 0; s < p->n; s++) {
        size_t n = metrics_of(&p->summaries[s], m);
        til_out_text(out, p->names[s]);
        for (int i = 0; i < N; i++)
            for (size_t k = 0; k < n; k++)
                if (strcmp(m[k].name, shown[i].name) == 0) put_number(out, m[k].value);
        til_out_char(out, '\n');
    }
    return til_out_close(ctx, out);
}

/* ---- words --------------------------------------------------------------------------------- */

static void say_what_is_odd(til_ctx_t *ctx, const char *name, const til_reads_summary_t *r)
{
    if (r->offset == 64)
        til_say(ctx, TIL_LOG_WARNING,
                "%s: the qualities look like phred+64 of old Illumina software: they "
                "are reported as such; other programs need to be told",
                name);
    if (r->interleaved)
        til_say(ctx, TIL_LOG_WARNING, "%s: consecutive reads have equal names: interleaved pairs?",
                name);
    if (r->n_odd_qualities > 0)
        til_say(ctx, TIL_LOG_WARNING,
                "%s: %llu characters are no quality (outside '!' to '~'); taken as 0", name,
                (unsigned long long)r->n_odd_qualities);
    if (r->share_adapter >= MANY_ADAPTERS)
        til_say(ctx, TIL_LOG_WARNING, "%s: %.1f%% of the reads hold an adapter (mostly %s)", name,
                100 * r->share_adapter, til_qc_adapter_names[most_frequent_adapter(r)]);
    if (share_with(r, TIL_QC_POLY_G) >= MANY_ADAPTERS)
        til_say(ctx, TIL_LOG_WARNING,
                "%s: %.1f%% of the reads hold a run of G, which two-colour machines write where "
                "there is no signal",
                name, 100 * share_with(r, TIL_QC_POLY_G));
    if (share_with(r, TIL_QC_POLY_A) >= MANY_ADAPTERS)
        til_say(ctx, TIL_LOG_WARNING, "%s: %.1f%% of the reads hold a run of A (tails?)", name,
                100 * share_with(r, TIL_QC_POLY_A));
    if (r->n_empty > 0)
        til_say(ctx, TIL_LOG_NOTICE, "%s: %llu reads have no bases", name,
                (unsigned long long)r->n_empty);
    if (r->n_frequent > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%s: %zu sequences make up more than 0.1%% of the reads each, the first "
                "%.2f%%%s%s%s",
                name, r->n_frequent, 100 * r->frequent[0].share,
                r->frequent[0].source[0] != '\0' ? " (" : "", r->frequent[0].source,
                r->frequent[0].source[0] != '\0' ? ")" : "");
}

til_status_t til_reads_write(til_ctx_t *ctx, til_job_t *job, const char *folder,
                             const char *const *names, const til_reads_summary_t *summaries,
                             size_t n)
{
    til_status_t status = TIL_OK;
    const place_t p = { job, folder, names, summaries, n };

    for (size_t s = 0; s < n; s++) say_what_is_odd(ctx, names[s], &summaries[s]);
    TIL_TRY(til_job_folder(ctx, job, folder));
    TIL_TRY(write_table(ctx, &p));
    TIL_TRY(write_json(ctx, &p));
    TIL_TRY(write_general(ctx, &p));
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        TIL_TRY(write_section(ctx, &p, &sections[i]));
done:
    return status;
}
