/* cmd_count.c -- tilseq count: alignments and an annotation in, counts per gene out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <tilseq/count.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "base/words.h"
#include "cli/commands.h"
#include "tasks/count_samples.h"
#include "tasks/count_tables.h"
#include "tasks/job.h"
#include "tasks/quality_files.h"
#include "io/text/gtf.h"
#include "io/text/textfile.h"
#include "io/text/tsv.h"

typedef enum { LEVEL_GENE, LEVEL_FEATURE } level_t;
TIL_STATIC_WORDS(level_words,
                 LEVEL_FEATURE + 1, [LEVEL_GENE] = "gene", [LEVEL_FEATURE] = "feature");

typedef enum { SECONDARY_COUNT, SECONDARY_IGNORE } secondary_t;
TIL_STATIC_WORDS(secondary_words,
                 SECONDARY_IGNORE + 1, [SECONDARY_COUNT] = "count", [SECONDARY_IGNORE] = "ignore");

typedef struct {
    const char *annotation, *output, *feature, *attribute, *aliases, *reference, *sample_names,
        *quality, *assignments;
    til_pairs_t pairs;
    til_stranded_t strand;
    level_t level;
    til_count_mode_t mode;
    til_multi_t multi;
    til_multi_overlap_t overlap;
    int secondary; /* secondary_t, or TIL_NOT_CHOSEN: by the mode */
    til_count_layout_t format;
    int64_t min_mapq, min_overlap, max_cigar;
    double frac_overlap, min_assigned;
    bool ignore_duplicates, both_mapped, no_chimeric, split_only, allow_no_eof, allow_cram, strict,
        introns, long_reads, each_strand;
    til_common_t common;
} count_args_t;

enum { MAPQ_UNSET = -1, HTSEQ_MAPQ = 10, CIGAR_UNSET = 0 };

static const count_args_t defaults = { .output = "-",
                                       .pairs = TIL_PAIRS_AUTO,
                                       .strand = TIL_STRANDED_AUTO,
                                       .feature = "exon",
                                       .attribute = "gene_id",
                                       .level = LEVEL_GENE,
                                       .mode = TIL_COUNT_FEATURECOUNTS,
                                       .multi = TIL_MULTI_NONE,
                                       .overlap = TIL_OVERLAP_NONE,
                                       .secondary = TIL_NOT_CHOSEN,
                                       .format = TIL_LAYOUT_OWN,
                                       .min_mapq = MAPQ_UNSET,
                                       .min_overlap = 1 };

static const til_opt_t options[] = {
    { 'a', "annotation", TIL_OPT_FILE, offsetof(count_args_t, annotation), "GTF", 0, 0,
      "genes and exons: GTF, GFF3 or SAF (GeneID Chr Start End Strand), plain or gzip" },
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(count_args_t, output), "FILE", 0, 0,
      "the table; FILE.summary beside it says what became of every alignment" },
    TIL_CHOICE('p', "pairs", count_args_t, pairs, &til_pairs_words,
               "count fragments, not reads; auto: where reads are paired"),
    TIL_CHOICE('s', "strand", count_args_t, strand, &til_stranded_words,
               "strand of the library; auto: one verdict over all samples, from their reads"),
    { 't', "feature", TIL_OPT_TEXT, offsetof(count_args_t, feature), "TYPE,...", 0, 0,
      "features that are counted: column 3 of the annotation, one type or several" },
    { 'g', "attribute", TIL_OPT_TEXT, offsetof(count_args_t, attribute), "NAME", 0, 0,
      "attribute that says which features are one gene" },
    TIL_CHOICE(0, "level", count_args_t, level, &level_words, "one row per gene, or per feature"),
    TIL_CHOICE(0, "mode", count_args_t, mode, &til_count_mode_words,
               "which genes win a read: featureCounts' vote, or htseq-count's set rules"),
    TIL_CHOICE('M', "multi-mapping", count_args_t, multi, &til_multi_words,
               "reads with several alignments (NH): left out, each counted, 1/NH each, the primary "
               "one"),
    TIL_CHOICE('O', "multi-overlap", count_args_t, overlap, &til_multi_overlap_words,
               "reads on several genes: left out, all counted, shared out, the gene with most "
               "bases (largest-all: each of those with most)"),
    { 'Q', "min-mapq", TIL_OPT_INT, offsetof(count_args_t, min_mapq), "INT", 0, 255,
      "smallest MAPQ (pairs: featurecounts of the better end, htseq of both) [0; htseq modes 10]" },
    { 0, "min-overlap", TIL_OPT_INT, offsetof(count_args_t, min_overlap), "INT", 1, 1 << 30,
      "smallest number of bases over a gene" },
    { 0, "frac-overlap", TIL_OPT_NUMBER, offsetof(count_args_t, frac_overlap), "F", 0, 1,
      "smallest share of a fragment's bases over a gene" },
    { 0, "introns", TIL_OPT_FLAG, offsetof(count_args_t, introns), NULL, 0, 0,
      "count the introns of a gene too, where a fragment lies on no exon of any gene" },
    { 0, "max-cigar", TIL_OPT_INT, offsetof(count_args_t, max_cigar), "INT", 1, 1 << 28,
      "stretches of an alignment that are looked at, parted by I, D, N [10; htseq modes all]" },
    { 'L', "long-reads", TIL_OPT_FLAG, offsetof(count_args_t, long_reads), NULL, 0, 0,
      "long reads: all stretches are looked at, reads are counted, not pairs" },
    TIL_CHOICE(0, "secondary", count_args_t, secondary, &secondary_words,
               "secondary and supplementary alignments [count; htseq modes ignore]"),
    { 0, "ignore-duplicates", TIL_OPT_FLAG, offsetof(count_args_t, ignore_duplicates), NULL, 0, 0,
      "leave out reads flagged as duplicates" },
    { 0, "both-mapped", TIL_OPT_FLAG, offsetof(count_args_t, both_mapped), NULL, 0, 0,
      "leave out fragments with one end mapped" },
    { 0, "no-chimeric", TIL_OPT_FLAG, offsetof(count_args_t, no_chimeric), NULL, 0, 0,
      "leave out fragments with ends on two contigs or on one strand" },
    { 0, "split-only", TIL_OPT_FLAG, offsetof(count_args_t, split_only), NULL, 0, 0,
      "count only reads that span an intron (an N in the CIGAR)" },
    { 0, "aliases", TIL_OPT_FILE, offsetof(count_args_t, aliases), "FILE", 0, 0,
      "contig names: column 1 the annotation's, column 2 the alignments' (TSV or CSV)" },
    { 0, "reference", TIL_OPT_FILE, offsetof(count_args_t, reference), "FASTA", 0, 0,
      "genome a CRAM was written against; no base is needed: it is only looked at" },
    { 0, "allow-cram", TIL_OPT_FLAG, offsetof(count_args_t, allow_cram), NULL, 0, 0,
      "read CRAM also by an htslib whose CRAM reader has known holes" },
    { 0, "allow-no-eof", TIL_OPT_FLAG, offsetof(count_args_t, allow_no_eof), NULL, 0, 0,
      "a missing end mark of a BAM is a warning" },
    { 0, "sample-names", TIL_OPT_TEXT, offsetof(count_args_t, sample_names), "A,B,...|FILE", 0, 0,
      "names of the columns, or a file of them: one a line, or path and name [file names]" },
    TIL_CHOICE(0, "format", count_args_t, format, &til_count_layout_words, "layout of the table"),
    { 0, "each-strand", TIL_OPT_FLAG, offsetof(count_args_t, each_strand), NULL, 0, 0,
      "one file: where its reads leave the strand open, write FILE.forward and FILE.reverse too, "
      "of "
      "which tilseq merge takes what the other samples say" },
    { 0, "assignments", TIL_OPT_OUTPUT, offsetof(count_args_t, assignments), "FILE", 0, 0,
      "a line for each fragment of one file: name, fate, number of genes, genes (needs --strand)" },
    { 0, "qc", TIL_OPT_OUTPUT, offsetof(count_args_t, quality), "DIR", 0, 0,
      "write the quality of the alignments there, from the same pass (as tilseq qc)" },
    { 0, "strict", TIL_OPT_FLAG, offsetof(count_args_t, strict), NULL, 0, 0,
      "an unclear or contradicted strand is an error" },
    { 0, "min-assigned", TIL_OPT_NUMBER, offsetof(count_args_t, min_assigned), "PERCENT", 0, 100,
      "an error when a smaller share of a sample is assigned to genes" },
    TIL_COMMON_OPTIONS(count_args_t)
};

/* ------------------------------------------------------------------ wishes */

static til_count_options_t wishes(const count_args_t *args)
{
    til_count_options_t o = TIL_COUNT_DEFAULTS;
    o.mode = args->mode;
    o.pairs = args->pairs;
    o.stranded = args->strand;
    o.multi_mapping = args->multi;
    o.multi_overlap = args->overlap;
    o.by_feature = args->level == LEVEL_FEATURE;
    o.min_mapq = args->min_mapq != MAPQ_UNSET        ? (int)args->min_mapq
                 : o.mode == TIL_COUNT_FEATURECOUNTS ? 0
                                                     : HTSEQ_MAPQ;
    o.min_overlap = (int)args->min_overlap;
    o.frac_overlap = args->frac_overlap;
    if (args->max_cigar != CIGAR_UNSET) o.max_sections = (int)args->max_cigar;
    if (args->long_reads) {
        o.max_sections = 0;
        o.pairs = TIL_PAIRS_NO;
    }
    o.ignore_secondary = args->secondary == TIL_NOT_CHOSEN ? o.mode != TIL_COUNT_FEATURECOUNTS
                                                           : args->secondary == SECONDARY_IGNORE;
    o.ignore_duplicates = args->ignore_duplicates;
    o.introns = args->introns;
    o.both_mapped = args->both_mapped;
    o.no_chimeric = args->no_chimeric;
    o.split_only = args->split_only;
    o.reference = args->reference;
    o.allow_no_eof = args->allow_no_eof;
    o.allow_cram = args->allow_cram;
    o.with_quality = args->quality != NULL;
    return o;
}

typedef struct {
    til_text_t text;
    const char **from, **to;
    size_t n, from_capacity, to_capacity;
} aliases_t;

static til_status_t read_aliases(til_ctx_t *ctx, til_job_t *job, const char *path,
                                 aliases_t *aliases)
{
    til_status_t status = TIL_OK;
    char *line, **fields = NULL;
    size_t length, n_fields, capacity = 0;

    TIL_TRY(til_text_read(ctx, path, &aliases->text));
    TIL_TRY(til_job_input(ctx, job, path, aliases->text.sha256, 0));
    while (til_text_next_data(&aliases->text, &line, &length)) {
        if (length == 0 || line[0] == '#') continue;
        TIL_TRY(til_tsv_split(ctx, path, aliases->text.line, line, length,
                              til_tsv_delimiter(line, length), &fields, &capacity, &n_fields));
        if (n_fields < 2) {
            status = til_fail(ctx, TIL_EINPUT,
                              "%s:%zu: one column: two are wanted, the "
                              "annotation's name and the alignments'",
                              path, aliases->text.line);
            goto done;
        }
        TIL_TRY(til_grow(ctx, &aliases->to, &aliases->to_capacity, aliases->n + 1,
                         sizeof *aliases->to));
        TIL_TRY(til_grow(ctx, &aliases->from, &aliases->from_capacity, aliases->n + 1,
                         sizeof *aliases->from));
        aliases->to[aliases->n] = fields[0];
        aliases->from[aliases->n++] = fields[1];
    }
done:
    free(fields);
    return status;
}

/* ------------------------------------------------------------------ strand */

/* Says what the reads of a sample say about its strand, where they say it clearly. */
static til_status_t tell_strand(til_ctx_t *ctx, const count_args_t *args, const char *name,
                                const til_count_t *c)
{
    uint64_t n = c->sense + c->antisense;
    double sense = n == 0 ? 0 : 100.0 * (double)c->sense / (double)n, antisense = 100 - sense;
    const char *verdict = til_strand_verdict_word(c->verdict);
    const char *setting = til_strand_setting_word(c->stranded);

    if (!c->strand_given) {
        if (c->verdict != TIL_VERDICT_UNCLEAR)
            til_say(ctx, TIL_LOG_NOTICE,
                    "%s: strand: %s: %.1f%% of %llu fragments lie on the sense "
                    "strand of their gene, %.1f%% on the other",
                    name, verdict, sense, (unsigned long long)n, antisense);
        return TIL_OK;
    }
    if (c->verdict == TIL_VERDICT_UNCLEAR || strcmp(setting, verdict) == 0) {
        til_say(ctx, TIL_LOG_DETAIL, "%s: strand: %s as given; %.1f%% of %llu fragments sense",
                name, setting, sense, (unsigned long long)n);
        return TIL_OK;
    }
    if (args->strict)
        return til_fail(ctx, TIL_EINPUT,
                        "%s: --strand %s, but the reads say %s: %.1f%% of %llu "
                        "fragments sense, %.1f%% antisense",
                        name, setting, verdict, sense, (unsigned long long)n, antisense);
    til_say(ctx, TIL_LOG_WARNING,
            "%s: --strand %s, but the reads say %s: %.1f%% of %llu fragments "
            "sense, %.1f%% antisense",
            name, setting, verdict, sense, (unsigned long long)n, antisense);
    return TIL_OK;
}

/* Says how a sample whose reads leave its strand open was counted after all. */
static til_status_t tell_open_strand(til_ctx_t *ctx, const count_args_t *args, const char *name,
                                     const til_count_t *c, til_stranded_t cohort)
{
    uint64_t n = c->sense + c->antisense;
    double sense = n == 0 ? 0 : 100.0 * (double)c->sense / (double)n;
    double antisense = n == 0 ? 0 : 100 - sense;

    if (args->strict)
        return til_fail(ctx, TIL_EINPUT,
                        "%s: strand: unclear: %.1f%% of %llu fragments sense, "
                        "%.1f%% antisense: neither 80%% nor even; give --strand",
                        name, sense, (unsigned long long)n, antisense);
    til_say(ctx, TIL_LOG_WARNING,
            "%s: strand: unclear: %.1f%% of %llu fragments sense, %.1f%% antisense: neither 80%% "
            "nor even: counted as %s%s; give --strand",
            name, sense, (unsigned long long)n, antisense, til_strand_setting_word(cohort),
            args->each_strand                   ? ", and each way for tilseq merge"
            : cohort == TIL_STRANDED_UNSTRANDED ? ""
                                                : ", as the other samples say");
    return TIL_OK;
}

static til_status_t check_share(til_ctx_t *ctx, const count_args_t *args, const char *name,
                                const til_count_t *c)
{
    uint64_t n = 0, assigned = c->fates[TIL_FATE_ASSIGNED];
    for (int fate = 0; fate < TIL_N_FATES; fate++) n += c->fates[fate];
    if (n != c->n_pairs + c->n_single)
        return til_fail(ctx, TIL_EINTERNAL, "%s: %llu fates of %llu fragments", name,
                        (unsigned long long)n, (unsigned long long)(c->n_pairs + c->n_single));
    double percent = n == 0 ? 0 : 100.0 * (double)assigned / (double)n;
    til_say(ctx, TIL_LOG_STAGE, "%s: %llu records, %llu %s, %llu assigned (%.1f%%)", name,
            (unsigned long long)c->n_records, (unsigned long long)n,
            c->n_pairs > 0 ? "fragments" : "alignments", (unsigned long long)assigned, percent);
    if (percent < args->min_assigned)
        return til_fail(ctx, TIL_EINPUT, "%s: %.2f%% assigned: --min-assigned asks for %g%%", name,
                        percent, args->min_assigned);
    return TIL_OK;
}

/* --------------------------------------------------------------------- run */

typedef struct {
    const count_args_t *args;
    til_annot_t annot;
    til_overlap_t *index;
    uint64_t *gene_lengths;
    aliases_t aliases;
    til_arena_t *arena;
    const char **names;
    til_count_t *counts;
    size_t n;
} count_state_t;

static til_status_t judge_sample(til_ctx_t *ctx, void *arg, size_t i)
{
    const count_state_t *s = arg;
    til_status_t status = tell_strand(ctx, s->args, s->names[i], &s->counts[i]);
    if (status != TIL_OK || s->counts[i].ways != NULL) return status;
    return check_share(ctx, s->args, s->names[i], &s->counts[i]);
}

/* One strand setting for all samples that were not given one, recorded with what it comes from. */
static til_status_t settle_strand(til_ctx_t *ctx, til_job_t *job, const count_state_t *s)
{
    til_status_t status = TIL_OK;
    char text[TIL_STRAND_TEXT];
    til_stranded_t cohort;
    bool *open = til_array_zero(s->n, sizeof *open);

    if (open == NULL) return til_no_memory(ctx, s->n, "samples");
    for (size_t i = 0; i < s->n; i++) open[i] = s->counts[i].ways != NULL;
    TIL_TRY(til_count_settle(ctx, s->counts, s->names, s->n, &cohort));
    for (size_t i = 0; i < s->n; i++) {
        if (open[i]) {
            TIL_TRY(tell_open_strand(ctx, s->args, s->names[i], &s->counts[i], cohort));
            TIL_TRY(check_share(ctx, s->args, s->names[i], &s->counts[i]));
        }
        til_strand_record_t record = til_count_strand(&s->counts[i]);
        til_strand_print(&record, text);
        TIL_TRY(til_job_remark(ctx, job, "strand", "%s %s", s->names[i], text));
    }
done:
    free(open);
    return status;
}

static til_status_t count_all(til_ctx_t *ctx, til_job_t *job, const til_count_options_t *o,
                              count_state_t *s)
{
    til_count_inputs_t inputs = { &s->annot, s->index, o, job->operands, s->n };
    return til_count_samples(ctx, job, &inputs, judge_sample, s, s->counts);
}

static til_rows_t rows_of(const til_count_options_t *o)
{
    return o->by_feature ? TIL_ROWS_FEATURES
           : o->introns  ? TIL_ROWS_GENES_WITH_INTRONS
                         : TIL_ROWS_GENES;
}

/* Reads the annotation and makes of it what counting needs. */
static til_status_t load_annotation(til_ctx_t *ctx, til_job_t *job, const til_count_options_t *o,
                                    count_state_t *s)
{
    til_status_t status = TIL_OK;
    const count_args_t *args = s->args;
    til_gtf_options_t gtf = { .feature = args->feature,
                              .attribute = args->attribute,
                              .once_a_gene = o->by_feature };

    TIL_TRY(til_job_annotation(ctx, job, args->annotation, &gtf, &s->annot));
    til_say(ctx, TIL_LOG_STAGE, "%s: %zu genes, %zu transcripts, %zu features on %zu contigs",
            args->annotation, s->annot.n_genes, s->annot.n_transcripts, s->annot.n_exons,
            s->annot.n_contigs);
    s->gene_lengths = til_array(s->annot.n_genes, sizeof *s->gene_lengths);
    if (s->gene_lengths == NULL) return til_no_memory(ctx, s->annot.n_genes, "genes");
    if (o->introns) til_annot_gene_spans(&s->annot, s->gene_lengths);
    else til_annot_gene_lengths(&s->annot, s->gene_lengths);
    TIL_TRY(til_overlap_build(ctx, &s->annot, rows_of(o), &s->index));
    if (!til_count_lists_features(args->format, o) && !o->with_quality)
        til_annot_drop_features(&s->annot);
done:
    return status;
}

static til_count_table_t table_of(const count_state_t *s, const til_count_options_t *o)
{
    return (til_count_table_t){ .annot = &s->annot,
                                .gene_lengths = s->gene_lengths,
                                .options = o,
                                .counts = s->counts,
                                .names = s->names,
                                .n_samples = s->n,
                                .layout = s->args->format,
                                .left_open = s->args->each_strand && s->counts->ways != NULL };
}

static til_status_t write_all(til_ctx_t *ctx, til_job_t *job, const til_count_table_t *table,
                              til_out_t *out, til_out_t *summary)
{
    const count_args_t *args = job->args;
    til_status_t status = TIL_OK;

    TIL_TRY(til_count_write(ctx, job, table, out));
    TIL_TRY(til_out_close(ctx, out));
    if (summary != NULL) {
        til_count_write_summary(table, summary);
        TIL_TRY(til_out_close(ctx, summary));
    }
    if (args->quality != NULL) TIL_TRY(til_quality_write(ctx, job, args->quality, table));
done:
    return status;
}

static til_status_t open_outputs(til_ctx_t *ctx, til_job_t *job, til_out_t **out,
                                 til_out_t **summary)
{
    const count_args_t *args = job->args;
    til_strbuf_t path = { 0 };
    til_status_t status = TIL_OK;

    TIL_TRY(til_job_refuse_input(ctx, args->output, job->operands, (size_t)job->n_operands));
    TIL_TRY(til_job_refuse_input(ctx, args->output, &args->annotation, 1));
    TIL_TRY(til_job_open(ctx, job, args->output, out));
    if (args->quality != NULL) TIL_TRY(til_job_folder(ctx, job, args->quality));
    *summary = NULL;
    if (strcmp(args->output, "-") != 0) {
        til_strbuf_printf(&path, "%s.summary", args->output);
        if (path.failed) {
            status = til_no_memory(ctx, 1, "path");
            goto done;
        }
        TIL_TRY(til_job_open(ctx, job, til_strbuf_text(&path), summary));
    }
done:
    til_strbuf_clear(&path);
    return status;
}

static til_status_t put_assignments(til_ctx_t *ctx, void *arg, const char *text, size_t n)
{
    (void)ctx;
    til_out_write(arg, text, n); /* a failure is told when the file is closed */
    return TIL_OK;
}

/* Options that cannot act with the others given. */
static til_status_t check_args(til_ctx_t *ctx, const til_job_t *job, const til_count_options_t *o)
{
    const count_args_t *args = job->args;
    if (args->annotation == NULL) return til_fail(ctx, TIL_EUSAGE, "-a/--annotation is missing");
    if (args->long_reads && (args->max_cigar != CIGAR_UNSET || args->pairs == TIL_PAIRS_YES))
        return til_fail(ctx, TIL_EUSAGE,
                        "--long-reads looks at all of an alignment and counts "
                        "reads: not with --max-cigar or --pairs yes");
    if (args->max_cigar != CIGAR_UNSET && o->mode != TIL_COUNT_FEATURECOUNTS)
        return til_fail(ctx, TIL_EUSAGE, "--max-cigar belongs to --mode featurecounts");
    if (args->assignments != NULL && (o->stranded == TIL_STRANDED_AUTO || job->n_operands != 1))
        return til_fail(ctx, TIL_EUSAGE,
                        "--assignments is for one file whose --strand is given, since "
                        "the fate of a fragment is written when it is read");
    if (args->each_strand && (o->stranded != TIL_STRANDED_AUTO || job->n_operands != 1 ||
                              args->format != TIL_LAYOUT_OWN || strcmp(args->output, "-") == 0))
        return til_fail(ctx, TIL_EUSAGE,
                        "--each-strand is for one file whose strand is told from its reads, in "
                        "tilseq's own layout with -o FILE");
    return TIL_OK;
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    til_status_t status = TIL_OK;
    const count_args_t *args = job->args;
    til_count_options_t o = wishes(args);
    count_state_t s = { .args = args, .n = (size_t)job->n_operands };
    til_out_t *out, *summary, *lines = NULL;
    til_count_sink_t sink = { put_assignments, NULL };

    TIL_TRY(check_args(ctx, job, &o));
    s.arena = til_arena_new();
    s.names = til_array_zero(s.n, sizeof *s.names);
    s.counts = til_array_zero(s.n, sizeof *s.counts);
    if (s.arena == NULL || s.names == NULL || s.counts == NULL) {
        status = til_no_memory(ctx, s.n, "samples");
        goto done;
    }
    TIL_TRY(til_check_readable(ctx, job->operands, s.n));
    TIL_TRY(til_refuse_same_file(ctx, job->operands, s.n));
    TIL_TRY(til_sample_names(ctx, job->operands, s.n, args->sample_names,
                             args->format != TIL_LAYOUT_OWN, s.arena, s.names));
    TIL_TRY(open_outputs(ctx, job, &out, &summary));
    if (args->assignments != NULL) {
        TIL_TRY(til_job_open(ctx, job, args->assignments, &lines));
        sink.arg = lines;
        o.assignments = &sink;
    }
    if (args->aliases != NULL) TIL_TRY(read_aliases(ctx, job, args->aliases, &s.aliases));
    o.alias_from = s.aliases.from;
    o.alias_to = s.aliases.to;
    o.n_aliases = s.aliases.n;

    TIL_TRY(load_annotation(ctx, job, &o, &s));
    TIL_TRY(count_all(ctx, job, &o, &s));
    if (lines != NULL) TIL_TRY(til_out_close(ctx, lines));
    til_count_table_t table = table_of(&s, &o);
    if (table.left_open) TIL_TRY(til_count_write_ways(ctx, job, &table, args->output));
    TIL_TRY(settle_strand(ctx, job, &s));
    TIL_TRY(write_all(ctx, job, &table, out, summary));
done:
    for (size_t i = 0; s.counts != NULL && i < s.n; i++) til_count_clear(&s.counts[i]);
    free(s.counts);
    free(s.names);
    free(s.gene_lengths);
    til_arena_free(s.arena);
    til_overlap_free(s.index);
    til_annot_clear(&s.annot);
    til_text_clear(&s.aliases.text);
    free(s.aliases.from);
    free(s.aliases.to);
    return status;
}

const til_command_t til_cmd_count = {
    .name = "count",
    .operands = "ALN.bam...",
    .summary = "Count the reads of BAM, SAM or CRAM files on the genes of an annotation.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(count_args_t),
    .common_offset = offsetof(count_args_t, common),
    .min_operands = 1,
    .max_operands = -1,
    .run = run
};
