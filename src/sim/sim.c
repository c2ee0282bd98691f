/* sim.c -- the driver: cast the study, draw the counts, tell the truth.
 *
 * For gene g of patient p at visit v, in a library of size factor f,
 *
 *     log mu = log(f m_g) + s_g z_gp - s_g^2/2 + ln 2 * beta_g * profile(v) * [p responds]
 *     k ~ NB(mu, dispersion a_g),  drawn as Poisson(Gamma(1/a_g, a_g mu))
 *
 * z_gp is standard normal; genes of one programme share half of its variance within a patient.
 * Genes of kind `treatment` change in every patient. A share of the counts is multiplied by a fold
 * drawn from the outliers of real biopsies.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/need.h"
#include "base/try.h"
#include "sim/biopsies.h"
#include "sim/parts.h"

static const double LN2 = 0.693147180559945309417;
static const double SHARED_VARIANCE = 0.5; /* of the patient effect, within a programme */
static const double LARGEST_COUNT = 2e9;   /* other programs read counts as 32-bit      */

/* The deviation of gene g in patient p, in units of its patient sd. */
static double patient_deviation(const til_sim_study_t *study, const til_sim_gene_t *gene, size_t p)
{
    uint64_t seed = study->plan->seed;
    til_rng_t rng = til_rng_stream(seed, TIL_SIM_FOR_PATIENT_GENE, gene->key, p);
    double own = til_rng_normal(&rng);

    if (gene->programme < 0) return own;
    rng = til_rng_stream(seed, TIL_SIM_FOR_PROGRAMME, (uint64_t)gene->programme, p);
    return sqrt(SHARED_VARIANCE) * til_rng_normal(&rng) + sqrt(1 - SHARED_VARIANCE) * own;
}

static double draw_count(const til_sim_study_t *study, const til_sim_gene_t *gene,
                         const til_sim_sample_t *sample, double deviation)
{
    const til_sim_plan_t *plan = study->plan;
    bool changes = gene->kind == TIL_SIM_TREATMENT || study->patients[sample->patient].responds;
    til_rng_t rng = til_rng_stream(plan->seed, TIL_SIM_FOR_COUNT, gene->key,
                                   sample->patient * TIL_SIM_MAX_TIMES + sample->visit);
    double sd = gene->patient_sd, log_mu = gene->log_mean + sd * deviation - sd * sd / 2;

    if (changes) log_mu += LN2 * gene->log2fc * til_sim_profile(sample->visit);
    double mu = exp(log_mu) * sample->size * plan->depth;
    if (til_rng_uniform(&rng) < plan->outliers)
        mu *= exp(til_sim_quantile(TIL_SIM_STEPS, til_sim_log_outlier, til_rng_uniform(&rng)));
    double rate = til_rng_gamma(&rng, 1 / gene->dispersion) * gene->dispersion * mu;
    return fmin(til_rng_poisson(&rng, rate), LARGEST_COUNT);
}

typedef struct {
    const til_sim_study_t *study;
    til_matrix_t *counts;
} job_t;

static til_status_t draw_genes(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    const job_t *job = arg;
    const til_sim_study_t *study = job->study;

    (void)ctx;
    (void)worker;
    for (size_t g = begin; g < end; g++) {
        const til_sim_gene_t *gene = &study->genes[g];
        double *row = til_matrix_row(job->counts, g), deviation = 0;

        for (size_t s = 0; s < study->n_samples; s++) {
            const til_sim_sample_t *sample = &study->samples[s];
            if (sample->visit == 0) deviation = patient_deviation(study, gene, sample->patient);
            row[s] = draw_count(study, gene, sample, deviation);
        }
    }
    return TIL_OK;
}

/* Names of the samples in the matrix, and the sheet that goes with it. */
static til_status_t name_samples(til_ctx_t *ctx, const til_sim_study_t *study, til_sim_t *out)
{
    static const char *const columns[] = { "sample", "patient", "arm", "timepoint", "response" };
    size_t column[5];
    til_status_t status;

    TIL_TRY(til_table_init(ctx, study->n_samples, &out->samples));
    for (size_t c = 0; c < 5; c++)
        TIL_TRY(til_table_add_text(ctx, &out->samples, columns[c], "", &column[c]));
    for (size_t s = 0; s < study->n_samples; s++) {
        const til_sim_sample_t *sample = &study->samples[s];
        const til_sim_patient_t *patient = &study->patients[sample->patient];
        char name[64], who[32];

        snprintf(who, sizeof who, "P%03zu", sample->patient + 1);
        snprintf(name, sizeof name, "%s_%s", who, til_sim_visit_name(sample->visit));
        TIL_TRY(til_matrix_set_col_name(ctx, &out->counts, s, name));
        const char *cells[] = { name, who, til_sim_arm_name(patient->arm),
                                til_sim_visit_name(sample->visit), patient->responds ? "R" : "NR" };
        for (size_t c = 0; c < 5; c++)
            TIL_TRY(til_table_set_text(ctx, &out->samples, column[c], s, cells[c]));
    }
done:
    return status;
}

til_status_t til_sim_run(til_ctx_t *ctx, const til_sim_plan_t *plan, size_t n_genes,
                         char *const *ids, char *const *symbols, const til_genesets_t *sets,
                         til_sim_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_sim_t){ 0 };
    TIL_NEED(ctx, plan);
    TIL_NEED(ctx, ids);
    TIL_NEED(ctx, symbols);
    TIL_NEED(ctx, sets);
    til_status_t status;
    til_sim_study_t study = { 0 };

    TIL_TRY(til_sim_study_init(ctx, plan, n_genes, ids, symbols, sets, &study));
    TIL_TRY(til_matrix_init(ctx, n_genes, study.n_samples, &out->counts));
    TIL_TRY(til_matrix_set_origin(ctx, &out->counts, "simulated counts"));
    for (size_t g = 0; g < n_genes; g++) {
        TIL_TRY(til_matrix_set_row_name(ctx, &out->counts, g, ids[g]));
        TIL_TRY(til_matrix_set_gene_name(ctx, &out->counts, g, symbols[g]));
    }
    TIL_TRY(name_samples(ctx, &study, out));
    job_t job = { &study, &out->counts };
    TIL_TRY(til_parallel_for(ctx, n_genes, 64, draw_genes, &job));
    TIL_TRY(til_sim_tell_truth(ctx, &study, sets, out));
done:
    til_sim_study_clear(&study);
    if (status != TIL_OK) til_sim_clear(out);
    return status;
}

void til_sim_clear(til_sim_t *sim)
{
    if (sim == NULL) return;
    til_matrix_clear(&sim->counts);
    til_table_clear(&sim->samples);
    til_table_clear(&sim->genes);
    til_table_clear(&sim->sets);
}
