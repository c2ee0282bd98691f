/* study.c -- the cast of a simulated study: genes, patients, samples.
 *
 * Genes take their log mean, dispersion and patient sd from the quantile grids of real biopsies
 * (biopsies.c), the latter two given the mean. Genes of a programme are drawn from the upper part
 * of the means, so that what changes can be seen.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/try.h"
#include "sim/biopsies.h"
#include "sim/parts.h"

static const double LOWEST_PROGRAMME_LEVEL = 0.35; /* quantile of the mean */
static const double LIBRARY_RANGE = 5;             /* deepest over shallowest library */

const til_sim_programme_t til_sim_programmes[] = { { "EFFECTOR_EXTENDED", 1 },
                                                   { "IFNG_RESPONSE_CORE", 1 },
                                                   { "CHEMOKINE12_MESSINA_2012", 1 },
                                                   { "T_CELL_CORE", 1 },
                                                   { "PROLIFERATION_CORE", -1 },
                                                   { "MATRIX_BAGAEV_2021", -1 },
                                                   { NULL, 0 } };

const char *til_sim_visit_name(size_t visit)
{
    static const char *const names[TIL_SIM_MAX_TIMES] = { "pre", "on", "on2", "on3", "on4", "on5" };
    return names[visit];
}

const char *til_sim_arm_name(size_t arm)
{
    static const char *const names[TIL_SIM_MAX_ARMS] = { "A", "B", "C", "D", "E", "F" };
    return names[arm];
}

double til_sim_profile(size_t visit) { return visit == 0 ? 0 : exp2(1 - (double)visit); }

/* Marks the genes of the programmes; a gene of several belongs to the first. */
static til_status_t cast_programmes(til_ctx_t *ctx, const til_genesets_t *sets, size_t n_genes,
                                    char *const *symbols, til_sim_gene_t *genes)
{
    til_names_t *index;
    til_status_t status = til_names_index(ctx, symbols, n_genes, &index);

    if (status != TIL_OK) return status;
    for (int p = 0; til_sim_programmes[p].set != NULL; p++) {
        const til_geneset_t *set = til_genesets_find(sets, til_sim_programmes[p].set);

        for (size_t i = 0; set != NULL && i < set->n_genes; i++) {
            ptrdiff_t g = til_names_find(index, set->genes[i]);
            if (g < 0 || genes[g].kind == TIL_SIM_IN_PROGRAMME) continue;
            genes[g].kind = TIL_SIM_IN_PROGRAMME;
            genes[g].programme = p;
        }
    }
    til_names_free(index);
    return TIL_OK;
}

static void cast_gene(const til_sim_plan_t *plan, til_sim_gene_t *gene)
{
    til_rng_t rng = til_rng_stream(plan->seed, TIL_SIM_FOR_GENE, gene->key, 0);
    double level = til_rng_uniform(&rng), direction;

    if (gene->kind == TIL_SIM_IN_PROGRAMME)
        level = LOWEST_PROGRAMME_LEVEL + (1 - LOWEST_PROGRAMME_LEVEL) * level;
    gene->log_mean = til_sim_quantile(TIL_SIM_MEAN_STEPS, til_sim_log_mean, level);
    gene->dispersion = exp(
        til_sim_quantile_at(til_sim_log_dispersion, gene->log_mean, til_rng_uniform(&rng)));
    gene->patient_sd = til_sim_quantile_at(til_sim_patient_sd, gene->log_mean,
                                           til_rng_uniform(&rng));

    rng = til_rng_stream(plan->seed, TIL_SIM_FOR_CHANGE, gene->key, 0);
    double lot = til_rng_uniform(&rng);
    if (gene->kind == TIL_SIM_NONE && lot < plan->changed) gene->kind = TIL_SIM_RESPONSE;
    else if (gene->kind == TIL_SIM_NONE && lot < plan->changed + plan->treatment)
        gene->kind = TIL_SIM_TREATMENT;
    if (gene->kind == TIL_SIM_NONE) return;
    direction = gene->kind == TIL_SIM_IN_PROGRAMME ? til_sim_programmes[gene->programme].direction
                : til_rng_uniform(&rng) < 0.5      ? -1
                                                   : 1;
    gene->log2fc = direction * plan->effect * (0.5 + til_rng_uniform(&rng));
}

/* The k of n items with the smallest lots: a choice that another seed makes differently. */
static bool is_among_first(const til_sim_plan_t *plan, uint64_t purpose, size_t k, size_t n,
                           size_t item, size_t first, size_t step)
{
    til_rng_t own = til_rng_stream(plan->seed, purpose, item, 0);
    double lot = til_rng_uniform(&own);
    size_t n_before = 0;

    for (size_t i = first; i < n; i += step) {
        til_rng_t other = til_rng_stream(plan->seed, purpose, i, 0);
        double theirs = til_rng_uniform(&other);
        n_before += theirs < lot || (theirs <= lot && i < item);
    }
    return n_before < k;
}

static void cast_patients(const til_sim_plan_t *plan, til_sim_patient_t *patients)
{
    for (size_t p = 0; p < plan->n_patients; p++) {
        size_t arm = p % plan->n_arms;
        size_t in_arm = (plan->n_patients - arm + plan->n_arms - 1) / plan->n_arms;
        size_t n_responders = (size_t)(plan->responders[arm] * (double)in_arm + 0.5);

        patients[p].arm = arm;
        patients[p].responds = is_among_first(plan, TIL_SIM_FOR_RESPONSE, n_responders,
                                              plan->n_patients, p, arm, plan->n_arms);
        patients[p].n_visits = plan->n_times - is_among_first(plan, TIL_SIM_FOR_MISSING,
                                                              plan->n_missing, plan->n_patients, p,
                                                              0, 1);
    }
}

static void cast_samples(til_sim_study_t *study)
{
    const til_sim_plan_t *plan = study->plan;

    for (size_t p = 0; p < plan->n_patients; p++)
        for (size_t v = 0; v < study->patients[p].n_visits; v++) {
            til_rng_t rng = til_rng_stream(plan->seed, TIL_SIM_FOR_SIZE, p, v);
            double size = exp((til_rng_uniform(&rng) - 0.5) * log(LIBRARY_RANGE));
            study->samples[study->n_samples++] = (til_sim_sample_t){ p, v, size };
        }
}

til_status_t til_sim_study_init(til_ctx_t *ctx, const til_sim_plan_t *plan, size_t n_genes,
                                char *const *ids, char *const *symbols, const til_genesets_t *sets,
                                til_sim_study_t *out)
{
    til_status_t status = TIL_OK;

    *out = (til_sim_study_t){ .plan = plan, .n_genes = n_genes };
    if (plan->n_patients < plan->n_arms)
        return til_fail(ctx, TIL_EUSAGE, "%zu patients for %zu arms: expected at least one each",
                        plan->n_patients, plan->n_arms);
    if (plan->n_missing > plan->n_patients || (plan->n_missing > 0 && plan->n_times < 2))
        return til_fail(ctx, TIL_EUSAGE,
                        "%zu patients cannot miss their last visit: there are "
                        "%zu patients with %zu visits",
                        plan->n_missing, plan->n_patients, plan->n_times);
    out->genes = til_array_zero(n_genes, sizeof *out->genes);
    out->patients = til_array_zero(plan->n_patients, sizeof *out->patients);
    out->samples = til_array_zero(plan->n_patients * plan->n_times, sizeof *out->samples);
    if (out->genes == NULL || out->patients == NULL || out->samples == NULL) {
        status = til_no_memory(ctx, n_genes, "genes");
        goto done;
    }
    for (size_t g = 0; g < n_genes; g++) {
        out->genes[g].key = til_hash_bytes(ids[g], strlen(ids[g]));
        out->genes[g].programme = -1;
    }
    TIL_TRY(cast_programmes(ctx, sets, n_genes, symbols, out->genes));
    for (size_t g = 0; g < n_genes; g++) cast_gene(plan, &out->genes[g]);
    cast_patients(plan, out->patients);
    cast_samples(out);
done:
    if (status != TIL_OK) til_sim_study_clear(out);
    return status;
}

void til_sim_study_clear(til_sim_study_t *study)
{
    if (study == NULL) return;
    free(study->genes);
    free(study->patients);
    free(study->samples);
    *study = (til_sim_study_t){ 0 };
}
