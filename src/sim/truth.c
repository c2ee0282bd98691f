/* truth.c -- what an analysis of the simulated counts should find.
 *
 * For each question of a paired design (visit against pre in an arm, and its difference from the
 * first arm) the true log2 fold of a gene is the mean over the arm's patients who have that visit.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/try.h"
#include "sim/parts.h"

enum { MAX_QUESTIONS = 2 * TIL_SIM_MAX_ARMS * TIL_SIM_MAX_TIMES };

/* log2 fold of a gene with log2fc 1 that changes in responders, in everybody. */
typedef struct {
    char name[64];
    double in_responders, in_everybody;
} question_t;

/* The share of an arm's patients with that visit who respond; NaN without any. */
static double responder_share(const til_sim_study_t *study, size_t arm, size_t visit)
{
    double n = 0, n_responders = 0;

    for (size_t p = 0; p < study->plan->n_patients; p++) {
        const til_sim_patient_t *patient = &study->patients[p];
        if (patient->arm != arm || patient->n_visits <= visit) continue;
        n++;
        n_responders += patient->responds;
    }
    return n > 0 ? n_responders / n : NAN;
}

/* The questions, named as `tilseq de --pair` names them. */
static size_t list_questions(const til_sim_study_t *study, question_t *q)
{
    size_t n = 0, n_arms = study->plan->n_arms;

    for (size_t v = 1; v < study->plan->n_times; v++)
        for (size_t a = 0; a < n_arms; a++) {
            double profile = til_sim_profile(v), share = responder_share(study, a, v);
            double reference = responder_share(study, 0, v);

            if (n_arms == 1)
                snprintf(q[n].name, sizeof q[n].name, "log2fc_%s", til_sim_visit_name(v));
            else
                snprintf(q[n].name, sizeof q[n].name, "log2fc_%s_in_%s", til_sim_visit_name(v),
                         til_sim_arm_name(a));
            q[n].in_responders = profile * share;
            q[n++].in_everybody = profile;
            if (a == 0) continue;
            snprintf(q[n].name, sizeof q[n].name, "log2fc_%s_vs_%s_%s", til_sim_arm_name(a),
                     til_sim_arm_name(0), til_sim_visit_name(v));
            q[n].in_responders = profile * (share - reference);
            q[n++].in_everybody = 0;
        }
    return n;
}

static double answer(const question_t *q, const til_sim_gene_t *gene)
{
    if (gene->kind == TIL_SIM_NONE) return 0;
    return gene->log2fc * (gene->kind == TIL_SIM_TREATMENT ? q->in_everybody : q->in_responders);
}

static til_status_t tell_genes(til_ctx_t *ctx, const til_sim_study_t *study, const question_t *q,
                               size_t n_questions, til_sim_t *out)
{
    static const char *const kinds[] = { "none", "programme", "response", "treatment" };
    til_table_t *t = &out->genes;
    size_t id, name, kind, programme;
    double *mean, *dispersion, *sd, *log2fc, *x;
    til_status_t status;

    TIL_TRY(til_table_init(ctx, study->n_genes, t));
    TIL_TRY(til_table_add_text(ctx, t, "gene_id", "", &id));
    TIL_TRY(til_table_add_text(ctx, t, "gene_name", "", &name));
    TIL_TRY(til_table_add_text(ctx, t, "kind", "why it changes", &kind));
    TIL_TRY(til_table_add_text(ctx, t, "programme", "the set it changes with", &programme));
    TIL_TRY(til_table_add_number(ctx, t, "base_mean", "before treatment, size factor 1", &mean));
    TIL_TRY(til_table_add_number(ctx, t, "dispersion", "within a patient", &dispersion));
    TIL_TRY(til_table_add_number(ctx, t, "patient_sd", "natural log", &sd));
    TIL_TRY(til_table_add_number(ctx, t, "log2fc_responder", "where it changes", &log2fc));
    for (size_t g = 0; g < study->n_genes; g++) {
        const til_sim_gene_t *gene = &study->genes[g];

        TIL_TRY(til_table_set_text(ctx, t, id, g, out->counts.row_names[g]));
        TIL_TRY(til_table_set_text(ctx, t, name, g, out->counts.gene_names[g]));
        TIL_TRY(til_table_set_text(ctx, t, kind, g, kinds[gene->kind]));
        if (gene->programme >= 0)
            TIL_TRY(
                til_table_set_text(ctx, t, programme, g, til_sim_programmes[gene->programme].set));
        mean[g] = exp(gene->log_mean) * study->plan->depth;
        dispersion[g] = gene->dispersion;
        sd[g] = gene->patient_sd;
        log2fc[g] = gene->log2fc;
    }
    for (size_t i = 0; i < n_questions; i++) {
        TIL_TRY(til_table_add_number(ctx, t, q[i].name, "true log2 fold", &x));
        for (size_t g = 0; g < study->n_genes; g++) x[g] = answer(&q[i], &study->genes[g]);
    }
done:
    return status;
}

/* Mean answer over the genes of a set that were simulated. */
static double mean_answer(const til_sim_study_t *study, const til_names_t *index,
                          const til_geneset_t *set, const question_t *q, size_t *n_genes,
                          size_t *n_changed)
{
    double sum = 0;

    *n_genes = *n_changed = 0;
    for (size_t i = 0; i < set->n_genes; i++) {
        ptrdiff_t g = til_names_find(index, set->genes[i]);
        if (g < 0) continue;
        ++*n_genes;
        *n_changed += study->genes[g].kind != TIL_SIM_NONE;
        if (q != NULL) sum += answer(q, &study->genes[g]);
    }
    return *n_genes > 0 ? sum / (double)*n_genes : NAN;
}

static til_status_t tell_sets(til_ctx_t *ctx, const til_sim_study_t *study,
                              const til_genesets_t *sets, const question_t *q, size_t n_questions,
                              til_sim_t *out)
{
    til_table_t *t = &out->sets;
    til_names_t *index = NULL;
    size_t name, n, n_changed;
    double *genes, *changed, *fraction, *x;
    til_status_t status;

    TIL_TRY(til_names_index(ctx, out->counts.gene_names, study->n_genes, &index));
    TIL_TRY(til_table_init(ctx, sets->n_sets, t));
    TIL_TRY(til_table_add_text(ctx, t, "set", "", &name));
    TIL_TRY(til_table_add_number(ctx, t, "n_genes", "simulated", &genes));
    TIL_TRY(til_table_add_number(ctx, t, "n_changed", "of them change", &changed));
    TIL_TRY(til_table_add_number(ctx, t, "changed_fraction", "", &fraction));
    for (size_t i = 0; i < sets->n_sets; i++) {
        (void)mean_answer(study, index, &sets->sets[i], NULL, &n, &n_changed);
        TIL_TRY(til_table_set_text(ctx, t, name, i, sets->sets[i].name));
        genes[i] = (double)n;
        changed[i] = (double)n_changed;
        fraction[i] = changed[i] / genes[i];
    }
    for (size_t j = 0; j < n_questions; j++) {
        TIL_TRY(til_table_add_number(ctx, t, q[j].name, "mean true log2 fold", &x));
        for (size_t i = 0; i < sets->n_sets; i++)
            x[i] = mean_answer(study, index, &sets->sets[i], &q[j], &n, &n_changed);
    }
done:
    til_names_free(index);
    return status;
}

til_status_t til_sim_tell_truth(til_ctx_t *ctx, const til_sim_study_t *study,
                                const til_genesets_t *sets, til_sim_t *out)
{
    question_t questions[MAX_QUESTIONS];
    size_t n = list_questions(study, questions);
    til_status_t status = tell_genes(ctx, study, questions, n, out);

    return status != TIL_OK ? status : tell_sets(ctx, study, sets, questions, n, out);
}
