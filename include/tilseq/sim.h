/* tilseq/sim.h -- biopsies that were never taken, with the truth about them.
 *
 *   in:  til_sim_plan_t   arms, patients, visits, responders, effects
 *        genes and til_genesets_t
 *   out: til_matrix_t     counts, genes x samples
 *        til_table_t      samples; truth by gene; truth by set
 *
 * Every number is drawn from a stream named by the seed and by what it is for (a gene, a patient
 * and a visit), so that adding genes or patients changes no other number, and the same call gives
 * the same bytes. Reads are drawn from the counts afterwards: til_sim_genome_t makes genes to draw
 * them from.
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
#include <tilseq/words.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { TIL_SIM_MAX_ARMS = 6, TIL_SIM_MAX_TIMES = 6 };

typedef struct {
    uint64_t seed;
    size_t n_arms, n_times; /* 1 .. TIL_SIM_MAX_*; arms A, B, ...; visits pre, on, on2, ... */
    size_t n_patients;      /* in all, dealt to the arms in turn; at least n_arms          */
    size_t n_missing;       /* patients without their last visit                           */
    double responders[TIL_SIM_MAX_ARMS]; /* share of each arm's patients that respond       */
    double effect;    /* mean |log2 fold| of a changed gene at the first visit on treatment */
    double changed;   /* share of the other genes that change in responders          */
    double treatment; /* share that changes in every patient on treatment            */
    double outliers;  /* share of counts that are outliers                           */
    double depth;     /* times the sequencing depth of the biopsies fitted           */
} til_sim_plan_t;

/* Responders' programmes: sets whose genes move together on treatment, up or down. Ended by NULL.
 */
typedef struct {
    const char *set;
    int direction; /* 1 up, -1 down */
} til_sim_programme_t;

extern const til_sim_programme_t til_sim_programmes[];

typedef struct {
    til_matrix_t counts; /* gene_names are the symbols                                   */
    til_table_t samples; /* sample patient arm timepoint response                        */
    til_table_t genes;   /* gene_id gene_name kind programme base_mean dispersion patient_sd
                                   log2fc_responder, then log2fc_ID for every question ID that
                                   `tilseq de --pair` asks: on_in_A, B_vs_A_on (on with one arm) */
    til_table_t sets;    /* set n_genes n_changed changed_fraction, mean log2fc_ID       */
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

/* A trial of an IL-2 agonist, in blood and tumour of every patient before treatment and in cycles 1
 * to 5, alone and in combination: one that failed in phase 3, and one that works. */
typedef enum { TIL_SIM_NO_SCENARIO, TIL_SIM_IL2_FAILED, TIL_SIM_IL2_WORKS } til_sim_scenario_t;
extern const til_words_t til_sim_scenario_words;

typedef struct {
    uint64_t seed;
    til_sim_scenario_t scenario;
    size_t n_patients; /* in all, dealt to mono and combination in turn */
} til_sim_scenario_plan_t;

/* As til_sim_run, with samples `sample patient arm tissue timepoint`, genes `gene_id gene_name
 * programme`, sets `programme log2fc_TISSUE_VISIT_in_ARM...`. */
TIL_MUST_USE
til_status_t til_sim_scenario(til_ctx_t *ctx, const til_sim_scenario_plan_t *plan, size_t n_genes,
                              char *const *ids, char *const *symbols, const til_genesets_t *sets,
                              til_sim_t *out);

/* Which n of the candidate genes to simulate: those of the programmes first, then those of the
 * sets, then others drawn by the seed.
 *
 *   chosen   n_candidates flags; *n_chosen of them are set (n, or all there are)
 */
TIL_MUST_USE
til_status_t til_sim_choose_genes(til_ctx_t *ctx, uint64_t seed, size_t n_candidates,
                                  char *const *symbols, const til_genesets_t *sets, size_t n,
                                  unsigned char *chosen, size_t *n_chosen);

/* Appends n_sets sets RANDOM_01 ... of `size` genes that no set has so far; none when there are too
 * few. */
TIL_MUST_USE
til_status_t til_sim_add_random_sets(til_ctx_t *ctx, uint64_t seed, size_t n_genes,
                                     char *const *symbols, size_t n_sets, size_t size,
                                     til_genesets_t *sets);

/* ---- reads ------------------------------------------------------------------------------- */

/* One transcript: exons on the genome, half-open, ascending. */
typedef struct {
    char *id;
    size_t gene, n_exons, length;
    size_t *start, *end;
} til_sim_transcript_t;

/* A genome of one contig made for the genes: exons of random bases, one to three transcripts each.
 */
typedef struct {
    size_t n_bases, n_genes, n_transcripts;
    char *bases;  /* n_bases of A C G T                            */
    char *strand; /* n_genes of + -                                */
    til_sim_transcript_t *transcripts;
    size_t *first; /* n_genes + 1: transcripts of a gene            */
    struct til_arena *arena;
} til_sim_genome_t;

/* A gene's structure and bases depend on the seed and its id only; genes lie in the order given. */
TIL_MUST_USE
til_status_t til_sim_genome(til_ctx_t *ctx, uint64_t seed, size_t n_genes, char *const *ids,
                            til_sim_genome_t *out);
void til_sim_genome_clear(til_sim_genome_t *genome);

/* The bases of a transcript in its own direction: transcripts[t].length of them and a NUL. */
void til_sim_transcript_bases(const til_sim_genome_t *genome, size_t t, char *bases);

/* Replaces counts by Poisson draws around them that average `fragments` a sample: what is
 * sequenced. */
void til_sim_thin(uint64_t seed, double fragments, til_matrix_t *counts);

typedef struct {
    uint32_t transcript, start, length; /* start and length in bases of the transcript */
} til_sim_fragment_t;

/* The fragments of sample s in random order: as many of each gene as its count says, of lengths
 * about 200 (sd 30), uniformly along one of its transcripts. free() by the caller. */
TIL_MUST_USE
til_status_t til_sim_fragments(til_ctx_t *ctx, uint64_t seed, const til_sim_genome_t *genome,
                               const til_matrix_t *counts, size_t s, til_sim_fragment_t **out,
                               size_t *n);

/* Both mates of fragment i of sample s, read_length bases each with sequencing errors (1 in 500),
 * as a library of type ISR gives them: mate 2 shows the transcript's strand. `transcript` is its
 * bases. */
void til_sim_mates(uint64_t seed, size_t s, size_t i, const til_sim_fragment_t *fragment,
                   const char *transcript, size_t read_length, char *mate1, char *mate2);

/* The blocks of transcript bases [from, from + n) on the genome, ascending. At most n_exons; how
 * many. */
size_t til_sim_blocks(const til_sim_genome_t *genome, size_t t, size_t from, size_t n,
                      size_t *start, size_t *end);

#ifdef __cplusplus
}
#endif
#endif
