/* tilseq/sim.h -- biopsies that were never taken, with the truth about them.
 *
 *   in:  til_sim_plan_t   arms, patients, visits, responders, effects
 *        genes and til_genesets_t
 *   out: til_matrix_t     counts, genes x samples
 *        til_table_t      samples; truth by gene; truth by set
 *
 * Every number is drawn from a stream named by the seed and by what it is for (a gene, a patient
 * and a visit), so that adding genes or patients changes no other number, and the same call gives
 * the same bytes. Reads are another room's work: the counts say how many fragments of each gene a
 * sample has.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_SIM_H
#define TILSEQ_SIM_H

#include <stddef.h>
#include <stdint.h>
#include <tilseq/context.h>
#include <tilseq/geneset.h>
#include <tilseq/matrix.h>
#include <tilseq/table.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { TIL_SIM_MAX_ARMS = 6, TIL_SIM_MAX_TIMES = 6 };

typedef struct {
    uint64_t seed;
    size_t n_arms, n_times;     /* 1 .. TIL_SIM_MAX_*; arms A, B, ...; visits pre, on, on2, ... */
    size_t n_patients;          /* in all, dealt to the arms in turn; at least n_arms          */
    size_t n_missing;           /* patients without their last visit                           */
    double responders[TIL_SIM_MAX_ARMS];    /* share of each arm's patients that respond       */
    double effect;              /* mean |log2 fold| of a changed gene, first visit on treatment */
    double changed;             /* share of the other genes that change in responders          */
    double treatment;           /* share that changes in every patient on treatment            */
    double outliers;            /* share of counts that are outliers                           */
    double depth;               /* times the sequencing depth of the biopsies fitted           */
} til_sim_plan_t;

/* Responders' programmes: sets whose genes move together on treatment. Ended by NULL. */
typedef struct {
    const char *set;
    int direction;              /* 1 up, -1 down */
} til_sim_programme_t;

extern const til_sim_programme_t til_sim_programmes[];

typedef struct {
    til_matrix_t counts;        /* gene_names are the symbols                                   */
    til_table_t samples;        /* sample patient arm timepoint response                        */
    til_table_t genes;          /* gene_id gene_name kind programme base_mean dispersion patient_sd
                                   log2fc_responder, then log2fc_ID for every question ID that
                                   `tilseq de --pair` asks: on_in_A, B_vs_A_on (on with one arm) */
    til_table_t sets;           /* set n_genes n_changed changed_fraction, mean log2fc_ID       */
} til_sim_t;

/* Draws everything.
 *
 *   ids, symbols   n_genes each; ids unique
 *   sets           the programmes are looked up here; truth is told for each
 *   out            left empty unless TIL_OK
 *
 * Returns TIL_EUSAGE when the plan cannot be (fewer patients than arms, no visit left). The answer
 * does not depend on ctx->n_threads. */
TIL_MUST_USE
til_status_t til_sim_run(til_ctx_t *ctx, const til_sim_plan_t *plan, size_t n_genes,
                         char *const *ids, char *const *symbols, const til_genesets_t *sets,
                         til_sim_t *out);
void til_sim_clear(til_sim_t *sim);

/* Which n of the candidate genes to simulate: those of the programmes first, then those of the
 * sets, then others drawn by the seed.
 *
 *   chosen   n_candidates flags; *n_chosen of them are set (n, or all there are)
 */
TIL_MUST_USE
til_status_t til_sim_choose_genes(til_ctx_t *ctx, uint64_t seed, size_t n_candidates,
                                  char *const *symbols, const til_genesets_t *sets, size_t n,
                                  unsigned char *chosen, size_t *n_chosen);

/* Appends n_sets sets RANDOM_01 ... of `size` genes that no set has so far; none when there are
 * too few. */
TIL_MUST_USE
til_status_t til_sim_add_random_sets(til_ctx_t *ctx, uint64_t seed, size_t n_genes,
                                     char *const *symbols, size_t n_sets, size_t size,
                                     til_genesets_t *sets);

#ifdef __cplusplus
}
#endif
#endif
