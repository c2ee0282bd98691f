/* count_tables.c -- counts as tables. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "base/words.h"
#include "tasks/count_tables.h"
#include "config.h"

TIL_DEFINE_WORDS(til_count_layout_words, TIL_LAYOUT_HTSEQ + 1, [TIL_LAYOUT_OWN] = "tilseq",
                 [TIL_LAYOUT_FEATURECOUNTS] = "featurecounts", [TIL_LAYOUT_HTSEQ] = "htseq");

/* Rows htseq-count writes below its table, in its order. */
static const til_fate_t htseq_rows[] = { TIL_FATE_NO_FEATURES, TIL_FATE_AMBIGUITY, TIL_FATE_MAPQ,
                                         TIL_FATE_UNMAPPED, TIL_FATE_MULTI_MAPPING };
enum { N_HTSEQ_ROWS = sizeof htseq_rows / sizeof *htseq_rows };

static bool is_htseq_mode(const til_count_table_t *t)
{
    return t->options->mode != TIL_COUNT_FEATURECOUNTS;
}

/* featureCounts prints fractions to two decimals, whole numbers without. */
static void put_count(const til_count_table_t *t, til_out_t *out, size_t sample, size_t row)
{
    const til_count_t *c = &t->counts[sample];
    int64_t whole = c->counts[row] / c->unit;
    if (whole * c->unit == c->counts[row]) {
        til_out_char(out, '\t');
        til_out_int(out, whole);
    } else if (!is_htseq_mode(t)) {
        char text[TIL_NUMBER_MAX];
        double value = 0;
        int n = snprintf(text, sizeof text, "%.2f", til_count_value(c, row));
        if (t->layout == TIL_LAYOUT_OWN && n > 0 && til_number_parse(text, (size_t)n, &value)) {
            til_out_char(out, '\t');
            til_out_number(out, value);
        } else {
            til_out_printf(out, "\t%s", text);
        }
    } else {
        til_out_char(out, '\t');
        til_out_number(out, til_count_value(c, row));
    }
}

static void put_row(const til_count_table_t *t, til_out_t *out, size_t row)
{
    for (size_t s = 0; s < t->n_samples; s++) put_count(t, out, s, row);
    til_out_char(out, '\n');
}

static void put_names(const til_count_table_t *t, til_out_t *out)
{
    for (size_t s = 0; s < t->n_samples; s++) til_out_printf(out, "\t%s", t->names[s]);
    til_out_char(out, '\n');
}

static uint32_t gene_of_row(const til_count_table_t *t, size_t row)
{
    return t->options->by_feature ? t->annot->exons[row].gene : (uint32_t)row;
}

static size_t n_rows(const til_count_table_t *t)
{
    return t->options->by_feature ? t->annot->n_exons : t->annot->n_genes;
}

static uint64_t length_of_row(const til_count_table_t *t, size_t row)
{
    if (!t->options->by_feature) return t->gene_lengths[row];
    return t->annot->exons[row].end - t->annot->exons[row].start;
}

static void write_own(const til_count_table_t *t, til_out_t *out)
{
    til_out_text(out, "gene_id\tgene_name\tlength");
    put_names(t, out);
    for (size_t row = 0; row < n_rows(t); row++) {
        uint32_t gene = gene_of_row(t, row);
        const char *name = t->annot->gene_names[gene];
        til_out_text(out, t->annot->gene_ids[gene]);
        til_out_char(out, '\t');
        til_out_text(out, name == NULL ? "NA" : name);
        til_out_char(out, '\t');
        til_out_int(out, (int64_t)length_of_row(t, row));
        put_row(t, out, row);
    }
}

/* ------------------------------------------------------------ featureCounts */

/* One of the four columns that list the features of a gene. */
static void put_features(const til_annot_t *annot, const uint32_t *features, size_t n, int column,
                         til_out_t *out)
{
    til_out_char(out, '\t');
    for (size_t i = 0; i < n; i++) {
        const til_exon_t *exon = &annot->exons[features[i]];
        if (i > 0) til_out_char(out, ';');
        if (column == 0) til_out_text(out, annot->contigs[exon->contig]);
        if (column == 1) til_out_printf(out, "%u", exon->start + 1);
        if (column == 2) til_out_printf(out, "%u", exon->end);
        if (column == 3) til_out_char(out, "+-."[exon->strand]);
    }
}

/* True when the features that begin with `a` are listed before those that begin with `b`. */
static bool begins_before(const til_annot_t *annot, uint32_t a, uint32_t b)
{
    const til_exon_t *x = &annot->exons[a], *y = &annot->exons[b];
    return x->start != y->start ? x->start < y->start : a < b;
}

/* A gene's features on one contig lie strand by strand: puts the strand that begins first in
 * front, as featureCounts lists them. `spare` has room for n. */
static void order_strands(const til_annot_t *annot, uint32_t *features, size_t n, uint32_t *spare)
{
    enum { STRANDS = 3 };
    size_t from[STRANDS + 1] = { 0 }, n_strands = 0, done = 0;

    for (size_t i = 0; i < n; i++)
        if (i == 0 || annot->exons[features[i]].strand != annot->exons[features[i - 1]].strand)
            from[n_strands++] = i;
    if (n_strands < 2) return;
    from[n_strands] = n;
    bool listed[STRANDS] = { false };
    for (size_t round = 0; round < n_strands; round++) {
        size_t next = STRANDS;
        for (size_t k = 0; k < n_strands; k++)
            if (!listed[k] &&
                (next == STRANDS || begins_before(annot, features[from[k]], features[from[next]])))
                next = k;
        size_t length = from[next + 1] - from[next];
        memcpy(spare + done, features + from[next], length * sizeof *spare);
        done += length;
        listed[next] = true;
    }
    memcpy(features, spare, n * sizeof *spare);
}

/* The features in the annotation's order, a gene's by contig, but as featureCounts lists them. */
static til_status_t list_features(til_ctx_t *ctx, const til_annot_t *annot, uint32_t **list)
{
    size_t n = annot->n_exons, begin = 0;
    uint32_t *spare = til_array(n, sizeof *spare);
    *list = til_array(n, sizeof **list);
    if (spare == NULL || *list == NULL) {
        free(spare);
        return til_no_memory(ctx, n, "features");
    }
    memcpy(*list, annot->order, n * sizeof **list);
    for (size_t i = 0; i < n; i++) {
        const til_exon_t *here = &annot->exons[(*list)[i]];
        const til_exon_t *next = i + 1 < n ? &annot->exons[(*list)[i + 1]] : NULL;
        if (next != NULL && next->gene == here->gene && next->contig == here->contig) continue;
        order_strands(annot, *list + begin, i + 1 - begin, spare);
        begin = i + 1;
    }
    free(spare);
    return TIL_OK;
}

static til_status_t write_featurecounts(til_ctx_t *ctx, const til_count_table_t *t, til_out_t *out)
{
    til_status_t status = TIL_OK;
    const til_annot_t *annot = t->annot;
    uint32_t *list = NULL;
    size_t *first = til_array_zero(annot->n_genes + 1, sizeof *first);

    if (first == NULL) return til_no_memory(ctx, annot->n_genes, "genes");
    TIL_TRY(list_features(ctx, annot, &list));
    for (size_t i = 0; i < annot->n_exons; i++) first[annot->exons[i].gene + 1]++;
    for (size_t g = 0; g < annot->n_genes; g++) first[g + 1] += first[g];
    til_out_printf(out, "# Program:tilseq count v%s\n", PACKAGE_VERSION);
    til_out_text(out, "Geneid\tChr\tStart\tEnd\tStrand\tLength");
    put_names(t, out);
    for (size_t row = 0; row < n_rows(t); row++) {
        uint32_t gene = gene_of_row(t, row), own = (uint32_t)row;
        const uint32_t *features = t->options->by_feature ? &own : &list[first[gene]];
        size_t n = t->options->by_feature ? 1 : first[gene + 1] - first[gene];
        til_out_text(out, annot->gene_ids[gene]);
        for (int column = 0; column < 4; column++) put_features(annot, features, n, column, out);
        til_out_printf(out, "\t%llu", (unsigned long long)length_of_row(t, row));
        put_row(t, out, row);
    }
done:
    free(list);
    free(first);
    return status;
}

/* ------------------------------------------------------------------- htseq */

typedef struct {
    const char *name;
    size_t row;
} named_row_t;

static int by_name(const void *a, const void *b)
{
    const named_row_t *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : x->row < y->row ? -1 : 1;
}

static til_status_t write_htseq(til_ctx_t *ctx, const til_count_table_t *t, til_out_t *out)
{
    size_t n = n_rows(t);
    named_row_t *rows = til_array(n, sizeof *rows);
    if (rows == NULL) return til_no_memory(ctx, n, "rows");
    for (size_t row = 0; row < n; row++)
        rows[row] = (named_row_t){ t->annot->gene_ids[gene_of_row(t, row)], row };
    qsort(rows, n, sizeof *rows, by_name);
    for (size_t i = 0; i < n; i++) {
        til_out_text(out, rows[i].name);
        put_row(t, out, rows[i].row);
    }
    free(rows);
    for (size_t i = 0; i < N_HTSEQ_ROWS; i++) {
        til_out_text(out, til_fate_htseq_name(htseq_rows[i]));
        for (size_t s = 0; s < t->n_samples; s++) {
            uint64_t value = t->counts[s].footer[htseq_rows[i]];
            if (htseq_rows[i] == TIL_FATE_NO_FEATURES)
                value += t->counts[s].footer[TIL_FATE_OVERLAP_LENGTH];
            til_out_printf(out, "\t%llu", (unsigned long long)value);
        }
        til_out_char(out, '\n');
    }
    return TIL_OK;
}

/* ----------------------------------------------------------------- surface */

bool til_count_lists_features(til_count_layout_t layout, const til_count_options_t *options)
{
    return options->by_feature || layout == TIL_LAYOUT_FEATURECOUNTS;
}

til_status_t til_count_write(til_ctx_t *ctx, til_job_t *job, const til_count_table_t *table,
                             til_out_t *out)
{
    if (table->layout == TIL_LAYOUT_FEATURECOUNTS) return write_featurecounts(ctx, table, out);
    if (table->layout == TIL_LAYOUT_HTSEQ) return write_htseq(ctx, table, out);
    til_job_lines(job, out);
    write_own(table, out);
    return TIL_OK;
}

const char *til_count_summary_name(bool htseq, til_fate_t fate)
{
    return htseq && fate != TIL_FATE_ASSIGNED ? til_fate_htseq_name(fate) : til_fate_name(fate);
}

void til_count_summary_rows(bool htseq, til_fate_t rows[TIL_N_FATES], size_t *n_always)
{
    bool placed[TIL_N_FATES] = { false };
    size_t n = 0;

    rows[n++] = TIL_FATE_ASSIGNED;
    for (size_t i = 0; htseq && i < N_HTSEQ_ROWS; i++) rows[n++] = htseq_rows[i];
    *n_always = htseq ? n : TIL_N_FATES;
    for (size_t i = 0; i < n; i++) placed[rows[i]] = true;
    for (int fate = 0; fate < TIL_N_FATES; fate++)
        if (!placed[fate]) rows[n++] = (til_fate_t)fate;
}

static bool has_fate(const til_count_table_t *t, til_fate_t fate)
{
    for (size_t s = 0; s < t->n_samples; s++)
        if (t->counts[s].fates[fate] > 0) return true;
    return false;
}

void til_count_write_summary(const til_count_table_t *t, til_out_t *out)
{
    til_fate_t rows[TIL_N_FATES];
    size_t n_always;

    til_count_summary_rows(is_htseq_mode(t), rows, &n_always);
    til_out_text(out, "Status");
    put_names(t, out);
    for (size_t i = 0; i < TIL_N_FATES; i++) {
        if (i >= n_always && !has_fate(t, rows[i])) continue;
        til_out_text(out, til_count_summary_name(is_htseq_mode(t), rows[i]));
        for (size_t s = 0; s < t->n_samples; s++)
            til_out_printf(out, "\t%llu", (unsigned long long)t->counts[s].fates[rows[i]]);
        til_out_char(out, '\n');
    }
    if (t->layout != TIL_LAYOUT_OWN) return;
    til_out_text(out, TIL_STRAND_ROW);
    for (size_t s = 0; s < t->n_samples; s++) {
        char text[TIL_STRAND_TEXT];
        til_strand_record_t record = til_count_strand(&t->counts[s]);
        til_strand_print(&record, text);
        til_out_printf(out, "\t%s", text);
    }
    til_out_char(out, '\n');
}

/* ------------------------------------------------------------------- ways */

static til_status_t write_way(til_ctx_t *ctx, til_job_t *job, const til_count_table_t *one,
                              const char *file)
{
    const char *const endings[] = { "", ".summary" };
    const char *setting = til_strand_setting_word(one->counts->stranded);
    til_strbuf_t path = { 0 };
    til_status_t status = TIL_OK;
    til_out_t *out;

    for (int i = 0; i < 2; i++) {
        til_strbuf_reset(&path);
        til_strbuf_printf(&path, "%s.%s%s", file, setting, endings[i]);
        if (path.failed) TIL_TRY(til_no_memory(ctx, 1, "path"));
        TIL_TRY(til_job_open(ctx, job, til_strbuf_text(&path), &out));
        if (i == 0) write_own(one, out);
        else til_count_write_summary(one, out);
        TIL_TRY(til_out_close(ctx, out));
    }
done:
    til_strbuf_clear(&path);
    return status;
}

til_status_t til_count_write_ways(til_ctx_t *ctx, til_job_t *job, const til_count_table_t *table,
                                  const char *file)
{
    const til_count_t *c = table->counts;
    const til_count_ways_t *ways = c->ways;
    til_count_t other = *c;
    til_count_table_t one = *table;
    til_status_t status = TIL_OK;

    other.counts = til_array(c->n_rows, sizeof *other.counts);
    if (other.counts == NULL) return til_no_memory(ctx, c->n_rows, "counts");
    one.counts = &other;
    for (size_t way = 0; way < TIL_STRAND_WAYS; way++) {
        if (way == (size_t)c->stranded) continue;
        other.stranded = (til_stranded_t)way;
        for (size_t row = 0; row < c->n_rows; row++)
            other.counts[row] = ways->counts[row * TIL_STRAND_WAYS + way];
        memcpy(other.fates, ways->fates[way], sizeof other.fates);
        memcpy(other.footer, ways->footer[way], sizeof other.footer);
        TIL_TRY(write_way(ctx, job, &one, file));
    }
done:
    free(other.counts);
    return status;
}
