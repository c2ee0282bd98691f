/* assign.c -- votes over what a fragment lies on.
 *
 *   - featurecounts: score(gene) = ends that touch it (1 or 2); the highest score wins, a tie is
 *     ambiguous (multi-overlap all, fraction: every gene touched wins). With bases asked for: a
 *     gene needs max(min_overlap, ceil(frac_overlap * bases of the fragment)) bases under it, the
 *     ends' overlap counted once; largest: score = bases.
 *   - union: all genes under any base.
 *   - strict: the genes under every base.
 *   - nonempty: the genes under every base that lies on some gene.
 *
 * Source:  Liao, Smyth & Shi (2014), doi:10.1093/bioinformatics/btt656; Anders, Pyl & Huber (2015),
 *          doi:10.1093/bioinformatics/btu638.
 * Agrees:  featureCounts 2.0.3, htseq-count 1.99.2, exactly (tests/count_goldens.sh,
 *          tests/shared/count.sh, tests/shared/subread_corner.sh).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "count/assign.h"

void til_ballot_clear(til_ballot_t *ballot)
{
    if (ballot == NULL) return;
    free(ballot->hits);
    free(ballot->sorted);
    free(ballot->candidates);
    free(ballot->spans);
    *ballot = (til_ballot_t){ 0 };
}

/* ----------------------------------------------------------------- collect */

static til_status_t collect_segment(til_ctx_t *ctx, til_ballot_t *ballot,
                                    const til_overlap_t *index, uint32_t code, til_hit_t hit)
{
    til_entry_t one;
    uint32_t n;
    const til_entry_t *set = til_overlap_set(index, code, &one, &n);
    til_status_t status = til_grow(ctx, &ballot->hits, &ballot->hit_capacity, ballot->n_hits + n,
                                   sizeof *ballot->hits);
    for (uint32_t k = 0; k < n && status == TIL_OK; k++) {
        hit.entry = set[k];
        ballot->hits[ballot->n_hits++] = hit;
    }
    return status;
}

til_status_t til_ballot_collect(til_ctx_t *ctx, til_ballot_t *ballot, const til_overlap_t *index,
                                const til_fragment_t *fragment, const int32_t contigs[2])
{
    til_status_t status = TIL_OK;
    ballot->index = index;
    ballot->n_hits = 0;
    ballot->n_steps = 0;
    ballot->unknown_contig = false;
    for (uint8_t which = 0; which < 2; which++) {
        const til_read_t *end = fragment->end[which];
        if (end == NULL || til_read_unmapped(end)) continue;
        if (contigs[which] < 0) {
            ballot->unknown_contig |= end->n_blocks > 0;
            continue;
        }
        size_t contig = (size_t)contigs[which];
        const til_block_t *blocks = til_read_blocks(end);
        for (unsigned b = 0; b < end->n_blocks; b++) {
            uint32_t i = til_overlap_find(index, contig, blocks[b].start), at = blocks[b].start;
            if (i == TIL_NO_SEGMENT) {
                ballot->n_steps++;
                continue;
            }
            while (at < blocks[b].end) {
                uint32_t stop = index->segments[i + 1].start;
                if (stop > blocks[b].end) stop = blocks[b].end;
                til_hit_t hit = { .contig = (uint32_t)contig,
                                  .start = at,
                                  .end = stop,
                                  .step = ballot->n_steps++,
                                  .which = which };
                TIL_TRY(collect_segment(ctx, ballot, index, index->segments[i].code, hit));
                at = stop;
                i++;
            }
        }
    }
done:
    return status;
}

/* ------------------------------------------------------------ length of it */

/* True when `span` begins on a base of `other`; one without bases (an insertion at the very start
 * of an alignment) does too. */
static bool begins_in(const til_span_t *span, const til_span_t *other)
{
    return span->start >= other->start && span->start < other->start + other->length;
}

/* Bases of a fragment as featureCounts measures them: clipped and inserted bases too, where both
 * ends lie once. An insertion under both ends is counted when they agree on it. */
static til_status_t fragment_bases(til_ctx_t *ctx, til_ballot_t *ballot, const til_fragment_t *f,
                                   uint64_t *sum)
{
    til_span_t *spans[2] = { NULL, NULL };
    size_t n[2] = { 0, 0 }, at[2] = { 0, 0 };
    uint64_t bases = 0;

    for (int k = 0; k < 2; k++)
        if (f->end[k] != NULL && !til_read_unmapped(f->end[k])) n[k] = f->end[k]->n_spans;
    til_status_t status = til_grow(ctx, &ballot->spans, &ballot->span_capacity, n[0] + n[1] + 1,
                                   sizeof *ballot->spans);
    if (status != TIL_OK) return status;
    for (int k = 0; k < 2; k++) {
        spans[k] = ballot->spans + (k == 0 ? 0 : n[0]);
        if (n[k] > 0) memcpy(spans[k], til_read_spans(f->end[k]), n[k] * sizeof *spans[k]);
    }
    bool apart = n[0] > 0 && n[1] > 0 && f->end[0]->contig != f->end[1]->contig;
    while (at[0] < n[0] || at[1] < n[1]) {
        til_span_t *a = at[0] < n[0] ? &spans[0][at[0]] : NULL;
        til_span_t *b = at[1] < n[1] ? &spans[1][at[1]] : NULL;
        if (a != NULL && b != NULL && !apart && (begins_in(a, b) || begins_in(b, a))) {
            uint32_t start = a->start > b->start ? a->start : b->start;
            uint32_t end_a = a->start + a->length, end_b = b->start + b->length;
            uint32_t end = end_a < end_b ? end_a : end_b;
            bases += (uint64_t)(a->start > b->start ? a->start - b->start : b->start - a->start) +
                     (end - start);
            if (a->insertion > 0 && b->insertion > 0) {
                if (a->insertion_at == b->insertion_at) {
                    if (a->insertion == b->insertion) bases += a->insertion;
                    a->insertion = b->insertion = 0;
                } else if (a->insertion_at < b->insertion_at) {
                    a->insertion = 0;
                } else {
                    b->insertion = 0;
                }
            }
            a->start = b->start = end;
            a->length = end_a - end;
            b->length = end_b - end;
            at[0] += end_a == end;
            at[1] += end_b == end;
            continue;
        }
        int k = b == NULL ? 0 : a == NULL ? 1 : !apart && a->start > b->start;
        bases += (uint64_t)spans[k][at[k]].length + spans[k][at[k]].insertion;
        at[k]++;
    }
    *sum = bases;
    return TIL_OK;
}

/* ------------------------------------------------------------ featureCounts */

static int by_row_and_place(const void *x, const void *y)
{
    const til_hit_t *a = x, *b = y;
    uint32_t row_a = a->entry >> 2, row_b = b->entry >> 2;
    if (row_a != row_b) return row_a < row_b ? -1 : 1;
    if (a->contig != b->contig) return a->contig < b->contig ? -1 : 1;
    return a->start < b->start ? -1 : a->start > b->start;
}

static til_candidate_t *candidate_of_row(til_ballot_t *ballot, uint32_t row)
{
    for (size_t i = ballot->n_candidates; i-- > 0;)
        if (ballot->candidates[i].row == row) return &ballot->candidates[i];
    ballot->candidates[ballot->n_candidates] = (til_candidate_t){ .row = row };
    return &ballot->candidates[ballot->n_candidates++];
}

static til_candidate_t *candidate_of(til_ballot_t *ballot, til_entry_t entry)
{
    bool is_intron;
    til_candidate_t *c = candidate_of_row(ballot,
                                          til_overlap_row(ballot->index, entry, &is_intron));
    c->exonic |= !is_intron;
    return c;
}

/* A fragment on an exon of any gene is none of the introns it lies on too. */
static void prefer_exons(til_ballot_t *ballot)
{
    bool any = false;
    size_t n = 0;
    if (!ballot->index->introns) return;
    for (size_t i = 0; i < ballot->n_candidates; i++) any |= ballot->candidates[i].exonic;
    for (size_t i = 0; i < ballot->n_candidates; i++)
        if (!any || ballot->candidates[i].exonic) ballot->candidates[n++] = ballot->candidates[i];
    ballot->n_candidates = n;
}

/* A hit whose entry is the row that is counted. */
static til_hit_t with_row(const til_ballot_t *ballot, til_hit_t hit)
{
    bool is_intron;
    hit.entry = til_overlap_row(ballot->index, hit.entry, &is_intron) << 2 | (hit.entry & 3);
    return hit;
}

/* Bases of the fragment over each candidate, those under both ends once. */
static til_status_t count_bases(til_ctx_t *ctx, til_ballot_t *ballot, til_stranded_t stranded,
                                const til_fragment_t *f)
{
    til_status_t status = til_grow(ctx, &ballot->sorted, &ballot->sorted_capacity, ballot->n_hits,
                                   sizeof *ballot->sorted);
    size_t n = 0;
    if (status != TIL_OK) return status;
    for (size_t i = 0; i < ballot->n_hits; i++) {
        const til_hit_t *hit = &ballot->hits[i];
        if (til_strand_fits(hit->entry, stranded, til_read_fragment_minus(f->end[hit->which])))
            ballot->sorted[n++] = with_row(ballot, *hit);
    }
    qsort(ballot->sorted, n, sizeof *ballot->sorted, by_row_and_place);
    uint32_t covered_to = 0;
    for (size_t i = 0; i < n; i++) {
        const til_hit_t *hit = &ballot->sorted[i], *last = i > 0 ? hit - 1 : NULL;
        if (last == NULL || last->entry >> 2 != hit->entry >> 2 || last->contig != hit->contig)
            covered_to = 0;
        uint32_t start = hit->start > covered_to ? hit->start : covered_to;
        if (hit->end > start) candidate_of_row(ballot, hit->entry >> 2)->bases += hit->end - start;
        if (hit->end > covered_to) covered_to = hit->end;
    }
    return TIL_OK;
}

/* Keeps the candidates of the highest score; where every gene is counted, one end is as good as
 * two. */
static size_t keep_best(til_ballot_t *ballot, const til_count_options_t *o, uint64_t wanted,
                        bool bases_matter)
{
    bool every_gene = o->multi_overlap == TIL_OVERLAP_ALL ||
                      o->multi_overlap == TIL_OVERLAP_FRACTION;
    uint64_t best = 0;
    size_t n = 0;
    for (size_t i = 0; i < ballot->n_candidates; i++) {
        til_candidate_t c = ballot->candidates[i];
        uint64_t score = c.ends == 3 && !every_gene ? 2 : 1;
        if (til_by_bases(o)) score = c.bases;
        if (bases_matter && c.bases < wanted) continue;
        if (score > best) {
            best = score;
            n = 0;
        }
        if (score == best) ballot->candidates[n++] = c;
    }
    return n;
}

static til_status_t vote_featurecounts(til_ctx_t *ctx, til_ballot_t *ballot,
                                       const til_count_options_t *o, til_stranded_t stranded,
                                       const til_fragment_t *f, til_fate_t *fate)
{
    bool bases_matter = til_needs_bases(o);
    for (size_t i = 0; i < ballot->n_hits; i++) {
        const til_hit_t *hit = &ballot->hits[i];
        if (til_strand_fits(hit->entry, stranded, til_read_fragment_minus(f->end[hit->which])))
            candidate_of(ballot, hit->entry)->ends |= (uint8_t)(1 << hit->which);
    }
    *fate = TIL_FATE_NO_FEATURES;
    if (ballot->n_candidates == 0) return TIL_OK;

    uint64_t wanted = 1;
    if (bases_matter) {
        til_status_t status = count_bases(ctx, ballot, stranded, f);
        if (status != TIL_OK) return status;
        wanted = (uint64_t)o->min_overlap;
        if (o->frac_overlap > 0) {
            /* featureCounts keeps the share in single precision: 0.8 of 5 bases is a hair above 4
             * there, and 5 are asked for */
            uint64_t bases = 0;
            status = fragment_bases(ctx, ballot, f, &bases);
            if (status != TIL_OK) return status;
            double exact = (double)(float)o->frac_overlap * (double)bases;
            uint64_t whole = (uint64_t)exact;
            if ((double)whole < exact) whole++;
            if (whole > wanted) wanted = whole;
        }
    }
    prefer_exons(ballot);
    ballot->n_candidates = keep_best(ballot, o, wanted, bases_matter);
    if (ballot->n_candidates == 0) *fate = TIL_FATE_OVERLAP_LENGTH;
    else if (ballot->n_candidates > 1 &&
             (o->multi_overlap == TIL_OVERLAP_NONE || o->multi_overlap == TIL_OVERLAP_LARGEST))
        *fate = TIL_FATE_AMBIGUITY;
    else *fate = TIL_FATE_ASSIGNED;
    return TIL_OK;
}

/* ------------------------------------------------------------------- htseq */

/* The steps lie one after another in the hits; a row stays while every step (that counts) has it.
 */
static void intersect(til_ballot_t *ballot, til_stranded_t stranded, const til_fragment_t *f,
                      bool strict)
{
    uint32_t n_counted = 0, step = UINT32_MAX;
    for (size_t i = 0; i < ballot->n_hits; i++) {
        const til_hit_t *hit = &ballot->hits[i];
        if (!til_strand_fits(hit->entry, stranded, til_read_fragment_minus(f->end[hit->which])))
            continue;
        if (hit->step != step) {
            n_counted++;
            step = hit->step;
        }
        /* `bases` counts the steps a row was in, `ends` is not used */
        til_candidate_t *c = candidate_of(ballot, hit->entry);
        if (c->bases < n_counted) c->bases = c->bases + 1 == n_counted ? n_counted : c->bases;
    }
    if (strict) n_counted = ballot->n_steps;
    size_t n = 0;
    for (size_t i = 0; i < ballot->n_candidates; i++)
        if (ballot->candidates[i].bases == n_counted)
            ballot->candidates[n++] = ballot->candidates[i];
    ballot->n_candidates = n;
}

static void vote_htseq(til_ballot_t *ballot, const til_count_options_t *o, til_stranded_t stranded,
                       const til_fragment_t *f, til_fate_t *fate)
{
    *fate = TIL_FATE_NO_FEATURES;
    if (ballot->unknown_contig) return;
    if (o->mode == TIL_COUNT_UNION) {
        for (size_t i = 0; i < ballot->n_hits; i++)
            if (til_strand_fits(ballot->hits[i].entry, stranded,
                                til_read_fragment_minus(f->end[ballot->hits[i].which])))
                (void)candidate_of(ballot, ballot->hits[i].entry);
    } else {
        intersect(ballot, stranded, f, o->mode == TIL_COUNT_STRICT);
    }
    if (ballot->n_candidates == 1) *fate = TIL_FATE_ASSIGNED;
    else if (ballot->n_candidates > 1)
        *fate = o->multi_overlap == TIL_OVERLAP_NONE ? TIL_FATE_AMBIGUITY : TIL_FATE_ASSIGNED;
}

til_status_t til_ballot_vote(til_ctx_t *ctx, til_ballot_t *ballot,
                             const til_count_options_t *options, til_stranded_t stranded,
                             const til_fragment_t *fragment, til_fate_t *fate)
{
    til_status_t status = til_grow(ctx, &ballot->candidates, &ballot->candidate_capacity,
                                   ballot->n_hits, sizeof *ballot->candidates);
    if (status != TIL_OK) return status;
    ballot->n_candidates = 0;
    if (options->mode == TIL_COUNT_FEATURECOUNTS)
        return vote_featurecounts(ctx, ballot, options, stranded, fragment, fate);
    vote_htseq(ballot, options, stranded, fragment, fate);
    return TIL_OK;
}
