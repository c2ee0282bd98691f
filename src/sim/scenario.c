/* scenario.c -- trials of an IL-2 agonist, told as the field tells them: blood and tumour of every
 * patient before treatment and in cycles 1 to 5, alone (mono) and with a checkpoint inhibitor
 * (combination).
 *
 *     il2-failed   T cells rise in blood and are gone by cycle 5; the tumour stays flat but for
 *                  regulatory T cells, which rise everywhere; the combination adds nothing
 *     il2-works    T cells and their effector function rise in the tumour, last, and rise more with
 *                  the combination; in blood T cells rise and fade; regulatory T cells stay
 *
 * For gene g of programme q, patient p, tissue t, visit v, arm a
 *
 *     log mu = log(f m_g) + s_g z_gpt - s_g^2/2 + ln 2 (e_qtva r_p + c n_ptv)
 *
 * z, n standard normal; r_p = max(0, 1 + 0.3 normal) is how strongly a patient responds; n_ptv is
 * the infiltration of the sample, shared by both programmes (c = 0.5). Counts as in sim.c.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/parallel.h"
#include "base/need.h"
#include "base/try.h"
#include "base/words.h"
#include "sim/biopsies.h"
#include "sim/parts.h"

enum { N_TISSUES = 2, N_CYCLES = 6, N_PROGRAMMES = 2, N_ARMS = 2 };
enum { T_CELLS, TREGS };
enum { BLOOD, TUMOUR };
enum { FOR_INFILTRATION = 101, FOR_RESPONSE_SIZE, FOR_SCENARIO_GENE, FOR_SCENARIO_COUNT };

static const char *const TISSUES[N_TISSUES] = { "blood", "tumour" };
static const char *const CYCLES[N_CYCLES] = { "pre", "C1", "C2", "C3", "C4", "C5" };
static const char *const ARMS[N_ARMS] = { "mono", "combination" };
static const double INFILTRATION = 0.5, RESPONSE_SPREAD = 0.3, LOWEST_LEVEL = 0.5;
static const double LIBRARY_RANGE = 3, MAX_DISPERSION = 0.3;

TIL_DEFINE_WORDS(til_sim_scenario_words, 3, [TIL_SIM_NO_SCENARIO] = "none",
                 [TIL_SIM_IL2_FAILED] = "il2-failed", [TIL_SIM_IL2_WORKS] = "il2-works");

/* The sets whose genes make a programme; a gene of both belongs to the first. */
static const char *const SETS[N_PROGRAMMES][5] = { { "T_CELL_CORE", "CD8_T_CORE", "EFFECTOR_CORE",
                                                     "IFNG6_AYERS_2017", NULL },
                                                   { "TREG_CORE", NULL } };

/* log2 effects by cycle, for an arm alone. */
static const double FADES[N_CYCLES] = { 0, 2.0, 1.6, 1.0, 0.5, 0.1 };
static const double LASTS[N_CYCLES] = { 0, 1.7, 1.8, 1.8, 1.8, 1.7 };
static const double RISES[N_CYCLES] = { 0, 1.8, 1.8, 1.8, 1.8, 1.8 };
static const double COMBINED = 2.6; /* times, where the combination adds something */

static double effect_of(til_sim_scenario_t scenario, int programme, int tissue, size_t cycle,
                        size_t arm)
{
    if (programme == TREGS) return scenario == TIL_SIM_IL2_FAILED ? RISES[cycle] : 0;
    if (tissue == BLOOD) return FADES[cycle];
    if (scenario == TIL_SIM_IL2_FAILED) return 0;
    return LASTS[cycle] * (arm == 1 ? COMBINED : 1);
}

typedef struct {
    const til_sim_scenario_plan_t *plan;
    til_matrix_t *counts;
    int *programme; /* per gene, -1: none */
    char *const *ids;
} job_t;

static void sample_place(size_t s, size_t *patient, int *tissue, size_t *cycle)
{
    *patient = s / (N_TISSUES * N_CYCLES);
    *tissue = (int)(s / N_CYCLES % N_TISSUES);
    *cycle = s % N_CYCLES;
}

static double normal_of(uint64_t seed, uint64_t purpose, uint64_t a, uint64_t b)
{
    til_rng_t rng = til_rng_stream(seed, purpose, a, b);
    return til_rng_normal(&rng);
}

static til_status_t draw_genes(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    const job_t *job = arg;
    uint64_t seed = job->plan->seed;

    (void)ctx;
    (void)worker;
    for (size_t g = begin; g < end; g++) {
        uint64_t key = til_hash_bytes(job->ids[g], strlen(job->ids[g]));
        int programme = job->programme[g];
        til_rng_t rng = til_rng_stream(seed, FOR_SCENARIO_GENE, key, 0);
        double level = til_rng_uniform(&rng);
        if (programme >= 0) level = LOWEST_LEVEL + (1 - LOWEST_LEVEL) * level;
        double mean = til_sim_quantile(TIL_SIM_MEAN_STEPS, til_sim_log_mean, level);
        double dispersion = exp(
            til_sim_quantile_at(til_sim_log_dispersion, mean, til_rng_uniform(&rng)));
        double sd = til_sim_quantile_at(til_sim_patient_sd, mean, til_rng_uniform(&rng));
        if (programme >= 0) dispersion = fmin(dispersion, MAX_DISPERSION);

        for (size_t s = 0; s < job->counts->n_cols; s++) {
            size_t patient, cycle;
            int tissue;
            sample_place(s, &patient, &tissue, &cycle);
            size_t home = patient * N_TISSUES + (size_t)tissue;
            rng = til_rng_stream(seed, FOR_SCENARIO_COUNT, key, s);
            double log_mu = mean + sd * normal_of(seed, TIL_SIM_FOR_PATIENT_GENE, key, home) -
                            sd * sd / 2;
            if (programme >= 0) {
                double response = fmax(0, 1 + RESPONSE_SPREAD *
                                                  normal_of(seed, FOR_RESPONSE_SIZE, patient, 0));
                log_mu += M_LN2 * (effect_of(job->plan->scenario, programme, tissue, cycle,
                                             patient % N_ARMS) *
                                       response +
                                   INFILTRATION * normal_of(seed, FOR_INFILTRATION, s, 0));
            }
            til_rng_t size = til_rng_stream(seed, TIL_SIM_FOR_SIZE, s, 0);
            double mu = exp(log_mu + (til_rng_uniform(&size) - 0.5) * log(LIBRARY_RANGE));
            double rate = til_rng_gamma(&rng, 1 / dispersion) * dispersion * mu;
            til_matrix_row(job->counts, g)[s] = fmin(til_rng_poisson(&rng, rate), 2e9);
        }
    }
    return TIL_OK;
}

/* programme[g] of every gene. */
static til_status_t find_programmes(til_ctx_t *ctx, const til_genesets_t *sets, size_t n_genes,
                                    char *const *symbols, int *programme)
{
    til_names_t *index = NULL;
    til_status_t status = til_names_index(ctx, symbols, n_genes, &index);

    if (status != TIL_OK) return status;
    for (size_t g = 0; g < n_genes; g++) programme[g] = -1;
    for (int q = 0; q < N_PROGRAMMES; q++)
        for (size_t k = 0; SETS[q][k] != NULL; k++) {
            const til_geneset_t *set = til_genesets_find(sets, SETS[q][k]);
            for (size_t i = 0; set != NULL && i < set->n_genes; i++) {
                ptrdiff_t g = til_names_find(index, set->genes[i]);
                if (g >= 0 && programme[g] < 0) programme[g] = q;
            }
        }
    til_names_free(index);
    return TIL_OK;
}

static til_status_t name_samples(til_ctx_t *ctx, til_sim_t *out)
{
    static const char *const columns[] = { "sample", "patient", "arm", "tissue", "timepoint" };
    size_t column[5], patient, cycle;
    int tissue;
    til_status_t status;

    TIL_TRY(til_table_init(ctx, out->counts.n_cols, &out->samples));
    for (size_t c = 0; c < 5; c++)
        TIL_TRY(til_table_add_text(ctx, &out->samples, columns[c], "", &column[c]));
    for (size_t s = 0; s < out->counts.n_cols; s++) {
        char name[64], who[32];
        sample_place(s, &patient, &tissue, &cycle);
        snprintf(who, sizeof who, "P%03zu", patient + 1);
        snprintf(name, sizeof name, "%s_%s_%s", who, TISSUES[tissue], CYCLES[cycle]);
        TIL_TRY(til_matrix_set_col_name(ctx, &out->counts, s, name));
        const char *cells[] = { name, who, ARMS[patient % N_ARMS], TISSUES[tissue], CYCLES[cycle] };
        for (size_t c = 0; c < 5; c++)
            TIL_TRY(til_table_set_text(ctx, &out->samples, column[c], s, cells[c]));
    }
done:
    return status;
}

/* Per gene its programme; per programme and question of `tilseq trial --within` its true effect in
 * a patient who responds as most do. */
static til_status_t tell_truth(til_ctx_t *ctx, const job_t *job, til_sim_t *out)
{
    static const char *const programmes[N_PROGRAMMES] = { "T_CELLS", "TREGS" };
    size_t id, name, programme, set;
    til_status_t status = TIL_OK;
    double *x;

    TIL_TRY(til_table_init(ctx, out->counts.n_rows, &out->genes));
    TIL_TRY(til_table_add_text(ctx, &out->genes, "gene_id", "", &id));
    TIL_TRY(til_table_add_text(ctx, &out->genes, "gene_name", "", &name));
    TIL_TRY(til_table_add_text(ctx, &out->genes, "programme", "", &programme));
    for (size_t g = 0; g < out->counts.n_rows; g++) {
        TIL_TRY(til_table_set_text(ctx, &out->genes, id, g, out->counts.row_names[g]));
        TIL_TRY(til_table_set_text(ctx, &out->genes, name, g, out->counts.gene_names[g]));
        TIL_TRY(til_table_set_text(ctx, &out->genes, programme, g,
                                   job->programme[g] < 0 ? "none" : programmes[job->programme[g]]));
    }
    TIL_TRY(til_table_init(ctx, N_PROGRAMMES, &out->sets));
    TIL_TRY(til_table_add_text(ctx, &out->sets, "programme", "", &set));
    for (size_t q = 0; q < N_PROGRAMMES; q++)
        TIL_TRY(til_table_set_text(ctx, &out->sets, set, q, programmes[q]));
    for (int t = 0; t < N_TISSUES; t++)
        for (size_t a = 0; a < N_ARMS; a++)
            for (size_t v = 1; v < N_CYCLES; v++) {
                char column[80];
                snprintf(column, sizeof column, "log2fc_%s_%s_in_%s", TISSUES[t], CYCLES[v],
                         ARMS[a]);
                TIL_TRY(til_table_add_number(ctx, &out->sets, column, "true log2 fold", &x));
                for (int q = 0; q < N_PROGRAMMES; q++)
                    x[q] = effect_of(job->plan->scenario, q, t, v, a);
            }
done:
    return status;
}

til_status_t til_sim_scenario(til_ctx_t *ctx, const til_sim_scenario_plan_t *plan, size_t n_genes,
                              char *const *ids, char *const *symbols, const til_genesets_t *sets,
                              til_sim_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_sim_t){ 0 };
    TIL_NEED(ctx, plan);
    TIL_NEED(ctx, ids);
    TIL_NEED(ctx, symbols);
    TIL_NEED(ctx, sets);
    job_t job = { .plan = plan, .counts = &out->counts, .ids = ids };
    til_status_t status = TIL_OK;

    if (plan->n_patients < N_ARMS)
        return til_fail(ctx, TIL_EUSAGE, "%zu patients for %d arms: expected at least one each",
                        plan->n_patients, N_ARMS);
    TIL_TRY(til_matrix_init(ctx, n_genes, plan->n_patients * N_TISSUES * N_CYCLES, &out->counts));
    TIL_TRY(til_matrix_set_origin(ctx, &out->counts, "simulated counts"));
    for (size_t g = 0; g < n_genes; g++) {
        TIL_TRY(til_matrix_set_row_name(ctx, &out->counts, g, ids[g]));
        TIL_TRY(til_matrix_set_gene_name(ctx, &out->counts, g, symbols[g]));
    }
    job.programme = til_array(n_genes, sizeof *job.programme);
    if (job.programme == NULL) TIL_TRY(til_no_memory(ctx, n_genes, "genes"));
    TIL_TRY(find_programmes(ctx, sets, n_genes, symbols, job.programme));
    TIL_TRY(name_samples(ctx, out));
    TIL_TRY(til_parallel_for(ctx, n_genes, 16, draw_genes, &job));
    TIL_TRY(tell_truth(ctx, &job, out));
done:
    free(job.programme);
    if (status != TIL_OK) til_sim_clear(out);
    return status;
}
