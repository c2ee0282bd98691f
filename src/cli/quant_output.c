/* quant_output.c -- the files that tximport, MultiQC and nf-core read as salmon's.
 *
 * Names, columns, keys and decimals are those of salmon 1.10; keys that salmon does not write follow.
 * There are no time stamps.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "cli/quant_output.h"
#include "config.h"
#include "io/inflate.h"
#include "io/json_write.h"

#define LAYOUT_VERSION "1.10.1"     /* the salmon whose layout this is; tximport and MultiQC ask */

typedef struct {
    til_ctx_t *ctx;
    til_job_t *job;
    const char *folder, *index_path;
    const til_index_t *index;
    const til_quant_options_t *options;
    const til_quant_result_t *r;
} writing_t;

/* Opens FOLDER/name. */
static til_status_t open_file(const writing_t *w, const char *name, til_out_t **out)
{
    til_strbuf_t path = { 0 };
    til_status_t status;

    *out = NULL;
    til_strbuf_printf(&path, "%s/%s", w->folder, name);
    status = path.failed ? til_no_memory(w->ctx, strlen(name), "bytes")
                         : til_job_open(w->ctx, w->job, til_strbuf_text(&path), out);
    til_strbuf_clear(&path);
    return status;
}

/* A number >= 0 with a fixed number of decimals; faster than printf and the same in every locale. */
static void write_fixed(til_out_t *out, double value, int decimals)
{
    char text[40], *at = text + sizeof text;
    double scale = 1;

    for (int i = 0; i < decimals; i++) scale *= 10;
    if (!(value * scale < 9e15)) {
        til_out_number(out, value);
        return;
    }
    unsigned long long whole = (unsigned long long)llrint(value * scale);
    for (int i = 0; i < decimals || whole > 0 || i == decimals; i++) {
        if (i == decimals && decimals > 0) *--at = '.';
        *--at = (char)('0' + whole % 10);
        whole /= 10;
    }
    til_out_write(out, at, (size_t)(text + sizeof text - at));
}

static void write_row(til_out_t *out, const char *name, double length, int length_decimals,
                      double effective, double tpm, double estimate)
{
    til_out_text(out, name);
    til_out_char(out, '\t');
    write_fixed(out, length, length_decimals);
    til_out_char(out, '\t');
    write_fixed(out, effective, 3);
    til_out_char(out, '\t');
    write_fixed(out, tpm, 6);
    til_out_char(out, '\t');
    write_fixed(out, estimate, 3);
    til_out_char(out, '\n');
}

static const char header[] = "Name\tLength\tEffectiveLength\tTPM\tNumReads\n";

static til_status_t write_transcripts(const writing_t *w)
{
    til_out_t *out;
    til_status_t status = open_file(w, "quant.sf", &out);

    if (status != TIL_OK) return status;
    til_out_text(out, header);
    for (size_t t = 0; t < w->r->n_transcripts; t++)
        write_row(out, til_index_name(w->index, t), til_index_length(w->index, t), 0,
                  w->r->effective[t], w->r->tpm[t], w->r->estimates[t]);
    return til_out_close(w->ctx, out);
}

static til_status_t write_genes(const writing_t *w)
{
    til_status_t status = TIL_OK;
    size_t n = til_index_n_genes(w->index);
    double *sums = til_array(n * 4, sizeof *sums);
    til_out_t *out;

    if (n == 0) goto done;
    if (sums == NULL) {
        status = til_no_memory(w->ctx, n, "genes");
        goto done;
    }
    TIL_TRY(til_quant_sum_genes(w->ctx, w->index, w->r, sums, sums + n, sums + 2 * n, sums + 3 * n));
    TIL_TRY(open_file(w, "quant.genes.sf", &out));
    til_out_text(out, header);
    for (size_t g = 0; g < n; g++)
        write_row(out, til_index_gene_id(w->index, g), sums[g], 3, sums[n + g], sums[2 * n + g],
                  sums[3 * n + g]);
    TIL_TRY(til_out_close(w->ctx, out));
done:
    free(sums);
    return status;
}

static void write_verdict(til_json_t *j, const til_library_verdict_t *v)
{
    double n = (double)(v->n_sense + v->n_antisense);

    til_json_open(j, "library_verdict", '{');
    til_json_text(j, "given", til_library_name(v->given));
    til_json_text(j, "used", til_library_name(v->used));
    til_json_bool(j, "clear", v->clear);
    til_json_count(j, "sense_fragments", v->n_sense);
    til_json_count(j, "antisense_fragments", v->n_antisense);
    til_json_number(j, "sense_share", n > 0 ? (double)v->n_sense / n : NAN);
    til_json_close(j, '}');
}

static til_status_t write_meta(const writing_t *w)
{
    const til_quant_result_t *r = w->r;
    const til_quant_stats_t *s = &r->stats;
    uint64_t mapped = s->n_mapped + s->n_orphans;
    til_out_t *out;
    til_status_t status = open_file(w, "aux_info/meta_info.json", &out);
    til_json_t j = { .out = out };

    if (status != TIL_OK) return status;
    til_json_open(&j, NULL, '{');
    til_json_text(&j, "salmon_version", LAYOUT_VERSION);
    til_json_text(&j, "tilseq_version", PACKAGE_VERSION);
    til_json_text(&j, "samp_type", r->n_bootstraps > 0 ? "bootstrap" : "none");
    til_json_text(&j, "opt_type", w->options->plain_em ? "em" : "vb");
    til_json_open(&j, "quant_errors", '[');
    til_json_close(&j, ']');
    til_json_count(&j, "num_libraries", 1);
    til_json_open(&j, "library_types", '[');
    til_json_text(&j, NULL, til_library_name(r->library.used));
    til_json_close(&j, ']');
    til_json_count(&j, "frag_dist_length", r->n_lengths);
    til_json_number(&j, "frag_length_mean", r->fragment_mean);
    til_json_number(&j, "frag_length_sd", r->fragment_sd);
    til_json_bool(&j, "seq_bias_correct", w->options->bias);
    til_json_bool(&j, "gc_bias_correct", w->options->bias);
    til_json_text(&j, "mapping_type", "mapping");
    til_json_bool(&j, "keep_duplicates", true);
    til_json_count(&j, "num_valid_targets", r->n_transcripts);
    til_json_count(&j, "num_eq_classes", s->n_classes);
    til_json_bool(&j, "serialized_eq_classes", false);
    til_json_open(&j, "eq_class_properties", '[');
    til_json_text(&j, NULL, "range_factorized");
    til_json_close(&j, ']');
    til_json_count(&j, "num_bootstraps", r->n_bootstraps);
    til_json_count(&j, "num_processed", s->n_fragments);
    til_json_count(&j, "num_mapped", mapped);
    til_json_count(&j, "num_decoy_fragments", s->n_decoy);
    til_json_number(&j, "percent_mapped",
                    s->n_fragments > 0 ? 100 * (double)mapped / (double)s->n_fragments : 0);
    til_json_text(&j, "call", "quant");
    til_json_count(&j, "num_mapped_by_one_mate", s->n_orphans);
    til_json_count(&j, "num_unmapped", s->n_unmapped);
    til_json_count(&j, "num_too_short", s->n_too_short);
    til_json_count(&j, "num_against_strand", s->n_against_strand);
    til_json_count(&j, "num_capped", s->n_capped);
    til_json_count(&j, "num_em_steps", s->n_em_steps);
    til_json_count(&j, "num_em_unfinished", s->n_em_unfinished);
    til_json_count(&j, "shortest_read", s->shortest_read);
    til_json_count(&j, "longest_read", s->longest_read);
    write_verdict(&j, &r->library);
    til_json_close(&j, '}');
    return til_out_close(w->ctx, out);
}

static void write_paths(til_json_t *j, const char *key, const char *const *paths, size_t n)
{
    if (paths == NULL) return;
    til_json_open(j, key, '[');
    for (size_t i = 0; i < n; i++) til_json_text(j, NULL, paths[i]);
    til_json_close(j, ']');
}

static til_status_t write_library(const writing_t *w)
{
    static const char *const formats[] = { "MSF", "OSF", "ISF", "MSR", "OSR", "ISR", "SF", "SR", "MU",
                                           "OU", "IU", "U" };
    const til_quant_result_t *r = w->r;
    const til_quant_stats_t *s = &r->stats;
    uint64_t mapped = s->n_mapped + s->n_orphans, stranded = s->n_sense + s->n_antisense;
    const char *sense = r->paired ? "ISF" : "SF", *antisense = r->paired ? "ISR" : "SR";
    til_out_t *out;
    til_status_t status = open_file(w, "lib_format_counts.json", &out);
    til_json_t j = { .out = out };

    if (status != TIL_OK) return status;
    til_json_open(&j, NULL, '{');
    write_paths(&j, "read_files", w->options->mates1, w->options->n_lanes);
    write_paths(&j, "mate2_files", w->options->mates2, w->options->n_lanes);
    til_json_text(&j, "expected_format", til_library_name(r->library.used));
    til_json_number(&j, "compatible_fragment_ratio", mapped + s->n_against_strand > 0
                    ? (double)mapped / (double)(mapped + s->n_against_strand) : 0);
    til_json_count(&j, "num_compatible_fragments", mapped);
    til_json_count(&j, "num_assigned_fragments", mapped);
    til_json_count(&j, "num_frags_with_concordant_consistent_mappings", s->n_mapped);
    til_json_count(&j, "num_frags_with_inconsistent_or_orphan_mappings",
                   s->n_orphans + s->n_against_strand);
    til_json_number(&j, "strand_mapping_bias",
                    stranded > 0 ? (double)s->n_sense / (double)stranded : 0);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        til_json_count(&j, formats[i], strcmp(formats[i], sense) == 0 ? s->n_sense
                       : strcmp(formats[i], antisense) == 0 ? s->n_antisense : 0);
    til_json_close(&j, '}');
    return til_out_close(w->ctx, out);
}

static til_status_t write_command(const writing_t *w)
{
    til_out_t *out;
    til_status_t status = open_file(w, "cmd_info.json", &out);
    til_json_t j = { .out = out };

    if (status != TIL_OK) return status;
    til_json_open(&j, NULL, '{');
    til_json_text(&j, "salmon_version", LAYOUT_VERSION);
    til_json_text(&j, "tilseq_version", PACKAGE_VERSION);
    til_json_text(&j, "index", w->index_path);
    til_json_text(&j, "libType", til_library_name(w->options->library));
    if (w->options->mates2 != NULL) {
        write_paths(&j, "mates1", w->options->mates1, w->options->n_lanes);
        write_paths(&j, "mates2", w->options->mates2, w->options->n_lanes);
    } else {
        write_paths(&j, "unmatedReads", w->options->mates1, w->options->n_lanes);
    }
    til_json_text(&j, "auxDir", "aux_info");
    til_json_close(&j, '}');
    return til_out_close(w->ctx, out);
}

static til_status_t write_lengths(const writing_t *w)
{
    til_out_t *out;
    til_status_t status = open_file(w, "libParams/flenDist.txt", &out);

    if (status != TIL_OK) return status;
    for (size_t i = 0; i < w->r->n_lengths; i++) {
        if (i > 0) til_out_char(out, '\t');
        til_out_number(out, w->r->length_density[i]);
    }
    til_out_char(out, '\n');
    return til_out_close(w->ctx, out);
}

/* A file of one gzip member. */
static til_status_t write_packed(const writing_t *w, const char *name, const void *bytes, size_t n)
{
    til_status_t status = TIL_OK;
    uint8_t *packed = NULL;
    size_t size;
    til_out_t *out;

    TIL_TRY(til_deflate_all(w->ctx, bytes, n, &packed, &size));
    TIL_TRY(open_file(w, name, &out));
    til_out_write(out, packed, size);
    TIL_TRY(til_out_close(w->ctx, out));
done:
    free(packed);
    return status;
}

static til_status_t write_bootstraps(const writing_t *w)
{
    til_status_t status = TIL_OK;
    const til_quant_result_t *r = w->r;
    til_strbuf_t names = { 0 };

    if (r->n_bootstraps == 0) return TIL_OK;
    for (size_t t = 0; t < r->n_transcripts; t++) {
        if (t > 0) til_strbuf_add_char(&names, '\t');
        til_strbuf_add(&names, til_index_name(w->index, t));
    }
    til_strbuf_add_char(&names, '\n');
    if (names.failed) {
        status = til_no_memory(w->ctx, r->n_transcripts, "names");
        goto done;
    }
    TIL_TRY(write_packed(w, "aux_info/bootstrap/names.tsv.gz", names.text, names.length));
    TIL_TRY(write_packed(w, "aux_info/bootstrap/bootstraps.gz", r->bootstraps,
                         r->n_bootstraps * r->n_transcripts * sizeof(double)));
done:
    til_strbuf_clear(&names);
    return status;
}

til_status_t til_quant_write(til_ctx_t *ctx, til_job_t *job, const char *folder,
                             const char *index_path, const til_index_t *index,
                             const til_quant_options_t *options,
                             const til_quant_result_t *result)
{
    til_status_t status = TIL_OK;
    writing_t w = { ctx, job, folder, index_path, index, options, result };
    til_strbuf_t path = { 0 };

    TIL_TRY(write_transcripts(&w));
    TIL_TRY(write_genes(&w));
    TIL_TRY(write_meta(&w));
    TIL_TRY(write_library(&w));
    TIL_TRY(write_command(&w));
    TIL_TRY(write_lengths(&w));
    TIL_TRY(write_bootstraps(&w));
    til_strbuf_printf(&path, "%s/quant.sf", folder);
    TIL_TRY(til_job_provenance_json(ctx, job, til_strbuf_text(&path)));
done:
    til_strbuf_clear(&path);
    return status;
}
