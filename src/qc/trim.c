/* trim.c -- where a read ends.
 *
 * Overlap:     a fragment shorter than the reads is read through into the adapter by both mates: mate
 *              1 and the reverse complement of mate 2 then lie over one another from the start of the
 *              fragment to its end. The longest fragment whose mates agree is taken.
 * Adapter:     the first place p at which bases p.. agree with the adapter, one difference allowed in
 *              every eight bases compared, and at least least_match of them.
 * Homopolymer: from the 3' end, one other base allowed in eight and five in all; cut where the last
 *              of at least ten such bases stands.
 * Quality:     cut where the sum of (quality - threshold) from there to the end is smallest.
 *
 * Order: overlap, else adapter; poly-G; quality; poly-A (which lies before the adapter).
 *
 * Source: overlap, adapter and homopolymer rules as in fastp, Chen et al. (2018), Bioinformatics
 *         34:i884; quality as in BWA, Li & Durbin (2009), Bioinformatics 25:1754.
 * Differs: fastp looks for an adapter of single reads by assembling frequent ends; here the kits' own
 *         are sought, with at least eight bases.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "qc/trim.h"

enum {
    LEAST_OVERLAP = 30,
    MOST_DIFFERENCES = 5,
    ONE_IN = 5,       /* differences of an overlap                    */
    ONE_IN_EIGHT = 8, /* differences of an adapter or a homopolymer   */
    LEAST_TAIL = 10,
    MOST_OTHERS = 5 /* other bases in a homopolymer                 */
};

const char *const til_trim_known[] = { "Illumina TruSeq",
                                       "AGATCGGAAGAGC",
                                       "Nextera",
                                       "CTGTCTCTTATACACATCT",
                                       "Illumina small RNA",
                                       "TGGAATTCTCGGGTGCCAAGG",
                                       "MGI read 1",
                                       "AAGTCGGAGGCCAAGCGGTCTTAGGAAGACAA",
                                       "MGI read 2",
                                       "AAGTCGGATCGTAGCCATGTCGTTCTGTGAGCCAAGGAGTTG",
                                       NULL };

static char upper(char base) { return (char)(base & ~0x20); }

static char complement(char base)
{
    switch (upper(base)) {
    case 'A': return 'T';
    case 'C': return 'G';
    case 'G': return 'C';
    case 'T': return 'A';
    default: return 'N';
    }
}

/* Do n bases of mate 1 agree with the fragment's end as mate 2 reads it? `fragment` is its length:
 * base i of mate 1 faces base fragment - 1 - i of mate 2. */
static bool mates_agree(const til_trimmed_t *read, const til_trimmed_t *mate, uint32_t fragment,
                        uint32_t first, uint32_t last)
{
    uint32_t n = last - first, most = n / ONE_IN, differences = 0;

    if (most > MOST_DIFFERENCES) most = MOST_DIFFERENCES;
    for (uint32_t i = first; i < last; i++) {
        differences += upper(read->bases[i]) != complement(mate->bases[fragment - 1 - i]);
        if (differences > most) return false;
    }
    return true;
}

uint32_t til_trim_overlap(const til_trimmed_t *read, const til_trimmed_t *mate)
{
    uint32_t longest = read->length + mate->length;

    if (read->length < LEAST_OVERLAP || mate->length < LEAST_OVERLAP) return 0;
    for (uint32_t fragment = longest - LEAST_OVERLAP; fragment >= LEAST_OVERLAP; fragment--) {
        uint32_t first = fragment > mate->length ? fragment - mate->length : 0;
        uint32_t last = fragment < read->length ? fragment : read->length;
        if (last - first >= LEAST_OVERLAP && mates_agree(read, mate, fragment, first, last))
            return fragment;
    }
    return 0;
}

/* Where the adapter begins, or the length. */
static uint32_t adapter_start(const til_trimmed_t *read, const char *adapter, unsigned least)
{
    uint32_t n = (uint32_t)strlen(adapter);

    for (uint32_t p = 0; p + least <= read->length; p++) {
        uint32_t compared = read->length - p < n ? read->length - p : n, differences = 0;
        uint32_t most = compared / ONE_IN_EIGHT, i = 0;
        for (; i < compared && differences <= most; i++)
            differences += upper(read->bases[p + i]) != adapter[i];
        if (differences <= most) return p;
    }
    return read->length;
}

static void cut_adapters(const til_trim_options_t *o, til_trimmed_t *read, til_trim_counts_t *c)
{
    uint32_t start = read->length;

    for (size_t a = 0; a < o->n_adapters; a++) {
        uint32_t at = adapter_start(read, o->adapters[a], o->least_match);
        if (at < start) start = at;
    }
    if (start == read->length) return;
    c->n_adapter++;
    c->bases_adapter += read->length - start;
    read->length = start;
}

static bool cut_tail(til_trimmed_t *read, char base, til_trim_counts_t *c)
{
    uint32_t others = 0, start = read->length;

    for (uint32_t seen = 1; seen <= read->length; seen++) {
        uint32_t at = read->length - seen;
        if (upper(read->bases[at]) == base) {
            start = at;
            continue;
        }
        others++;
        if (others > MOST_OTHERS || others > seen / ONE_IN_EIGHT + (seen < ONE_IN_EIGHT)) break;
    }
    if (read->length - start < LEAST_TAIL) return false;
    c->bases_tail += read->length - start;
    read->length = start;
    return true;
}

static void cut_quality(const til_trim_options_t *o, til_trimmed_t *read, til_trim_counts_t *c)
{
    long sum = 0, least = 0;
    uint32_t end = read->length;

    for (uint32_t i = read->length; i-- > 0;) {
        sum += (long)(unsigned char)read->quality[i] - (long)o->offset - (long)o->quality;
        if (sum > 0) break;
        if (sum < least) {
            least = sum;
            end = i;
        }
    }
    if (end == read->length) return;
    c->n_quality++;
    c->bases_quality += read->length - end;
    read->length = end;
}

static void cut_ends(const til_trim_options_t *o, til_trimmed_t *read, til_trim_counts_t *c)
{
    if (o->poly_g) c->n_poly_g += cut_tail(read, 'G', c);
    if (o->quality > 0) cut_quality(o, read, c);
    if (o->poly_a) c->n_poly_a += cut_tail(read, 'A', c);
}

/* What a mate has beyond the fragment is adapter. */
static void cut_beyond(til_trimmed_t *read, uint32_t fragment, til_trim_counts_t *c)
{
    if (read->length <= fragment) return;
    c->n_adapter++;
    c->bases_adapter += read->length - fragment;
    read->length = fragment;
}

bool til_trim_read(const til_trim_options_t *o, til_trimmed_t *read, til_trimmed_t *mate,
                   til_trim_counts_t *c)
{
    uint32_t fragment = 0;

    c->n_reads++;
    c->bases_in += read->length + (mate == NULL ? 0 : mate->length);
    if (mate != NULL && o->by_overlap) fragment = til_trim_overlap(read, mate);
    if (fragment > 0) {
        c->n_by_overlap += fragment < read->length || fragment < mate->length;
        cut_beyond(read, fragment, c);
        cut_beyond(mate, fragment, c);
    } else {
        cut_adapters(o, read, c);
        if (mate != NULL) cut_adapters(o, mate, c);
    }
    cut_ends(o, read, c);
    if (mate != NULL) cut_ends(o, mate, c);
    if (read->length < o->least_length || (mate != NULL && mate->length < o->least_length)) {
        c->n_too_short++;
        return false;
    }
    c->n_kept++;
    c->bases_out += read->length + (mate == NULL ? 0 : mate->length);
    return true;
}
