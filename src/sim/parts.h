/* parts.h -- what the files of the room share: the cast of a simulated study. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_SIM_PARTS_H
#define TIL_SIM_PARTS_H

#include <stdbool.h>
#include <tilseq/sim.h>

#include "base/rng.h"

/* What a stream of random numbers is for: the first key. */
enum {
    TIL_SIM_FOR_GENE = 1,
    TIL_SIM_FOR_CHANGE,
    TIL_SIM_FOR_PATIENT_GENE,
    TIL_SIM_FOR_PROGRAMME,
    TIL_SIM_FOR_SIZE,
    TIL_SIM_FOR_RESPONSE,
    TIL_SIM_FOR_COUNT,
    TIL_SIM_FOR_CHOICE,
    TIL_SIM_FOR_MISSING,
    TIL_SIM_FOR_STRUCTURE,
    TIL_SIM_FOR_DEPTH,
    TIL_SIM_FOR_FRAGMENTS,
    TIL_SIM_FOR_ERRORS
};

typedef enum {
    TIL_SIM_NONE,         /* does not change                          */
    TIL_SIM_IN_PROGRAMME, /* changes in responders, with its programme */
    TIL_SIM_RESPONSE,     /* changes in responders, on its own        */
    TIL_SIM_TREATMENT     /* changes in everybody on treatment        */
} til_sim_kind_t;

typedef struct {
    til_sim_kind_t kind;
    int programme; /* index into til_sim_programmes, or -1     */
    uint64_t key;  /* names its streams                        */
    double log_mean, dispersion, patient_sd;
    double log2fc; /* at the first visit on treatment          */
} til_sim_gene_t;

typedef struct {
    size_t arm, n_visits;
    bool responds;
} til_sim_patient_t;

typedef struct {
    size_t patient, visit;
    double size; /* size factor, between 1/sqrt 5 and sqrt 5 */
} til_sim_sample_t;

typedef struct {
    const til_sim_plan_t *plan;
    size_t n_genes, n_samples;
    til_sim_gene_t *genes;
    til_sim_patient_t *patients;
    til_sim_sample_t *samples; /* by patient, then visit */
} til_sim_study_t;

TIL_MUST_USE
til_status_t til_sim_study_init(til_ctx_t *ctx, const til_sim_plan_t *plan, size_t n_genes,
                                char *const *ids, char *const *symbols, const til_genesets_t *sets,
                                til_sim_study_t *out);
void til_sim_study_clear(til_sim_study_t *study);

/* "pre", "on", "on2" ... and "A", "B" ... */
const char *til_sim_visit_name(size_t visit);
const char *til_sim_arm_name(size_t arm);

/* The share of its first effect that a change has at a visit: 0 before treatment, 1, 1/2, 1/4 ...
 */
double til_sim_profile(size_t visit);

/* The truth tables of `out`, whose names of genes are in out->counts. */
TIL_MUST_USE
til_status_t til_sim_tell_truth(til_ctx_t *ctx, const til_sim_study_t *study,
                                const til_genesets_t *sets, til_sim_t *out);

#endif
