/* cmd_merge.c -- tilseq merge: quantifications of samples in, matrices of genes and transcripts
 * out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tilseq/annot.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "cli/commands.h"
#include "cli/merge_inputs.h"
#include "genes/tx_genes.h"
#include "tasks/transcript_genes.h"

typedef struct {
    const char *output, *tx2gene, *annotation, *sample_names;
    til_stranded_t strand;
    bool allow_missing;
    til_common_t common;
} merge_args_t;

static const merge_args_t defaults = { .strand = TIL_STRANDED_AUTO };

static const til_opt_t options[] = {
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(merge_args_t, output), "PREFIX", 0, 0,
      "write PREFIX.gene_counts.tsv and the others beside it" },
    { 'g', "genes", TIL_OPT_FILE, offsetof(merge_args_t, tx2gene), "TX2GENE", 0, 0,
      "transcript, gene and, where there is one, symbol" },
    { 'a', "annotation", TIL_OPT_FILE, offsetof(merge_args_t, annotation), "GTF", 0, 0,
      "take the genes of the transcripts from this file instead" },
    { 0, "sample-names", TIL_OPT_TEXT, offsetof(merge_args_t, sample_names), "A,B,...", 0, 0,
      "names of the columns [of the files, or of their folders]" },
    TIL_CHOICE('s', "strand", merge_args_t, strand, &til_stranded_words,
               "which column of STAR's ReadsPerGene.out.tab; auto decides from the counts and says "
               "why"),
    { 0, "allow-missing", TIL_OPT_FLAG, offsetof(merge_args_t, allow_missing), NULL, 0, 0,
      "transcripts that -g or -a does not know are genes of their own" },
    TIL_COMMON_OPTIONS(merge_args_t)
};

/* Below these shares the table belongs to another annotation than the quantifications. */
static const double MIN_TRANSCRIPTS = 0.5, MIN_READS = 0.9;

/* ---- genes --------------------------------------------------------------------------------- */

/* The smallest share over samples of the counts that belong to transcripts with a gene. */
static double share_with_gene(const til_matrix_t *counts, const uint32_t *gene_of)
{
    double least = 1;

    for (size_t s = 0; s < counts->n_cols; s++) {
        double all = 0, with = 0;
        for (size_t t = 0; t < counts->n_rows; t++) {
            double count = til_matrix_row(counts, t)[s];
            all += count;
            if (gene_of[t] != TIL_NO_GENE) with += count;
        }
        if (all > 0) least = fmin(least, with / all);
    }
    return least;
}

static til_status_t check_matches(til_ctx_t *ctx, const merge_args_t *args,
                                  const til_tx2gene_t *table, const til_matrix_t *counts,
                                  const til_tx_genes_t *genes)
{
    size_t n = counts->n_rows;
    double share = share_with_gene(counts, genes->gene_of);
    bool enough = (double)(n - genes->n_missing) >= MIN_TRANSCRIPTS * (double)n &&
                  share >= MIN_READS;
    char rest[256];

    til_tx_genes_say(ctx, table, n, args->allow_missing, genes);
    if (genes->n_missing == n || (!enough && !args->allow_missing)) {
        snprintf(rest, sizeof rest,
                 ", which leaves as little as %.1f%% of the reads of a sample: is it of the same "
                 "annotation?%s",
                 100 * share,
                 genes->n_missing == n ? "" : " --allow-missing takes each as a gene of its own");
        return til_tx_genes_fail(ctx, table, counts->row_names, n, genes, rest);
    }
    if (genes->n_missing > 0 && !args->allow_missing)
        til_say(ctx, TIL_LOG_WARNING,
                "%zu of %zu transcripts are not in %s: left out of the gene tables, which keep at "
                "least %.2f%% of each sample's reads; --allow-missing takes each as a gene",
                genes->n_missing, n, table->origin, 100 * share);
    return TIL_OK;
}

/* Gives the rows of a gene matrix the symbols of the table, where they have none of their own. */
static til_status_t name_genes(til_ctx_t *ctx, const til_tx2gene_t *table, til_matrix_t *m)
{
    til_status_t status = TIL_OK;
    til_names_t *ids = til_names_new();
    const char **symbols = til_array_zero(table->n, sizeof *symbols);

    if (ids == NULL || symbols == NULL) TIL_TRY(til_no_memory(ctx, table->n, "genes"));
    for (size_t i = 0; i < table->n; i++) {
        ptrdiff_t id = til_names_add(ids, table->genes[i], NULL);
        if (id < 0) TIL_TRY(til_no_memory(ctx, table->n, "genes"));
        if (symbols[id] == NULL && table->symbols != NULL) symbols[id] = table->symbols[i];
    }
    for (size_t g = 0; g < m->n_rows; g++) {
        ptrdiff_t id = til_names_find(ids, m->row_names[g]);
        if (m->gene_names != NULL && m->gene_names[g] != NULL) continue;
        TIL_TRY(til_matrix_set_gene_name(ctx, m, g, id < 0 ? NULL : symbols[id]));
    }
done:
    til_names_free(ids);
    free(symbols);
    return status;
}

/* ---- writing ------------------------------------------------------------------------------- */

typedef struct {
    til_job_t *job;
    const char *prefix;
    const char *id, *second; /* header of the first two columns */
    char *const *ids, *const *seconds, *const *samples;
} layout_t;

/* Writes PREFIX.name.tsv: ids, second column (NA for NULL), the values of m. */
static til_status_t write_matrix(til_ctx_t *ctx, const layout_t *to, const char *name,
                                 const til_matrix_t *m)
{
    til_status_t status = TIL_OK;
    til_strbuf_t path = { 0 };
    til_out_t *out;

    til_strbuf_printf(&path, "%s.%s.tsv", to->prefix, name);
    if (path.failed) TIL_TRY(til_no_memory(ctx, strlen(to->prefix), "bytes"));
    TIL_TRY(til_job_open(ctx, to->job, path.text, &out));
    til_job_provenance(to->job, out);
    til_out_printf(out, "%s\t%s", to->id, to->second);
    for (size_t s = 0; s < m->n_cols; s++) {
        til_out_char(out, '\t');
        til_out_text(out, to->samples[s]);
    }
    til_out_char(out, '\n');
    for (size_t g = 0; g < m->n_rows; g++) {
        const char *second = to->seconds == NULL ? NULL : to->seconds[g];
        til_out_text(out, to->ids[g]);
        til_out_char(out, '\t');
        til_out_text(out, second == NULL ? "NA" : second);
        for (size_t s = 0; s < m->n_cols; s++) {
            til_out_char(out, '\t');
            til_out_number(out, til_matrix_row(m, g)[s]);
        }
        til_out_char(out, '\n');
    }
    TIL_TRY(til_out_close(ctx, out));
done:
    til_strbuf_clear(&path);
    return status;
}

/* Effective lengths of 0 (RSEM's short transcripts) would make offsets infinite. */
static void lift_lengths(til_ctx_t *ctx, til_matrix_t *lengths)
{
    size_t n = 0;

    for (size_t i = 0; i < lengths->n_rows * lengths->n_cols; i++)
        if (!(lengths->x[i] > 0)) {
            lengths->x[i] = 1;
            n++;
        }
    if (n > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%zu gene lengths of 0 (genes shorter than the fragments) are written as 1", n);
}

static til_status_t write_genes(til_ctx_t *ctx, til_job_t *job, til_estimates_t *e,
                                char *const *ids, char *const *symbols, char *const *samples)
{
    til_status_t status = TIL_OK;
    const merge_args_t *args = job->args;
    const layout_t to = { job, args->output, "gene_id", "gene_name", ids, symbols, samples };
    til_matrix_t scaled = { 0 };

    TIL_TRY(til_summarise_scale(ctx, e, &scaled));
    lift_lengths(ctx, &e->lengths);
    TIL_TRY(write_matrix(ctx, &to, "gene_counts", &e->counts));
    TIL_TRY(write_matrix(ctx, &to, "gene_tpm", &e->tpm));
    TIL_TRY(write_matrix(ctx, &to, "gene_lengths", &e->lengths));
    TIL_TRY(write_matrix(ctx, &to, "gene_counts_length_scaled", &scaled));
done:
    til_matrix_clear(&scaled);
    return status;
}

/* TPM from counts and one length per gene; *complete is false where a counted gene has none. */
static bool abundances_of(const til_matrix_t *counts, til_matrix_t *tpm, til_matrix_t *lengths)
{
    for (size_t s = 0; s < counts->n_cols; s++) {
        double sum = 0;
        for (size_t g = 0; g < counts->n_rows; g++) {
            double length = counts->lengths[g], count = til_matrix_row(counts, g)[s];
            if (!(length > 0)) return false;
            til_matrix_row(lengths, g)[s] = length;
            sum += til_matrix_row(tpm, g)[s] = count / length;
        }
        for (size_t g = 0; g < counts->n_rows; g++)
            til_matrix_row(tpm, g)[s] *= sum > 0 ? 1e6 / sum : 0;
    }
    return true;
}

/* Counts alone: with a length for each gene the other tables follow from it. */
static til_status_t write_counts(til_ctx_t *ctx, til_job_t *job, til_estimates_t *e)
{
    til_status_t status = TIL_OK;
    const merge_args_t *args = job->args;
    const til_matrix_t *m = &e->counts;
    const layout_t to = { job,          args->output,  "gene_id",   "gene_name",
                          m->row_names, m->gene_names, m->col_names };

    if (m->lengths != NULL) {
        TIL_TRY(til_matrix_init(ctx, m->n_rows, m->n_cols, &e->tpm));
        TIL_TRY(til_matrix_init(ctx, m->n_rows, m->n_cols, &e->lengths));
        if (abundances_of(m, &e->tpm, &e->lengths))
            return write_genes(ctx, job, e, m->row_names, m->gene_names, m->col_names);
        til_say(ctx, TIL_LOG_WARNING, "genes without a length: only %s.gene_counts.tsv is written",
                args->output);
    } else {
        til_say(ctx, TIL_LOG_NOTICE,
                "the inputs hold no lengths: only %s.gene_counts.tsv is written", args->output);
    }
    TIL_TRY(write_matrix(ctx, &to, "gene_counts", m));
done:
    return status;
}

/* seconds[t]: the gene of each transcript, NULL for none. */
static til_status_t write_transcripts(til_ctx_t *ctx, til_job_t *job, const til_merged_t *merged,
                                      const til_tx_genes_t *genes)
{
    til_status_t status = TIL_OK;
    const merge_args_t *args = job->args;
    const til_matrix_t *m = &merged->e.counts;
    char **gene = til_array_zero(m->n_rows, sizeof *gene);
    const layout_t to = { job, args->output, "tx", "gene_id", m->row_names, gene, m->col_names };

    if (gene == NULL) TIL_TRY(til_no_memory(ctx, m->n_rows, "transcripts"));
    for (size_t t = 0; t < m->n_rows && genes->gene_of != NULL; t++)
        if (genes->gene_of[t] != TIL_NO_GENE) gene[t] = genes->gene_ids[genes->gene_of[t]];
    TIL_TRY(write_matrix(ctx, &to, "transcript_counts", m));
    TIL_TRY(write_matrix(ctx, &to, "transcript_tpm", &merged->e.tpm));
done:
    free(gene);
    return status;
}

/* ---- the whole ----------------------------------------------------------------------------- */

/* Counts: matrices where rows are genes, and one table where all inputs are tilseq count's. */
static til_status_t merge_counts(til_ctx_t *ctx, til_job_t *job, til_merged_t *merged)
{
    til_status_t status = TIL_OK;
    const merge_args_t *args = job->args;
    const til_partials_t *partials = merged->partials;

    if (partials != NULL && til_partials_repeat_ids(partials))
        til_say(ctx, TIL_LOG_NOTICE,
                "rows share gene ids, as with --level feature: only "
                "%s.counts.tsv and its summary are written, no matrices of genes",
                args->output);
    else TIL_TRY(write_counts(ctx, job, &merged->e));
    if (partials != NULL)
        TIL_TRY(til_partials_write(ctx, job, partials, args->output, merged->e.counts.col_names));
done:
    return status;
}

/* Transcripts: genes where they are known, and the transcripts themselves. */
static til_status_t merge_transcripts(til_ctx_t *ctx, til_job_t *job, const til_tx2gene_t *table,
                                      const til_merged_t *merged)
{
    til_status_t status = TIL_OK;
    const merge_args_t *args = job->args;
    const til_matrix_t *counts = &merged->e.counts;
    til_tx_genes_t genes = { 0 };
    til_estimates_t by_gene = { 0 };

    const til_tx2gene_t own = { .origin = (char[]){ "the inputs" },
                                .n = counts->n_rows,
                                .transcripts = counts->row_names,
                                .genes = merged->genes };
    if (table->n == 0 && merged->genes != NULL) table = &own;
    if (table->n > 0) {
        TIL_TRY(til_tx_genes_find(ctx, table, counts->row_names, counts->n_rows,
                                  args->allow_missing, &genes));
        TIL_TRY(check_matches(ctx, args, table, counts, &genes));
        TIL_TRY(til_summarise_genes(ctx, &merged->e, genes.gene_of, genes.n_genes, &by_gene));
        TIL_TRY(write_genes(ctx, job, &by_gene, genes.gene_ids, genes.symbols, counts->col_names));
        til_say(ctx, TIL_LOG_STAGE, "%zu transcripts summed to %zu genes",
                counts->n_rows - (args->allow_missing ? 0 : genes.n_missing), genes.n_genes);
    } else {
        til_say(ctx, TIL_LOG_WARNING,
                "no genes are known: only transcripts are written; -g names their genes");
    }
    TIL_TRY(write_transcripts(ctx, job, merged, &genes));
done:
    til_tx_genes_clear(&genes);
    til_estimates_clear(&by_gene);
    return status;
}

static til_status_t check(til_ctx_t *ctx, const merge_args_t *args)
{
    if (args->output == NULL) return til_fail(ctx, TIL_EUSAGE, "-o/--output PREFIX is missing");
    size_t n = strlen(args->output);
    if (n == 0 || args->output[n - 1] == '/' || strcmp(args->output, "-") == 0)
        return til_fail(ctx, TIL_EUSAGE,
                        "-o/--output: '%s' is not a prefix of file names: DIR/NAME gives "
                        "DIR/NAME.gene_counts.tsv",
                        args->output);
    if (args->tx2gene != NULL && args->annotation != NULL)
        return til_fail(ctx, TIL_EUSAGE, "-g/--genes and -a/--annotation exclude each other");
    return TIL_OK;
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    til_status_t status = TIL_OK;
    const merge_args_t *args = job->args;
    til_annot_t annot = { 0 };
    til_tx2gene_t table = { 0 };
    til_merged_t merged = { 0 };

    TIL_TRY(check(ctx, args));
    TIL_TRY(til_job_prefix(ctx, job, args->output));
    if (args->tx2gene != NULL || args->annotation != NULL)
        TIL_TRY(til_load_tx2gene(ctx, job, args->tx2gene, args->annotation, &annot, &table));
    TIL_TRY(til_merge_read(ctx, job, args->sample_names, args->strand, &merged));
    if (merged.level == TIL_QUANT_TRANSCRIPTS) {
        TIL_TRY(merge_transcripts(ctx, job, &table, &merged));
        goto done;
    }
    til_matrix_t *counts = &merged.e.counts;
    if (table.n > 0) TIL_TRY(name_genes(ctx, &table, counts));
    if (merged.level == TIL_QUANT_COUNTS) TIL_TRY(merge_counts(ctx, job, &merged));
    else
        TIL_TRY(write_genes(ctx, job, &merged.e, counts->row_names, counts->gene_names,
                            counts->col_names));
done:
    til_merged_clear(&merged);
    til_tx2gene_clear(&table);
    til_annot_clear(&annot);
    return status;
}

const til_command_t til_cmd_merge = {
    .name = "merge",
    .operands = "QUANT_DIR|quant.sf|abundance.tsv|*.results|ReadsPerGene.out.tab|COUNTS...",
    .summary = "Merge quantifications of samples into matrices of genes and transcripts.",
    .details =
        "Reads results of tilseq quant, salmon, kallisto, RSEM, STAR, featureCounts, htseq-count "
        "and "
        "tilseq count, told by content. Transcripts become genes as tximport does it: counts and "
        "TPM are "
        "added, lengths are means weighted by abundance, and gene_counts_length_scaled holds its "
        "lengthScaledTPM. The length matrix goes with gene_counts as an offset (tilseq de "
        "--lengths).\n\n"
        "Where two or more inputs are all tables of tilseq count in its own layout, counted with "
        "the same options, PREFIX.counts.tsv and PREFIX.counts.tsv.summary are written too, "
        "to the byte as one call of tilseq count over all samples writes them. Tables of other "
        "versions, annotations, options or rows are refused; FILE.summary is looked for beside "
        "each FILE; what was merged can be merged again.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(merge_args_t),
    .common_offset = offsetof(merge_args_t, common),
    .min_operands = 1,
    .max_operands = -1,
    .run = run
};
