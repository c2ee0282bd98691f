/* summarise.c -- gene sums, abundance-weighted lengths, length-scaled counts.
 *
 *     count_gs  = sum over transcripts t of g of count_ts
 *     tpm_gs    = sum tpm_ts
 *     length_gs = sum tpm_ts length_ts / tpm_gs
 *     scaled_gs = a_gs * sum_g count_gs / sum_g a_gs,   a_gs = tpm_gs * mean_s length_gs
 *
 * A gene without abundance in a sample gets the geometric mean of its lengths in the others;
 * without abundance in any, the mean over its transcripts of their mean lengths over samples.
 *
 * Source:  Soneson, Love, Robinson (2015), F1000Research 4:1521
 * Agrees:  tximport 1.26.1, summarizeToGene and countsFromAbundance = "lengthScaledTPM", to 1e-11
 * Differs: a sample without any abundance has scaled counts of 0, not NaN
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "genes/summarise.h"

void til_estimates_clear(til_estimates_t *e)
{
    if (e == NULL) return;
    til_matrix_clear(&e->counts);
    til_matrix_clear(&e->tpm);
    til_matrix_clear(&e->lengths);
}

static double mean(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i];
    return sum / (double)n;
}

/* mean_length[g]: over the transcripts of g, of their mean lengths over samples. */
static void mean_lengths(const til_matrix_t *lengths, const uint32_t *gene_of, size_t n_genes,
                         double *mean_length, size_t *n_transcripts)
{
    for (size_t g = 0; g < n_genes; g++) {
        mean_length[g] = 0;
        n_transcripts[g] = 0;
    }
    for (size_t t = 0; t < lengths->n_rows; t++) {
        uint32_t g = gene_of[t];
        if (g == TIL_NO_GENE) continue;
        mean_length[g] += mean(til_matrix_row(lengths, t), lengths->n_cols);
        n_transcripts[g]++;
    }
    for (size_t g = 0; g < n_genes; g++) mean_length[g] /= (double)n_transcripts[g];
}

/* Lengths of samples where the gene has no abundance (NaN: 0 / 0). */
static void fill_lengths(double *length, size_t n_samples, double mean_length)
{
    double sum = 0;
    size_t n = 0;

    for (size_t s = 0; s < n_samples; s++)
        if (!isnan(length[s])) {
            sum += log(length[s]);
            n++;
        }
    double otherwise = n == 0 ? mean_length : exp(sum / (double)n);
    for (size_t s = 0; s < n_samples; s++)
        if (isnan(length[s])) length[s] = otherwise;
}

static void add_up(const til_estimates_t *tx, const uint32_t *gene_of, til_estimates_t *out)
{
    size_t n_samples = tx->counts.n_cols;

    for (size_t t = 0; t < tx->counts.n_rows; t++) {
        if (gene_of[t] == TIL_NO_GENE) continue;
        const double *count = til_matrix_row(&tx->counts, t), *tpm = til_matrix_row(&tx->tpm, t);
        const double *length = til_matrix_row(&tx->lengths, t);
        double *count_sum = til_matrix_row(&out->counts, gene_of[t]);
        double *tpm_sum = til_matrix_row(&out->tpm, gene_of[t]);
        double *weighted = til_matrix_row(&out->lengths, gene_of[t]);
        for (size_t s = 0; s < n_samples; s++) {
            count_sum[s] += count[s];
            tpm_sum[s] += tpm[s];
            weighted[s] += tpm[s] * length[s];
        }
    }
}

til_status_t til_summarise_genes(til_ctx_t *ctx, const til_estimates_t *tx, const uint32_t *gene_of,
                                 size_t n_genes, til_estimates_t *out)
{
    til_status_t status = TIL_OK;
    size_t n_samples = tx->counts.n_cols;
    double *mean_length = til_array(n_genes, sizeof *mean_length);
    size_t *n_transcripts = til_array(n_genes, sizeof *n_transcripts);

    *out = (til_estimates_t){ 0 };
    if (mean_length == NULL || n_transcripts == NULL) TIL_TRY(til_no_memory(ctx, n_genes, "genes"));
    TIL_TRY(til_matrix_init(ctx, n_genes, n_samples, &out->counts));
    TIL_TRY(til_matrix_init(ctx, n_genes, n_samples, &out->tpm));
    TIL_TRY(til_matrix_init(ctx, n_genes, n_samples, &out->lengths));
    add_up(tx, gene_of, out);
    mean_lengths(&tx->lengths, gene_of, n_genes, mean_length, n_transcripts);
    for (size_t g = 0; g < n_genes; g++) {
        double *length = til_matrix_row(&out->lengths, g), *tpm = til_matrix_row(&out->tpm, g);
        for (size_t s = 0; s < n_samples; s++) length[s] /= tpm[s];
        fill_lengths(length, n_samples, mean_length[g]);
    }
done:
    free(mean_length);
    free(n_transcripts);
    if (status != TIL_OK) til_estimates_clear(out);
    return status;
}

til_status_t til_summarise_scale(til_ctx_t *ctx, const til_estimates_t *e, til_matrix_t *scaled)
{
    size_t n_genes = e->counts.n_rows, n_samples = e->counts.n_cols;
    double *sum = til_array_zero(2 * n_samples, sizeof *sum);
    til_status_t status = til_matrix_select(ctx, &e->counts, NULL, 0, NULL, 0, scaled);

    if (sum == NULL) status = til_no_memory(ctx, n_samples, "samples");
    for (size_t g = 0; g < n_genes && status == TIL_OK; g++) {
        double *x = til_matrix_row(scaled, g), *tpm = til_matrix_row(&e->tpm, g);
        double length = mean(til_matrix_row(&e->lengths, g), n_samples);
        for (size_t s = 0; s < n_samples; s++) {
            sum[s] += x[s];
            x[s] = tpm[s] * length;
            sum[n_samples + s] += x[s];
        }
    }
    for (size_t g = 0; g < n_genes && status == TIL_OK; g++) {
        double *x = til_matrix_row(scaled, g);
        for (size_t s = 0; s < n_samples; s++)
            x[s] = sum[n_samples + s] > 0 ? x[s] * (sum[s] / sum[n_samples + s]) : 0;
    }
    free(sum);
    if (status != TIL_OK) til_matrix_clear(scaled);
    return status;
}
