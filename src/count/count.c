/* count.c -- one alignment file, one pass (two where its header is wrong about its order).
 *
 * Batch by batch: records are taken apart on all threads, mates find each other in file order on
 * one while the others inflate the next batch, fragments are voted on by all again. A read first
 * looks at the record before it (files by name), then among those that wait (any order), so that
 * the order of the file and the cut into batches change nothing. All sums are whole numbers: their
 * order changes nothing either.
 *
 * With the strand to be told from the reads, every fragment is counted under the three settings
 * at once and the evidence picks one at the end (strand.c): nothing is read twice for it, and no
 * first million reads decide for the rest.
 *
 * A long file, since taking apart, pairing and voting are steps on one state, batch by batch.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/strbuf.h"
#include "base/need.h"
#include "base/try.h"
#include "count/assign.h"
#include "count/contigs.h"
#include "count/names_seen.h"
#include "count/pairs.h"
#include "count/quality.h"
#include "count/strand.h"

enum {
    GRAIN = 2048, /* records or fragments of one piece of work */
    MAX_SETTINGS = TIL_STRAND_WAYS
};

/* Counts are kept in whole parts of a read: featureCounts' own 1/65536, and for htseq-count a
 * number that 1 to 16 divide. */
enum { UNIT_FEATURECOUNTS = 65536, UNIT_HTSEQ = 720720 };

#define NO_READ UINT32_MAX
#define KEPT    0x80000000u /* a place in `waiting`, not in `reads` */

typedef struct {
    uint32_t first, second;
} pair_t;

/* What the header says of the order of the records, as long as they keep it. */
typedef enum { ANY_ORDER, BY_COORDINATE, BY_NAME } order_t;

typedef struct {
    int64_t *counts; /* n_rows x n_settings */
    uint64_t fates[MAX_SETTINGS][TIL_N_FATES], footer[MAX_SETTINGS][TIL_N_FATES];
    uint64_t n_pairs, n_single, n_unpaired, n_no_position, n_beyond, n_cut, n_lost, n_mapped;
    uint64_t n_mateless, n_mateless_secondary, n_mateless_supplementary;
    uint64_t sense, antisense;
    til_ballot_t ballot;
    til_quality_worker_t *quality;
    til_fate_t fate; /* of the last fragment, under the last setting */
    size_t row;      /* it was counted for, unless the ballot says   */
    bool by_ballot;
} worker_t;

typedef struct {
    const til_annot_t *annot;
    const til_overlap_t *index;
    const til_count_options_t *options;
    const char *path;
    til_bam_t *bam;
    const til_bam_header_t *header;
    int32_t *contig_map;
    til_read_rules_t rules;
    bool pairing, bases_matter;
    bool nothing_filters;       /* no option keeps a uniquely mapped pair from the vote */
    til_quality_model_t *model; /* NULL unless quality is asked for */
    int64_t unit;
    til_stranded_t settings[MAX_SETTINGS];
    size_t n_settings;
    worker_t *workers;
    size_t n_workers;

    til_bam_batch_t batch;
    til_read_t *reads;
    size_t read_capacity;
    pair_t *pairs;
    size_t pair_capacity, n_pairs;
    til_pairs_table_t *waiting;
    uint32_t *kept; /* its places that this batch uses up: place << 1 | owns memory */
    size_t kept_capacity, n_kept;
    uint32_t held; /* the last read of the batch before, kept, when alone so far; or
                                   NO_READ                                                      */
    order_t order;
    bool again;        /* the order was broken after reads were let go for it */
    uint16_t left_out; /* flags of records that seek no mate, since they are not counted */
    int32_t at_contig;
    uint64_t n_let_go;
    uint64_t last_name;
    til_names_seen_t seen; /* of reads let go at the end of their name */
    uint64_t n_records;
    til_strbuf_t *lines; /* assignments of each piece of a batch */
    size_t n_lines, line_capacity, grain;
} counting_t;

void til_count_clear(til_count_t *count)
{
    if (count == NULL) return;
    free(count->path);
    free(count->counts);
    til_count_drop_ways(count);
    *count = (til_count_t){ 0 };
}

/* -------------------------------------------------------------------- vote */

static void add_fate(worker_t *w, size_t n_settings, til_fate_t fate)
{
    for (size_t k = 0; k < n_settings; k++) w->fates[k][fate]++;
    w->fate = fate;
}

/* Everything lies on one gene: the usual case, without lists. */
static void count_one_gene(const counting_t *s, worker_t *w, til_entry_t entry, bool minus,
                           int64_t weight)
{
    bool is_intron;
    size_t row = til_overlap_row(s->index, entry, &is_intron);
    w->row = row;
    w->by_ballot = false;
    for (size_t k = 0; k < s->n_settings; k++) {
        bool fits = til_strand_fits(entry, s->settings[k], minus);
        w->fate = fits ? TIL_FATE_ASSIGNED : TIL_FATE_NO_FEATURES;
        w->fates[k][w->fate]++;
        if (fits) w->counts[row * s->n_settings + k] += weight;
    }
}

static til_status_t count_by_ballot(til_ctx_t *ctx, const counting_t *s, worker_t *w,
                                    const til_fragment_t *f, const int32_t contigs[2],
                                    int64_t weight)
{
    til_status_t status = TIL_OK;
    til_fate_t fate;
    til_multi_overlap_t multi = s->options->multi_overlap;

    TIL_TRY(til_ballot_collect(ctx, &w->ballot, s->index, f, contigs));
    for (size_t k = 0; k < s->n_settings; k++) {
        TIL_TRY(til_ballot_vote(ctx, &w->ballot, s->options, s->settings[k], f, &fate));
        w->fates[k][fate]++;
        w->fate = fate;
        w->by_ballot = true;
        if (fate != TIL_FATE_ASSIGNED) continue;
        size_t n = w->ballot.n_candidates;
        if (n > 1) w->footer[k][TIL_FATE_AMBIGUITY]++;
        int64_t share = multi == TIL_OVERLAP_FRACTION ? weight / (int64_t)n : weight;
        for (size_t i = 0; i < n; i++)
            w->counts[(size_t)w->ballot.candidates[i].row * s->n_settings + k] += share;
    }
done:
    return status;
}

/* The one entry a fragment lies on, when it is as simple as that: *entry is its code. False when
 * the ballot must decide. 0: on no gene. */
static bool is_simple(const counting_t *s, const til_touch_t touch[2], uint32_t *code)
{
    uint32_t a = touch[0].code, b = touch[1].code;
    if (touch[0].several || touch[1].several || (a != 0 && b != 0 && a != b)) return false;
    *code = a != 0 ? a : b;
    if (s->options->mode == TIL_COUNT_STRICT && (touch[0].gap || touch[1].gap)) *code = 0;
    return true;
}

/* Whether an end touches an exon of some gene. */
static bool on_exon(const counting_t *s, const til_touch_t *touch)
{
    til_entry_t one;
    uint32_t n;
    bool is_intron = true;
    if (touch->code == 0 || !s->index->introns) return touch->code != 0;
    const til_entry_t *set = til_overlap_set(s->index, touch->code, &one, &n);
    for (uint32_t i = 0; i < n && is_intron; i++)
        (void)til_overlap_row(s->index, set[i], &is_intron);
    return !is_intron;
}

/* Shows a fragment to the quality sums; `code` is the one gene it lies on, if it is an odd one. */
static til_status_t see(til_ctx_t *ctx, const counting_t *s, worker_t *w, const til_fragment_t *f,
                        const int32_t contigs[2], const til_touch_t touch[2], uint32_t code)
{
    til_sighting_t sighting = { .fragment = f,
                                .contigs = contigs,
                                .n_hits = til_fragment_hits(f),
                                .on_gene = on_exon(s, &touch[0]) || on_exon(s, &touch[1]) };
    sighting.one_gene = sighting.on_gene && (code & 1);
    if (sighting.one_gene) {
        bool is_intron;
        uint32_t row = til_overlap_row(s->index, code >> 1, &is_intron);
        sighting.gene = s->options->by_feature ? s->annot->exons[row].gene : row;
        sighting.strand = code >> 1 & 3;
    }
    return til_quality_see(ctx, w->quality, s->model, s->index, &sighting);
}

/* Evidence for the strand: an end of a unique fragment on one gene (an odd code) of one strand. */
static void note_strand(worker_t *w, uint32_t code, bool minus)
{
    bool sense = minus == ((code >> 1 & 3) == TIL_STRAND_MINUS);
    w->sense += sense;
    w->antisense += !sense;
}

/* The most frequent kind of fragment, where no option filters: two mapped ends of a unique
 * alignment, on one gene (the general way comes to the same). False for any other. */
static bool count_plain_pair(const counting_t *s, worker_t *w, const til_fragment_t *f)
{
    const til_read_t *a = f->end[0], *b = f->end[1];
    if (a == NULL || b == NULL || ((a->flag | b->flag) & TIL_FLAG_UNMAPPED) || a->n_hits > 1 ||
        b->n_hits > 1)
        return false;
    uint32_t code = a->touch.code;
    if (!(code & 1) || code != b->touch.code || a->touch.several || b->touch.several ||
        (code >> 1 & 3) == TIL_STRAND_NONE)
        return false;
    bool minus = til_read_fragment_minus(a);
    if (minus != til_read_fragment_minus(b)) return false;
    w->n_mapped++;
    note_strand(w, code, minus);
    count_one_gene(s, w, code >> 1, minus, s->unit);
    return true;
}

static til_status_t count_fragment(til_ctx_t *ctx, const counting_t *s, worker_t *w,
                                   const til_fragment_t *f)
{
    const til_count_options_t *o = s->options;
    bool htseq = o->mode != TIL_COUNT_FEATURECOUNTS, lost = false;
    uint64_t extra[TIL_N_FATES] = { 0 };
    til_touch_t touch[2] = { { 0 } };
    int32_t contigs[2] = { -1, -1 };
    uint32_t code = 0;
    til_status_t status = TIL_OK;

    if (s->nothing_filters && count_plain_pair(s, w, f)) return TIL_OK;
    til_fate_t fate = htseq ? til_fate_of_htseq(o, f, extra) : til_fate_of(o, f);
    if (extra[TIL_FATE_MULTI_MAPPING] > 0)
        for (size_t k = 0; k < s->n_settings; k++) w->footer[k][TIL_FATE_MULTI_MAPPING]++;
    if (fate != TIL_FATE_ASSIGNED && !o->with_quality) {
        add_fate(w, s->n_settings, fate);
        return TIL_OK;
    }
    for (int i = 0; i < 2; i++) {
        const til_read_t *end = f->end[i];
        if (end == NULL || til_read_unmapped(end)) continue;
        contigs[i] = s->contig_map[end->contig];
        if (contigs[i] < 0) lost = true;
        else touch[i] = end->touch;
    }
    uint32_t n_hits = til_fragment_hits(f);
    bool simple = is_simple(s, touch, &code);
    if (o->with_quality) TIL_TRY(see(ctx, s, w, f, contigs, touch, simple ? code : 0));
    if (fate != TIL_FATE_ASSIGNED) {
        add_fate(w, s->n_settings, fate);
        return TIL_OK;
    }
    w->n_mapped++;
    w->n_lost += lost;
    int64_t weight = o->multi_mapping == TIL_MULTI_FRACTION ? s->unit / n_hits : s->unit;
    if (htseq && lost) code = 0, simple = true;
    if (simple && code == 0) {
        add_fate(w, s->n_settings, TIL_FATE_NO_FEATURES);
        return TIL_OK;
    }
    bool minus[2] = { touch[0].code != 0 && til_read_fragment_minus(f->end[0]),
                      touch[1].code != 0 && til_read_fragment_minus(f->end[1]) };
    int which = touch[0].code != 0 ? 0 : 1;
    bool agree = touch[0].code == 0 || touch[1].code == 0 || minus[0] == minus[1];
    if (simple && (code & 1) && agree && n_hits == 1 && (code >> 1 & 3) != TIL_STRAND_NONE)
        note_strand(w, code, minus[which]);
    if (simple && (code & 1) && agree && !s->bases_matter)
        count_one_gene(s, w, code >> 1, minus[which], weight);
    else status = count_by_ballot(ctx, s, w, f, contigs, weight);
done:
    return status;
}

/* ------------------------------------------------------------- parallel work */

static til_status_t decode(til_ctx_t *ctx, counting_t *s, worker_t *w, size_t i)
{
    unsigned oddities;
    const uint8_t *record = s->batch.bytes + s->batch.at[i];
    til_read_state_t state = til_read_decode(record, &s->rules, &s->reads[i], &oddities);
    if (state == TIL_READ_NO_MEMORY) return til_no_memory(ctx, 1, "alignment");
    if (state != TIL_READ_OK) {
        til_bam_record_t parts;
        bool whole = til_bam_record(record, &parts);
        return til_fail(ctx, TIL_EINPUT, "%s: record %llu%s%.80s%s: %s", s->path,
                        (unsigned long long)(s->batch.first + i), whole ? " (read " : "",
                        whole ? parts.name : "", whole ? ")" : "", til_read_problem(state));
    }
    if (oddities != 0) {
        w->n_no_position += (oddities & TIL_ODD_NO_POSITION) != 0;
        w->n_beyond += (oddities & TIL_ODD_BEYOND) != 0;
        w->n_cut += (oddities & TIL_ODD_CUT) != 0;
    }
    return TIL_OK;
}

/* The contig of the annotation a read lies on, or -1. */
static int32_t annotated_contig(const counting_t *s, const til_read_t *read)
{
    return read->contig < 0 ? -1 : s->contig_map[read->contig];
}

/* Takes records apart and looks up what they lie on, where they come sorted. */
static til_status_t decode_sorted(til_ctx_t *ctx, counting_t *s, worker_t *w, size_t begin,
                                  size_t end)
{
    til_cursor_t cursor = { 0 };
    for (size_t i = begin; i < end; i++) {
        til_status_t status = decode(ctx, s, w, i);
        if (status != TIL_OK) return status;
        til_read_t *read = &s->reads[i];
        int32_t contig = annotated_contig(s, read);
        if (contig >= 0) read->touch = til_touch_next(s->index, (size_t)contig, read, &cursor);
    }
    return TIL_OK;
}

/* The same in any order. A read is looked up some records after it was decoded; in between the
 * memory that will be wanted is asked for, the bucket first, then what it points to, so that the
 * processor has many of these under way and waits for none. */
static til_status_t decode_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    enum { TO_SEGMENTS = 12, TO_LOOK_UP = 24 };
    counting_t *s = arg;
    if (s->order == BY_COORDINATE) return decode_sorted(ctx, s, &s->workers[worker], begin, end);
    for (size_t i = begin; i < end + TO_LOOK_UP; i++) {
        if (i < end) {
            til_status_t status = decode(ctx, s, &s->workers[worker], i);
            if (status != TIL_OK) return status;
            const til_read_t *read = &s->reads[i];
            int32_t contig = annotated_contig(s, read);
            const til_block_t *blocks = til_read_blocks(read);
            for (unsigned b = 0; contig >= 0 && b < read->n_blocks && b < TIL_BLOCKS_INSIDE; b++)
                til_overlap_prefetch_bucket(s->index, (size_t)contig, blocks[b].start);
        }
        if (i >= begin + TO_SEGMENTS && i - TO_SEGMENTS < end) {
            const til_read_t *read = &s->reads[i - TO_SEGMENTS];
            int32_t contig = annotated_contig(s, read);
            const til_block_t *blocks = til_read_blocks(read);
            for (unsigned b = 0; contig >= 0 && b < read->n_blocks && b < TIL_BLOCKS_INSIDE; b++)
                til_overlap_prefetch(s->index, (size_t)contig, blocks[b].start);
        }
        if (i >= begin + TO_LOOK_UP) {
            til_read_t *read = &s->reads[i - TO_LOOK_UP];
            int32_t contig = annotated_contig(s, read);
            if (contig >= 0) read->touch = til_touch(s->index, (size_t)contig, read);
        }
    }
    return TIL_OK;
}

static til_read_t *read_at(const counting_t *s, uint32_t place)
{
    if (place == NO_READ) return NULL;
    return place & KEPT ? til_pairs_read(s->waiting, place & ~KEPT) : &s->reads[place];
}

/* Asks for the counts that a fragment will change. */
static void look_ahead(const counting_t *s, const worker_t *w, size_t i)
{
    const til_read_t *read = s->pairing ? read_at(s, s->pairs[i].first) : &s->reads[i];
    if (read == NULL || !(read->touch.code & 1)) return;
    bool is_intron;
    size_t row = til_overlap_row(s->index, read->touch.code >> 1, &is_intron);
    __builtin_prefetch(&w->counts[row * s->n_settings], 1);
}

/* Frees what a read of this batch owns; one that is kept is given back with its place. */
static void drop_read(til_read_t *reads, uint32_t place)
{
    if ((place & KEPT) || reads[place].more == NULL) return; /* NO_READ is as if kept */
    free(reads[place].more);
    reads[place].more = NULL;
}

static const char *row_name(const counting_t *s, size_t row)
{
    return s->annot->gene_ids[s->options->by_feature ? s->annot->exons[row].gene : row];
}

/* A line about the last fragment, as featureCounts' CORE has it. */
static void put_assignment(const counting_t *s, const worker_t *w, const til_fragment_t *f,
                           til_strbuf_t *lines)
{
    const til_read_t *known = f->end[0] != NULL ? f->end[0] : f->end[1];
    size_t n = w->by_ballot ? w->ballot.n_candidates : 1;
    til_strbuf_add(lines, til_read_name(known));
    til_strbuf_add_char(lines, '\t');
    til_strbuf_add(lines, s->options->mode == TIL_COUNT_FEATURECOUNTS
                              ? til_fate_name(w->fate)
                              : til_fate_htseq_name(w->fate));
    if (w->fate != TIL_FATE_ASSIGNED) {
        til_strbuf_add(lines, w->fate == TIL_FATE_UNMAPPED ? "\t0\tNA\n" : "\t-1\tNA\n");
        return;
    }
    til_strbuf_printf(lines, "\t%zu\t", n);
    for (size_t i = 0; i < n; i++) {
        if (i > 0) til_strbuf_add_char(lines, ',');
        til_strbuf_add(lines, row_name(s, w->by_ballot ? w->ballot.candidates[i].row : w->row));
    }
    til_strbuf_add_char(lines, '\n');
}

/* Room for the lines of each piece of a batch of n fragments. */
static til_status_t make_lines(til_ctx_t *ctx, counting_t *s, size_t n)
{
    size_t had = s->line_capacity;
    s->n_lines = s->options->assignments == NULL ? 0 : n / s->grain + 1;
    til_status_t status = til_grow(ctx, &s->lines, &s->line_capacity, s->n_lines, sizeof *s->lines);
    if (status == TIL_OK && s->line_capacity > had)
        memset(s->lines + had, 0, (s->line_capacity - had) * sizeof *s->lines);
    return status;
}

static til_status_t put_lines(til_ctx_t *ctx, counting_t *s)
{
    til_status_t status = TIL_OK;
    const til_count_sink_t *sink = s->options->assignments;
    for (size_t i = 0; i < s->n_lines && status == TIL_OK; i++) {
        til_strbuf_t *lines = &s->lines[i];
        if (lines->failed) status = til_no_memory(ctx, 1, "assignments");
        else if (lines->length > 0) status = sink->put(ctx, sink->arg, lines->text, lines->length);
        til_strbuf_reset(lines);
    }
    return status;
}

static til_status_t vote_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    counting_t *s = arg;
    worker_t *w = &s->workers[worker];
    enum { AHEAD = 16 };
    for (size_t i = begin; i < end; i++) {
        til_fragment_t f = { .paired = s->pairing };
        pair_t ends = s->pairing ? s->pairs[i] : (pair_t){ (uint32_t)i, NO_READ };
        if (i + AHEAD < end) look_ahead(s, w, i + AHEAD);
        f.end[0] = read_at(s, ends.first);
        f.end[1] = read_at(s, ends.second);
        const til_read_t *alone = f.end[0] == NULL ? f.end[1] : f.end[1] == NULL ? f.end[0] : NULL;
        w->n_pairs += alone == NULL;
        w->n_single += alone != NULL;
        if (alone != NULL && !(alone->flag & TIL_FLAG_PAIRED)) w->n_unpaired++;
        else if (alone != NULL && s->pairing && !(alone->flag & TIL_FLAG_MATE_UNMAPPED)) {
            w->n_mateless++;
            if (alone->flag & TIL_FLAG_SUPPLEMENTARY) w->n_mateless_supplementary++;
            else if (alone->flag & TIL_FLAG_SECONDARY) w->n_mateless_secondary++;
        }
        til_status_t status = count_fragment(ctx, s, w, &f);
        if (status != TIL_OK) return status;
        if (s->n_lines > 0) put_assignment(s, w, &f, &s->lines[begin / s->grain]);
        drop_read(s->reads, ends.first);
        drop_read(s->reads, ends.second);
    }
    return TIL_OK;
}

/* ------------------------------------------------------------------- mates */

/* Notes a place of the table that is free again when this batch is counted. */
static til_status_t use_up(til_ctx_t *ctx, counting_t *s, uint32_t place)
{
    bool owns = til_pairs_read(s->waiting, place)->more != NULL;
    til_status_t status = til_grow(ctx, &s->kept, &s->kept_capacity, s->n_kept + 1,
                                   sizeof *s->kept);
    if (status == TIL_OK) s->kept[s->n_kept++] = place << 1 | owns;
    else til_pairs_return(s->waiting, place, owns);
    return status;
}

/* Notes a fragment; `b` may be NO_READ. The end flagged as first goes first, and so does a read
 * that is not of a pair; featureCounts also asks a read without its mate first. */
static til_status_t push_pair(til_ctx_t *ctx, counting_t *s, uint32_t a, uint32_t b)
{
    til_status_t status = til_grow(ctx, &s->pairs, &s->pair_capacity, s->n_pairs + 1,
                                   sizeof *s->pairs);
    if (status != TIL_OK) return status;
    uint16_t flag = read_at(s, a)->flag;
    bool a_first = (flag & TIL_FLAG_FIRST) || !(flag & TIL_FLAG_PAIRED) ||
                   (b == NO_READ && s->options->mode == TIL_COUNT_FEATURECOUNTS);
    s->pairs[s->n_pairs++] = a_first ? (pair_t){ a, b } : (pair_t){ b, a };
    return TIL_OK;
}

/* Counts a read alone. */
static til_status_t push_alone(til_ctx_t *ctx, counting_t *s, uint32_t place)
{
    til_status_t status = TIL_OK;
    if (place & KEPT) status = use_up(ctx, s, place & ~KEPT);
    return status == TIL_OK ? push_pair(ctx, s, place, NO_READ) : status;
}

/* The header promised an order that the file does not keep. Where reads were let go for it the file
 * must be read again, without trust. */
static til_status_t broken_order(til_ctx_t *ctx, counting_t *s)
{
    const char *promise = s->order == BY_NAME ? "the records of a name stand together"
                                              : "the records are sorted by coordinate";
    s->order = ANY_ORDER;
    if (s->n_let_go == 0) return TIL_OK;
    if (!til_bam_is_file(s->bam))
        return til_fail(ctx, TIL_EINPUT,
                        "%s: the header says that %s, which they are not up to record %llu: a pipe "
                        "cannot be read again: sort it, or correct @HD",
                        s->path, promise, (unsigned long long)s->n_records);
    s->again = true;
    return TIL_OK;
}

static til_status_t let_all_go(til_ctx_t *ctx, counting_t *s)
{
    til_status_t status = TIL_OK;
    size_t cursor = 0;
    uint32_t place;
    while (status == TIL_OK && til_pairs_pop(s->waiting, &cursor, &place))
        status = push_alone(ctx, s, place | KEPT);
    return status;
}

/* In a file sorted by coordinate: lets go of reads whose mates should have come on contigs that
 * have passed. */
static til_status_t watch_order(til_ctx_t *ctx, counting_t *s, const til_read_t *read)
{
    til_status_t status = TIL_OK;
    uint32_t place;

    if (s->order != BY_COORDINATE || read->contig < 0 || read->contig == s->at_contig)
        return TIL_OK;
    if (read->contig < s->at_contig) return broken_order(ctx, s);
    for (int32_t c = s->at_contig < 0 ? 0 : s->at_contig; c < read->contig; c++)
        while (status == TIL_OK && til_pairs_pop_list(s->waiting, (size_t)c, &place)) {
            s->n_let_go++;
            status = push_alone(ctx, s, place | KEPT);
        }
    s->at_contig = read->contig;
    return status;
}

/* Whether the mate of a read should have come before it. */
static bool comes_too_late(const counting_t *s, const til_read_t *read)
{
    return s->order == BY_COORDINATE && read->mate_contig >= 0 && read->mate_contig < s->at_contig;
}

/* Finds the mate of a read that did not match the one before it; without one the read waits. */
static til_status_t seek_mate(til_ctx_t *ctx, counting_t *s, uint32_t place)
{
    til_status_t status = TIL_OK;
    uint32_t kept = place & ~KEPT;
    if (til_pairs_take(s->waiting, read_at(s, place), &kept)) {
        TIL_TRY(use_up(ctx, s, kept));
        if (place & KEPT) TIL_TRY(use_up(ctx, s, place & ~KEPT));
        return push_pair(ctx, s, place, kept | KEPT);
    }
    if (comes_too_late(s, read_at(s, place))) {
        s->n_let_go++;
        return push_alone(ctx, s, place);
    }
    if (!(place & KEPT)) TIL_TRY(til_pairs_keep(ctx, s->waiting, read_at(s, place), &kept));
    return til_pairs_wait(ctx, s->waiting, kept);
done:
    return status;
}

/* Lets a read go with its name, which must not come back. */
static til_status_t let_name_go(til_ctx_t *ctx, counting_t *s, uint32_t place)
{
    til_status_t status = TIL_OK;
    bool before;
    s->n_let_go++;
    TIL_TRY(til_names_seen_note(ctx, &s->seen, read_at(s, place)->name, &before));
    if (before && s->order == BY_NAME) TIL_TRY(broken_order(ctx, s));
    status = push_alone(ctx, s, place);
done:
    return status;
}

/* In a file grouped by name: no mate comes any more for the reads of a name that ends. */
static til_status_t end_name(til_ctx_t *ctx, counting_t *s, uint32_t before)
{
    til_status_t status = TIL_OK;
    uint32_t place;
    if (before != NO_READ && !til_pairs_any(s->waiting)) return let_name_go(ctx, s, before);
    if (before != NO_READ) TIL_TRY(seek_mate(ctx, s, before));
    /* several reads of one name are noted once: it has not come back */
    for (bool first = true; til_pairs_pop_list(s->waiting, 0, &place); first = false)
        TIL_TRY(first ? let_name_go(ctx, s, place | KEPT) : push_alone(ctx, s, place | KEPT));
done:
    return status;
}

/* Pairs up a batch. A read without a mate so far is looked at again when the next one has come. */
static til_status_t pair_batch(til_ctx_t *ctx, counting_t *s)
{
    enum { TO_MATE = 8, TO_TAKE = 16 };
    til_status_t status = TIL_OK;
    uint32_t before = s->held;

    s->n_pairs = 0;
    s->held = NO_READ;
    for (uint32_t i = 0; i < s->batch.n; i++) {
        const til_read_t *read = &s->reads[i];
        if (til_pairs_any(s->waiting) && i + TO_TAKE < s->batch.n) {
            til_pairs_prefetch(s->waiting, read + TO_TAKE);
            til_pairs_prefetch_mate(s->waiting, read + TO_MATE);
        }
        bool paired = (read->flag & TIL_FLAG_PAIRED) && !(read->flag & s->left_out);
        if (s->order == BY_NAME && read->name != s->last_name) {
            TIL_TRY(end_name(ctx, s, before));
            before = NO_READ;
            s->last_name = read->name;
        }
        if (before != NO_READ) {
            if (paired && til_pairs_match(read_at(s, before), read)) {
                if (before & KEPT) TIL_TRY(use_up(ctx, s, before & ~KEPT));
                TIL_TRY(push_pair(ctx, s, before, i));
                before = NO_READ;
                continue;
            }
            TIL_TRY(seek_mate(ctx, s, before));
            before = NO_READ;
        }
        TIL_TRY(watch_order(ctx, s, read));
        if (paired) before = i;
        else TIL_TRY(push_pair(ctx, s, i, NO_READ));
    }
    if (before == NO_READ) return TIL_OK;
    if (before & KEPT) {
        s->held = before;
    } else {
        TIL_TRY(til_pairs_keep(ctx, s->waiting, read_at(s, before), &s->held));
        s->held |= KEPT;
    }
done:
    return status;
}

static til_status_t pair_task(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    (void)worker, (void)begin, (void)end;
    return pair_batch(ctx, arg);
}

static void give_back(counting_t *s)
{
    for (size_t i = 0; i < s->n_kept; i++)
        til_pairs_return(s->waiting, s->kept[i] >> 1, s->kept[i] & 1);
    s->n_kept = 0;
}

/* Room for n reads, those never used before all zero. */
static til_status_t make_room(til_ctx_t *ctx, counting_t *s, size_t n)
{
    size_t had = s->read_capacity;
    til_status_t status = til_grow(ctx, &s->reads, &s->read_capacity, n, sizeof *s->reads);
    if (status == TIL_OK && s->read_capacity > had)
        memset(s->reads + had, 0, (s->read_capacity - had) * sizeof *s->reads);
    return status;
}

/* Votes on n fragments. */
static til_status_t vote(til_ctx_t *ctx, counting_t *s, size_t n, size_t grain)
{
    til_status_t status = TIL_OK;
    s->grain = grain;
    TIL_TRY(make_lines(ctx, s, n));
    TIL_TRY(til_parallel_for(ctx, n, grain, vote_range, s));
    status = put_lines(ctx, s);
done:
    return status;
}

static til_status_t count_batch(til_ctx_t *ctx, counting_t *s)
{
    til_status_t status = TIL_OK;
    size_t n = s->batch.n;

    TIL_TRY(make_room(ctx, s, n));
    TIL_TRY(til_parallel_for(ctx, n, GRAIN, decode_range, s));
    s->n_records += n;
    if (s->pairing) {
        TIL_TRY(til_bam_ahead(ctx, s->bam, pair_task, s));
        TIL_TRY(vote(ctx, s, s->n_pairs, GRAIN / 2));
        give_back(s);
    } else {
        TIL_TRY(vote(ctx, s, n, GRAIN));
    }
done:
    return status;
}

/* What is left at the end of the file. */
static til_status_t count_leftovers(til_ctx_t *ctx, counting_t *s)
{
    til_status_t status = TIL_OK;

    if (!s->pairing) return TIL_OK;
    s->n_pairs = 0;
    if (s->held != NO_READ) {
        uint32_t held = s->held;
        s->held = NO_READ;
        TIL_TRY(seek_mate(ctx, s, held));
    }
    TIL_TRY(let_all_go(ctx, s));
    TIL_TRY(vote(ctx, s, s->n_pairs, GRAIN / 2));
    give_back(s);
done:
    return status;
}

/* -------------------------------------------------------------- begin and end */

static til_status_t check_options(til_ctx_t *ctx, const til_count_options_t *o)
{
    if (o->mode != TIL_COUNT_FEATURECOUNTS &&
        (o->min_overlap > 1 || o->frac_overlap > 0 || til_by_bases(o)))
        return til_fail(ctx, TIL_EUSAGE,
                        "--min-overlap, --frac-overlap and --multi-overlap largest "
                        "belong to --mode featurecounts");
    if (o->introns && (o->mode != TIL_COUNT_FEATURECOUNTS || o->by_feature))
        return til_fail(ctx, TIL_EUSAGE, "--introns belongs to --mode featurecounts, --level gene");
    return TIL_OK;
}

static til_status_t begin(til_ctx_t *ctx, counting_t *s, bool trust_order)
{
    til_status_t status = TIL_OK;
    const til_count_options_t *o = s->options;
    til_bam_options_t bam_options = { .reference = o->reference,
                                      .allow_no_eof = o->allow_no_eof,
                                      .allow_cram = o->allow_cram };

    bool htseq = o->mode != TIL_COUNT_FEATURECOUNTS;
    s->pairing = o->pairs != TIL_PAIRS_NO;
    if (htseq && o->ignore_secondary) s->left_out = TIL_FLAG_SECONDARY | TIL_FLAG_SUPPLEMENTARY;
    s->bases_matter = til_needs_bases(o);
    s->nothing_filters = !htseq && !s->bases_matter && !o->with_quality && !o->both_mapped &&
                         !o->no_chimeric && !o->ignore_duplicates && !o->ignore_secondary &&
                         !o->split_only && o->min_mapq == 0 &&
                         o->multi_mapping != TIL_MULTI_PRIMARY;
    s->unit = o->mode == TIL_COUNT_FEATURECOUNTS ? UNIT_FEATURECOUNTS : UNIT_HTSEQ;
    s->n_settings = o->stranded == TIL_STRANDED_AUTO ? MAX_SETTINGS : 1;
    for (size_t k = 0; k < s->n_settings; k++)
        s->settings[k] = o->stranded == TIL_STRANDED_AUTO ? (til_stranded_t)k : o->stranded;

    TIL_TRY(til_bam_open(ctx, s->path, &bam_options, &s->bam));
    s->header = til_bam_header(s->bam);
    if (trust_order)
        s->order = s->header->by_coordinate ? BY_COORDINATE
                   : s->header->by_name     ? BY_NAME
                                            : ANY_ORDER;
    s->at_contig = -1;
    s->rules = (til_read_rules_t){ .header = s->header,
                                   .most_sections = htseq ? 0 : (unsigned)o->max_sections,
                                   .spans = o->frac_overlap > 0,
                                   .names = s->pairing || o->with_quality,
                                   .texts = o->assignments != NULL,
                                   .pairs = s->pairing,
                                   .hits = s->pairing && !htseq };
    s->contig_map = til_array(s->header->n_contigs, sizeof *s->contig_map);
    s->waiting = til_pairs_new(s->order == BY_COORDINATE ? s->header->n_contigs
                                                         : s->order == BY_NAME);
    s->n_workers = (size_t)ctx->n_threads;
    s->workers = til_array_zero(s->n_workers, sizeof *s->workers);
    if (s->contig_map == NULL || s->waiting == NULL || s->workers == NULL) {
        status = til_no_memory(ctx, s->header->n_contigs, "contigs");
        goto done;
    }
    TIL_TRY(til_contigs_match(ctx, s->annot, s->index, o, s->path, s->header, s->contig_map));
    if (o->with_quality)
        TIL_TRY(til_quality_model_build(ctx, s->annot, s->header, s->contig_map, &s->model));
    for (size_t k = 0; k < s->n_workers; k++) {
        s->workers[k].counts = til_array_zero(s->index->n_rows * s->n_settings,
                                              sizeof *s->workers[k].counts);
        if (o->with_quality) s->workers[k].quality = til_quality_worker_new(s->annot);
        if (s->workers[k].counts == NULL || (o->with_quality && s->workers[k].quality == NULL)) {
            status = til_no_memory(ctx, s->index->n_rows, "counts");
            goto done;
        }
    }
done:
    return status;
}

static void end(counting_t *s)
{
    for (size_t k = 0; s->workers != NULL && k < s->n_workers; k++) {
        free(s->workers[k].counts);
        til_ballot_clear(&s->workers[k].ballot);
        til_quality_worker_free(s->workers[k].quality);
    }
    til_quality_model_free(s->model);
    for (size_t i = 0; i < s->read_capacity; i++) free(s->reads[i].more); /* after a failure */
    til_bam_close(s->bam);
    til_pairs_free(s->waiting);
    til_names_seen_clear(&s->seen);
    free(s->workers);
    free(s->contig_map);
    free(s->reads);
    for (size_t i = 0; i < s->line_capacity; i++) til_strbuf_clear(&s->lines[i]);
    free(s->lines);
    free(s->kept);
    free(s->pairs);
}

/* Keeps all settings for a sample that cannot tell its own. */
static til_status_t gather_ways(til_ctx_t *ctx, const counting_t *s, til_count_t *out)
{
    size_t n = out->n_rows * TIL_STRAND_WAYS;
    til_count_ways_t *ways = out->ways = til_array_zero(1, sizeof *ways);
    if (ways != NULL) ways->counts = til_array_zero(n, sizeof *ways->counts);
    if (ways == NULL || ways->counts == NULL) return til_no_memory(ctx, n, "counts");
    for (size_t k = 0; k < s->n_workers; k++) {
        const worker_t *w = &s->workers[k];
        for (size_t i = 0; i < n; i++) ways->counts[i] += w->counts[i];
        for (size_t way = 0; way < TIL_STRAND_WAYS; way++)
            for (int fate = 0; fate < TIL_N_FATES; fate++) {
                ways->fates[way][fate] += w->fates[way][fate];
                ways->footer[way][fate] += w->fates[way][fate] + w->footer[way][fate];
            }
    }
    return TIL_OK;
}

static til_status_t gather(til_ctx_t *ctx, const counting_t *s, til_count_t *out)
{
    size_t n_rows = s->index->n_rows, chosen = 0;

    out->path = til_array(strlen(s->path) + 1, 1);
    out->counts = til_array_zero(n_rows, sizeof *out->counts);
    if (out->path == NULL || out->counts == NULL) return til_no_memory(ctx, n_rows, "counts");
    memcpy(out->path, s->path, strlen(s->path) + 1);
    out->n_rows = n_rows;
    out->unit = s->unit;
    out->n_records = s->n_records;
    for (size_t k = 0; k < s->n_workers; k++) {
        const worker_t *w = &s->workers[k];
        out->n_pairs += w->n_pairs;
        out->n_single += w->n_single;
        out->n_mateless += w->n_mateless;
        out->n_mateless_secondary += w->n_mateless_secondary;
        out->n_mateless_supplementary += w->n_mateless_supplementary;
        out->n_beyond += w->n_beyond;
        out->n_cut += w->n_cut;
        out->n_unpaired += w->n_unpaired;
        out->n_no_position += w->n_no_position;
        out->n_lost += w->n_lost;
        out->sense += w->sense;
        out->antisense += w->antisense;
    }
    out->verdict = til_strand_judge(out->sense, out->antisense);
    out->stranded = s->settings[0];
    out->strand_given = s->n_settings == 1;
    if (!out->strand_given) {
        out->stranded = til_strand_setting(out->verdict);
        chosen = (size_t)out->stranded;
        if (out->verdict == TIL_VERDICT_UNCLEAR) {
            til_status_t status = gather_ways(ctx, s, out);
            if (status != TIL_OK) return status;
        }
    }
    for (size_t k = 0; k < s->n_workers; k++) {
        const worker_t *w = &s->workers[k];
        for (size_t g = 0; g < n_rows; g++) out->counts[g] += w->counts[g * s->n_settings + chosen];
        for (int fate = 0; fate < TIL_N_FATES; fate++) {
            out->fates[fate] += w->fates[chosen][fate];
            out->footer[fate] += w->fates[chosen][fate] + w->footer[chosen][fate];
        }
    }
    return TIL_OK;
}

static til_status_t gather_quality(til_ctx_t *ctx, const counting_t *s, til_count_t *out)
{
    if (!s->options->with_quality) return TIL_OK;
    til_quality_worker_t **list = til_array(s->n_workers, sizeof *list);
    if (list == NULL) return til_no_memory(ctx, s->n_workers, "workers");
    for (size_t k = 0; k < s->n_workers; k++) list[k] = s->workers[k].quality;
    til_status_t status = til_quality_gather(ctx, list, s->n_workers, s->annot, &out->quality);
    free(list);
    return status;
}

static uint64_t n_mapped(const counting_t *s)
{
    uint64_t n = 0;
    for (size_t k = 0; k < s->n_workers; k++) n += s->workers[k].n_mapped;
    return n;
}

/* Says what the records without their mate are. */
static void remark_mateless(til_ctx_t *ctx, const char *path, const til_count_t *out)
{
    uint64_t primary = out->n_mateless - out->n_mateless_secondary - out->n_mateless_supplementary;
    if (out->n_mateless_supplementary > 0)
        til_say(ctx, TIL_LOG_WARNING,
                "%s: %llu supplementary alignments (parts of chimeric reads) have no mate of "
                "their own: each is counted as a fragment of one read; --secondary ignore leaves "
                "them out",
                path, (unsigned long long)out->n_mateless_supplementary);
    if (out->n_mateless_secondary > 0)
        til_say(ctx, TIL_LOG_WARNING,
                "%s: %llu secondary alignments promise a mapped mate that is not in the file: "
                "each is counted as a fragment of one read",
                path, (unsigned long long)out->n_mateless_secondary);
    if (primary > 0)
        til_say(ctx, TIL_LOG_WARNING,
                "%s: %llu records promise a mapped mate that is not in the "
                "file: each is counted as a fragment of one read; was the file filtered, or cut?",
                path, (unsigned long long)primary);
}

static void remark_places(til_ctx_t *ctx, const counting_t *s, const til_count_t *out)
{
    if (out->n_beyond > 0)
        til_say(ctx, TIL_LOG_WARNING,
                "%s: %llu alignments reach beyond the end of their contig (as on circular ones): "
                "counted where they lie",
                s->path, (unsigned long long)out->n_beyond);
    if (out->n_cut > 0)
        til_say(ctx, TIL_LOG_WARNING,
                "%s: %llu alignments have more than %d stretches, of which the first %d are looked "
                "at, as featureCounts does: --long-reads looks at all",
                s->path, (unsigned long long)out->n_cut, s->options->max_sections,
                s->options->max_sections);
}

/* Remarks about the file that the numbers alone would hide. */
static void remark(til_ctx_t *ctx, const counting_t *s, const til_count_t *out)
{
    uint64_t mapped = n_mapped(s), fragments = out->n_pairs + out->n_single;
    const char *what = s->pairing ? "fragments" : "reads";

    if (out->n_lost > 0)
        til_say(ctx, TIL_LOG_WARNING, "%s: %.1f%% of the mapped %s lie on contigs that %s lacks",
                s->path, 100.0 * (double)out->n_lost / (double)mapped, what, s->annot->origin);
    remark_mateless(ctx, s->path, out);
    remark_places(ctx, s, out);
    if (s->pairing && out->n_unpaired > 0 && out->n_unpaired < fragments)
        til_say(ctx, TIL_LOG_NOTICE,
                "%s: a mixture: %llu single reads beside %llu fragments of "
                "pairs, each counted once",
                s->path, (unsigned long long)out->n_unpaired,
                (unsigned long long)(fragments - out->n_unpaired));
    if (s->index->n_without_strand > 0 && out->stranded != TIL_STRANDED_UNSTRANDED)
        til_say(ctx, TIL_LOG_NOTICE,
                "%s: %zu genes have features without a strand, which --strand "
                "%s",
                s->annot->origin, s->index->n_without_strand,
                out->stranded == TIL_STRANDED_FORWARD ? "forward never counts"
                                                      : "reverse counts for reads of both strands");
    if (s->options->pairs == TIL_PAIRS_YES && out->n_unpaired == fragments && fragments > 0)
        til_say(ctx, TIL_LOG_NOTICE, "%s: --pairs yes, but no read is flagged as paired", s->path);
    if (out->n_no_position > 0)
        til_say(ctx, TIL_LOG_WARNING,
                "%s: %llu records flagged as mapped have no position: taken "
                "as unmapped",
                s->path, (unsigned long long)out->n_no_position);
    if (fragments == 0) til_say(ctx, TIL_LOG_WARNING, "%s: no alignments at all", s->path);
    else if (out->fates[TIL_FATE_ASSIGNED] == 0)
        til_say(ctx, TIL_LOG_WARNING, "%s: none of %llu %s was assigned to a gene (0%%)", s->path,
                (unsigned long long)fragments, what);
}

til_status_t til_count_look(til_ctx_t *ctx, const til_annot_t *annot, const til_overlap_t *index,
                            const til_count_options_t *options, const char *path)
{
    TIL_NEED(ctx, annot);
    TIL_NEED(ctx, index);
    TIL_NEED(ctx, options);
    TIL_NEED(ctx, path);
    til_status_t status = TIL_OK;
    til_bam_t *bam = NULL;
    int32_t *map = NULL;
    const til_bam_options_t bam_options = { .reference = options->reference,
                                            .allow_no_eof = options->allow_no_eof,
                                            .allow_cram = options->allow_cram };

    TIL_TRY(til_bam_open(ctx, path, &bam_options, &bam));
    const til_bam_header_t *header = til_bam_header(bam);
    map = til_array(header->n_contigs, sizeof *map);
    if (map == NULL) TIL_TRY(til_no_memory(ctx, header->n_contigs, "contigs"));
    TIL_TRY(til_contigs_match(ctx, annot, index, options, path, header, map));
    status = til_bam_check_end(ctx, bam);
done:
    free(map);
    til_bam_close(bam);
    return status;
}

/* Reads the file once; *again when it must be read anew without trust in its order. */
static til_status_t read_through(til_ctx_t *ctx, counting_t *s, bool trust_order, bool *again)
{
    til_status_t status = TIL_OK;

    TIL_TRY(begin(ctx, s, trust_order));
    while (!s->again) {
        TIL_TRY(til_bam_next(ctx, s->bam, &s->batch));
        if (s->batch.n == 0) break;
        TIL_TRY(count_batch(ctx, s));
    }
    if (!s->again) TIL_TRY(count_leftovers(ctx, s));
done:
    *again = status == TIL_OK && s->again;
    return status;
}

til_status_t til_count_file(til_ctx_t *ctx, const til_annot_t *annot, const til_overlap_t *index,
                            const til_count_options_t *options, const char *path, til_count_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_count_t){ 0 };
    TIL_NEED(ctx, annot);
    TIL_NEED(ctx, index);
    TIL_NEED(ctx, options);
    TIL_NEED(ctx, path);
    til_status_t status = TIL_OK;
    const counting_t fresh = {
        .annot = annot, .index = index, .options = options, .path = path, .held = NO_READ
    };
    counting_t s = fresh;
    bool again;

    TIL_TRY(check_options(ctx, options));
    /* lines that were put cannot be taken back */
    TIL_TRY(read_through(ctx, &s, options->assignments == NULL, &again));
    if (again) {
        til_say(ctx, TIL_LOG_WARNING,
                "%s: the records are not in the order that the header promises: read again, "
                "taking them as unsorted",
                path);
        end(&s);
        s = fresh;
        TIL_TRY(read_through(ctx, &s, false, &again));
    }
    TIL_TRY(gather(ctx, &s, out));
    TIL_TRY(gather_quality(ctx, &s, out));
    remark(ctx, &s, out);
done:
    end(&s);
    if (status != TIL_OK) til_count_clear(out);
    return status;
}
