/* tilseq/count.h -- alignments against an annotation: how many reads each gene got.
 *
 *   in:  til_annot_t    genes and their exons
 *        alignments     BAM, SAM or CRAM, in any order, read once unless @HD is wrong
 *   out: til_count_t    per gene (or feature) a count; per alignment (or pair) exactly one fate;
 *                       what the reads say about the library (til_quality_t)
 *
 * The featurecounts mode is featureCounts 2.0.3, the other three are htseq-count 1.99.2. The
 * answer does not depend on the order of the records nor on ctx->n_threads.
 *
 * This room never writes a file. To add a way of voting: a case in src/count/assign.c.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_COUNT_H
#define TILSEQ_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tilseq/annot.h>
#include <tilseq/words.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    TIL_COUNT_FEATURECOUNTS,
    TIL_COUNT_UNION,
    TIL_COUNT_STRICT,
    TIL_COUNT_NONEMPTY
} til_count_mode_t;
typedef enum { TIL_PAIRS_AUTO, TIL_PAIRS_YES, TIL_PAIRS_NO } til_pairs_t;
typedef enum {
    TIL_STRANDED_UNSTRANDED,
    TIL_STRANDED_FORWARD,
    TIL_STRANDED_REVERSE,
    TIL_STRANDED_AUTO
} til_stranded_t;
typedef enum { TIL_MULTI_NONE, TIL_MULTI_ALL, TIL_MULTI_FRACTION, TIL_MULTI_PRIMARY } til_multi_t;
typedef enum {
    TIL_OVERLAP_NONE,
    TIL_OVERLAP_ALL,
    TIL_OVERLAP_FRACTION,
    TIL_OVERLAP_LARGEST,
    TIL_OVERLAP_LARGEST_ALL /* of several with most bases each is counted */
} til_multi_overlap_t;

/* Their words, as tilseq count has them. */
extern const til_words_t til_count_mode_words, til_pairs_words, til_stranded_words, til_multi_words,
    til_multi_overlap_words;

/* Takes lines as they come, "READ <tab> FATE <tab> N <tab> ROW,..." (featureCounts' CORE), one for each
 * fragment in the order of the file, whatever the threads. */
typedef struct {
    til_status_t (*put)(til_ctx_t *ctx, void *arg, const char *text, size_t n);
    void *arg;
} til_count_sink_t;

typedef struct {
    til_count_mode_t mode;
    til_pairs_t pairs;
    til_stranded_t stranded;
    til_multi_t multi_mapping;
    til_multi_overlap_t multi_overlap;
    bool by_feature; /* rows are features, not genes                         */
    bool introns;    /* a gene's introns count where no gene has an exon; featurecounts mode */
    int min_mapq;
    int min_overlap;     /* bases, >= 1; featurecounts mode only                 */
    double frac_overlap; /* of the fragment's bases; featurecounts mode only     */
    int max_sections;    /* stretches of an alignment looked at, 0: all; featurecounts mode   */
    bool ignore_secondary, ignore_duplicates, both_mapped, no_chimeric, split_only;
    const char *const *alias_from, *const *alias_to; /* alignment's name -> annotation's */
    size_t n_aliases;
    const char *reference; /* FASTA a CRAM was written against, or NULL: only looked at */
    bool allow_no_eof;
    bool allow_cram;   /* also by an htslib whose CRAM reader has known holes    */
    bool with_quality; /* fill til_count_t.quality                             */
    const til_count_sink_t *assignments; /* NULL: not wanted; not with TIL_STRANDED_AUTO */
} til_count_options_t;

/* featureCounts looks at the first ten stretches of an alignment (its --maxMOp). */
enum { TIL_SECTIONS_FEATURECOUNTS = 10 };

#define TIL_COUNT_DEFAULTS                                                                         \
    {                                                                                              \
        .stranded = TIL_STRANDED_AUTO, .min_overlap = 1,                                           \
        .max_sections = TIL_SECTIONS_FEATURECOUNTS                                                 \
    }

/* What became of an alignment (or pair). */
typedef enum {
    TIL_FATE_ASSIGNED,
    TIL_FATE_UNMAPPED,
    TIL_FATE_READ_TYPE,
    TIL_FATE_SINGLETON,
    TIL_FATE_MAPQ,
    TIL_FATE_CHIMERA,
    TIL_FATE_FRAGMENT_LENGTH,
    TIL_FATE_DUPLICATE,
    TIL_FATE_MULTI_MAPPING,
    TIL_FATE_SECONDARY,
    TIL_FATE_NON_SPLIT,
    TIL_FATE_NO_FEATURES,
    TIL_FATE_OVERLAP_LENGTH,
    TIL_FATE_AMBIGUITY,
    TIL_N_FATES
} til_fate_t;

/* featureCounts' word for a fate ("Unassigned_NoFeatures"), and htseq-count's ("__no_feature"; for
 * fates it does not know, a word in its manner). */
const char *til_fate_name(til_fate_t fate);
const char *til_fate_htseq_name(til_fate_t fate);

typedef enum {
    TIL_VERDICT_FORWARD,
    TIL_VERDICT_REVERSE,
    TIL_VERDICT_UNSTRANDED,
    TIL_VERDICT_UNCLEAR
} til_strand_verdict_t;

/* Quality, from the same pass. */
enum { TIL_BODY_BINS = 100, TIL_INSERT_BINS = 2000, TIL_SATURATION_POINTS = 20, TIL_DUP_BINS = 24 };

typedef struct {
    uint64_t mapped;                           /* primary alignments of fragments                 */
    bool knows_ribosomal, knows_mitochondrial; /* some gene has a type; such a contig is there */
    uint64_t ribosomal, mitochondrial, duplicates; /* of those: on rRNA genes, on the mitochondrial
                                                  contig, flagged as duplicates                   */
    uint64_t exonic, intronic, intergenic; /* unique fragments on annotated contigs           */
    uint64_t elsewhere;                    /* unique fragments on others                      */
    uint64_t insert[TIL_INSERT_BINS];      /* pairs by insert size                            */
    uint64_t insert_beyond;                /* ... of TIL_INSERT_BINS bases and more           */
    uint64_t body[TIL_BODY_BINS];          /* fragments along transcripts, 5' to 3'           */
    uint64_t n_bias_genes;                 /* genes with fragments enough for:                */
    double three_prime_bias;     /* last fifth of transcripts against the first, each gene of one
                                weight; NaN without any                         */
    uint64_t places, same_start; /* a sample of fragments on one gene; those of them
                                              that repeat the ends of another                 */
    uint64_t dup_total[TIL_DUP_BINS], dup_same[TIL_DUP_BINS]; /* the same by log2 of the depth   */
    uint64_t genes_at[TIL_SATURATION_POINTS]; /* genes found in (i + 1)/20 of the fragments      */
} til_quality_t;

/* A sample under each setting, while its own reads leave it open. */
enum { TIL_STRAND_WAYS = 3 };
typedef struct {
    int64_t *counts; /* n_rows x TIL_STRAND_WAYS, by til_stranded_t */
    uint64_t fates[TIL_STRAND_WAYS][TIL_N_FATES], footer[TIL_STRAND_WAYS][TIL_N_FATES];
} til_count_ways_t;

typedef struct {
    char *path;
    size_t n_rows;   /* genes or features                                    */
    int64_t *counts; /* n_rows, in units of 1 / unit                         */
    int64_t unit;
    uint64_t fates[TIL_N_FATES];
    uint64_t footer[TIL_N_FATES]; /* htseq-count's own footer, where a read may stand twice */
    uint64_t n_records;           /* read                                                 */
    uint64_t n_pairs, n_single;   /* fragments of two records, of one                     */
    uint64_t n_mateless;          /* of one record whose flag promises a mapped mate      */
    uint64_t n_mateless_secondary, n_mateless_supplementary; /* of those: such alignments  */
    uint64_t n_unpaired;          /* of one record not flagged as paired                  */
    uint64_t n_beyond;            /* alignments reaching beyond the end of their contig   */
    uint64_t n_cut;               /* of more stretches than were looked at                */
    uint64_t n_no_position;       /* mapped by flag, without a place: taken as unmapped   */
    uint64_t n_lost;              /* mapped to contigs the annotation lacks               */
    uint64_t sense, antisense;    /* unique fragments in genes of one strand              */
    til_strand_verdict_t verdict; /* what its own reads say                               */
    til_stranded_t stranded;      /* as counted                                           */
    bool strand_given;            /* by the options, not told from reads                  */
    til_count_ways_t *ways;       /* NULL once the setting is certain                     */
    til_quality_t quality;
} til_count_t;

void til_count_clear(til_count_t *count);

/* What is recorded of the strand of a sample. */
typedef struct {
    til_stranded_t setting; /* it was counted under           */
    bool given;             /* else told from the reads       */
    uint64_t sense, antisense;
} til_strand_record_t;

til_strand_record_t til_count_strand(const til_count_t *count);

/* "reverse;auto;sense=12;antisense=3045", and back; false for anything else. */
enum { TIL_STRAND_TEXT = 96 };
void til_strand_print(const til_strand_record_t *record, char text[TIL_STRAND_TEXT]);
bool til_strand_parse(const char *text, til_strand_record_t *record);

const char *til_strand_setting_word(til_stranded_t setting);
const char *til_strand_verdict_word(til_strand_verdict_t verdict);

/* The one setting of samples whose strand was told from reads: that of those with a clear verdict;
 * without any, the one that others were given, or of the reads of all together; unstranded where
 * these too are unclear.
 *
 * Returns TIL_EINPUT with the names of both sides when clear verdicts differ, or an unclear sample
 * leans to the other side. */
TIL_MUST_USE
til_status_t til_strand_of_cohort(til_ctx_t *ctx, const til_strand_record_t *records,
                                  const char *const *names, size_t n, til_stranded_t *setting);

/* Brings all samples whose setting was not given under the one of the cohort. */
TIL_MUST_USE
til_status_t til_count_settle(til_ctx_t *ctx, til_count_t *counts, const char *const *names,
                              size_t n, til_stranded_t *setting);

/* Forgets the other settings: the sample stays as its own reads say. */
void til_count_drop_ways(til_count_t *count);

/* The value of a row. */
static inline double til_count_value(const til_count_t *count, size_t row)
{
    return (double)count->counts[row] / (double)count->unit;
}

/* What the annotation looks like from a read; made once, shared by all samples. */
typedef struct til_overlap til_overlap_t;
typedef enum { TIL_ROWS_GENES, TIL_ROWS_FEATURES, TIL_ROWS_GENES_WITH_INTRONS } til_rows_t;
TIL_MUST_USE
til_status_t til_overlap_build(til_ctx_t *ctx, const til_annot_t *annot, til_rows_t rows,
                               til_overlap_t **out);
void til_overlap_free(til_overlap_t *index);

/* Looks at a file without counting it: that it can be read, its header, that its contigs are the
 * annotation's, its end mark. Fails as til_count_file would. Not for pipes, which are read once. */
TIL_MUST_USE
til_status_t til_count_look(til_ctx_t *ctx, const til_annot_t *annot, const til_overlap_t *index,
                            const til_count_options_t *options, const char *path);

/* Counts one file ("-" is standard input).
 *
 *   out    left empty unless TIL_OK
 *
 * Returns TIL_EINPUT for damaged or inconsistent alignments (the record is named), when no contig
 * is shared with the annotation; TIL_EUSAGE for options that exclude each other. Remarks about
 * contig names, strand, mates and lost reads go to the log. */
TIL_MUST_USE
til_status_t til_count_file(til_ctx_t *ctx, const til_annot_t *annot, const til_overlap_t *index,
                            const til_count_options_t *options, const char *path, til_count_t *out);

#ifdef __cplusplus
}
#endif
#endif
