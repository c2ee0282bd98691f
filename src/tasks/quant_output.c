/* quant_output.c -- the files that tximport, MultiQC and nf-core read as salmon's.
 *
 * Names, columns, keys and decimals are those of salmon 1.10; keys that salmon does not write
 * follow. There are no time stamps.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "tasks/quant_output.h"
#include "config.h"
#include "io/reads/inflate.h"
#include "io/text/json.h"

#define LAYOUT_VERSION "1.10.1" /* the salmon whose layout this is; tximport and MultiQC ask */

typedef struct {
    til_ctx_t *ctx;
    til_job_t *job;
    const char *folder, *index_path;
    const til_index_t *index;
    const til_quant_options_t *options;
    const til_quant_result_t *r;
    til_status_t status;
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

/* Objects are filled one member after the other; the first failure stays in w->status. */
static void put(writing_t *w, til_json_t *object, const char *key, til_json_t *value)
{
    til_status_t status = til_json_set(w->ctx, object, key, value);
    if (w->status == TIL_OK) w->status = status;
}

static void put_text(writing_t *w, til_json_t *object, const char *key, const char *value)
{
    put(w, object, key, til_json_of_text(value));
}

static void put_number(writing_t *w, til_json_t *object, const char *key, double value)
{
    put(w, object, key, til_json_of_number(value));
}

static void put_count(writing_t *w, til_json_t *object, const char *key, uint64_t value)
{
    put(w, object, key, til_json_of_number((double)value));
}

static void put_bool(writing_t *w, til_json_t *object, const char *key, bool value)
{
    put(w, object, key, til_json_of_bool(value));
}

/* A list of n texts; nothing for NULL. */
static void put_list(writing_t *w, til_json_t *object, const char *key, const char *const *texts,
                     size_t n)
{
    til_json_t *list;

    if (texts == NULL) return;
    list = til_json_array();
    for (size_t i = 0; i < n; i++) {
        til_status_t status = til_json_append(w->ctx, list, til_json_of_text(texts[i]));
        if (w->status == TIL_OK) w->status = status;
    }
    put(w, object, key, list);
}

/* Writes the document to FOLDER/name and frees it. */
static til_status_t finish_json(writing_t *w, const char *name, til_json_t *document)
{
    til_status_t status = w->status;
    til_out_t *out;

    TIL_TRY(status);
    TIL_TRY(open_file(w, name, &out));
    TIL_TRY(til_json_write(w->ctx, document, out));
    TIL_TRY(til_out_close(w->ctx, out));
done:
    til_json_free(document);
    return status;
}

/* A number >= 0 with a fixed number of decimals; faster than printf and the same in every locale.
 */
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
    TIL_TRY(
        til_quant_sum_genes(w->ctx, w->index, w->r, sums, sums + n, sums + 2 * n, sums + 3 * n));
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

static void put_verdict(writing_t *w, til_json_t *meta)
{
    const til_library_verdict_t *v = &w->r->library;
    double n = (double)(v->n_sense + v->n_antisense);
    til_json_t *j = til_json_object();

    put_text(w, j, "given", til_library_name(v->given));
    put_text(w, j, "used", til_library_name(v->used));
    put_bool(w, j, "clear", v->clear);
    put_count(w, j, "sense_fragments", v->n_sense);
    put_count(w, j, "antisense_fragments", v->n_antisense);
    put_number(w, j, "sense_share", n > 0 ? (double)v->n_sense / n : NAN);
    put(w, meta, "library_verdict", j);
}

/* What was decided about fragments of which only a part fits. */
static void put_partial(writing_t *w, til_json_t *meta, const char *key,
                        const til_partial_verdict_t *v, const char *one, const char *other)
{
    til_json_t *j = til_json_object();

    put_text(w, j, "given", til_partial_words.words[v->given]);
    put_text(w, j, "used", til_partial_words.words[v->used]);
    put_count(w, j, one, v->n_seen[0]);
    put_count(w, j, other, v->n_seen[1]);
    put(w, meta, key, j);
}

static til_status_t write_meta(writing_t *w)
{
    const til_quant_result_t *r = w->r;
    const til_quant_stats_t *s = &r->stats;
    uint64_t mapped = s->n_mapped + s->n_orphans;
    const char *library = til_library_name(r->library.used), *factorized = "range_factorized";
    til_json_t *j = til_json_object();

    put_text(w, j, "salmon_version", LAYOUT_VERSION);
    put_text(w, j, "tilseq_version", PACKAGE_VERSION);
    put_text(w, j, "samp_type", r->n_bootstraps > 0 ? "bootstrap" : "none");
    put_text(w, j, "opt_type", w->options->plain_em ? "em" : "vb");
    put_list(w, j, "quant_errors", &library, 0);
    put_count(w, j, "num_libraries", 1);
    put_list(w, j, "library_types", &library, 1);
    put_count(w, j, "frag_dist_length", r->n_lengths);
    put_number(w, j, "frag_length_mean", r->fragment_mean);
    put_number(w, j, "frag_length_sd", r->fragment_sd);
    put_bool(w, j, "seq_bias_correct", w->options->bias);
    put_bool(w, j, "gc_bias_correct", w->options->bias);
    put_bool(w, j, "length_correction", !w->options->three_prime);
    put_text(w, j, "mapping_type", w->options->alignments != NULL ? "alignment" : "mapping");
    put_bool(w, j, "keep_duplicates", true);
    put_text(w, j, "index_seq_hash", til_index_sequence_digest(w->index));
    put_text(w, j, "index_name_hash", til_index_name_digest(w->index));
    put_count(w, j, "num_valid_targets", r->n_transcripts);
    put_count(w, j, "num_eq_classes", s->n_classes);
    put_bool(w, j, "serialized_eq_classes", false);
    put_list(w, j, "eq_class_properties", &factorized, 1);
    put_count(w, j, "num_bootstraps", r->n_bootstraps);
    put_count(w, j, "num_processed", s->n_fragments);
    put_count(w, j, "num_mapped", mapped);
    put_count(w, j, "num_decoy_fragments", s->n_decoy);
    put_number(w, j, "percent_mapped",
               s->n_fragments > 0 ? 100 * (double)mapped / (double)s->n_fragments : 0);
    put_text(w, j, "call", "quant");
    put_count(w, j, "num_mapped_by_one_mate", s->n_orphans);
    put_count(w, j, "num_unmapped", s->n_unmapped);
    put_count(w, j, "num_too_short", s->n_too_short);
    put_count(w, j, "num_short_reads", s->n_short_reads);
    put_count(w, j, "num_long_reads_cut", s->n_long_reads);
    put_count(w, j, "num_against_strand", s->n_against_strand);
    put_count(w, j, "num_capped", s->n_capped);
    put_count(w, j, "num_dropped_one_mate", s->n_orphans_dropped);
    put_count(w, j, "num_mapped_clipped", s->n_clipped);
    put_count(w, j, "num_dropped_clipped", s->n_clipped_dropped);
    put_count(w, j, "num_em_steps", s->n_em_steps);
    put_count(w, j, "num_em_unfinished", s->n_em_unfinished);
    put_count(w, j, "shortest_read", s->shortest_read);
    put_count(w, j, "longest_read", s->longest_read);
    put_verdict(w, j);
    put_partial(w, j, "orphans", &r->orphans, "mate1_lost", "mate2_lost");
    put_partial(w, j, "clip", &r->clip, "start_clipped", "end_clipped");
    return finish_json(w, "aux_info/meta_info.json", j);
}

static til_status_t write_library(writing_t *w)
{
    static const char *const formats[] = { "MSF", "OSF", "ISF", "MSR", "OSR", "ISR",
                                           "SF",  "SR",  "MU",  "OU",  "IU",  "U" };
    const til_quant_result_t *r = w->r;
    const til_quant_stats_t *s = &r->stats;
    uint64_t mapped = s->n_mapped + s->n_orphans, n_sense = s->n_sense;
    uint64_t n_antisense = s->n_antisense;
    const char *sense = r->paired ? "ISF" : "SF", *antisense = r->paired ? "ISR" : "SR";
    til_json_t *j = til_json_object();

    /* What the library type excluded shows the other strand. */
    til_library_t used = r->library.used;
    if (used == TIL_LIBRARY_ISF || used == TIL_LIBRARY_SF) n_antisense += s->n_against_strand;
    if (used == TIL_LIBRARY_ISR || used == TIL_LIBRARY_SR) n_sense += s->n_against_strand;
    uint64_t stranded = n_sense + n_antisense;
    put_list(w, j, "read_files", w->options->mates1, w->options->n_lanes);
    put_list(w, j, "mate2_files", w->options->mates2, w->options->n_lanes);
    put_text(w, j, "expected_format", til_library_name(r->library.used));
    put_number(w, j, "compatible_fragment_ratio",
               mapped + s->n_against_strand > 0
                   ? (double)mapped / (double)(mapped + s->n_against_strand)
                   : 0);
    put_count(w, j, "num_compatible_fragments", mapped);
    put_count(w, j, "num_assigned_fragments", mapped);
    put_count(w, j, "num_frags_with_concordant_consistent_mappings", s->n_mapped);
    put_count(w, j, "num_frags_with_inconsistent_or_orphan_mappings",
              s->n_orphans + s->n_against_strand);
    put_number(w, j, "strand_mapping_bias", stranded > 0 ? (double)n_sense / (double)stranded : 0);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        put_count(w, j, formats[i],
                  strcmp(formats[i], sense) == 0       ? n_sense
                  : strcmp(formats[i], antisense) == 0 ? n_antisense
                                                       : 0);
    return finish_json(w, "lib_format_counts.json", j);
}

static til_status_t write_command(writing_t *w)
{
    bool paired = w->options->mates2 != NULL;
    til_json_t *j = til_json_object();

    put_text(w, j, "salmon_version", LAYOUT_VERSION);
    put_text(w, j, "tilseq_version", PACKAGE_VERSION);
    put_text(w, j, w->options->alignments != NULL ? "targets" : "index", w->index_path);
    if (w->options->alignments != NULL) put_text(w, j, "alignments", w->options->alignments);
    put_text(w, j, "libType", til_library_name(w->options->library));
    put_list(w, j, paired ? "mates1" : "unmatedReads", w->options->mates1, w->options->n_lanes);
    put_list(w, j, "mates2", w->options->mates2, w->options->n_lanes);
    put_text(w, j, "auxDir", "aux_info");
    return finish_json(w, "cmd_info.json", j);
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
                             const til_quant_options_t *options, const til_quant_result_t *result)
{
    til_status_t status = TIL_OK;
    writing_t w = { ctx, job, folder, index_path, index, options, result, TIL_OK };

    TIL_TRY(write_transcripts(&w));
    TIL_TRY(write_genes(&w));
    TIL_TRY(write_meta(&w));
    TIL_TRY(write_library(&w));
    TIL_TRY(write_command(&w));
    TIL_TRY(write_lengths(&w));
    TIL_TRY(write_bootstraps(&w));
done:
    return status;
}
