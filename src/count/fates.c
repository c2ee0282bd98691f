/* fates.c -- the rules that keep an alignment from being counted, in the order of the peers.
 *
 * Source:  featureCounts 2.0.3 (each rule is asked of the first end, then all of the second; only
 *          the last rule about MAPQ looks at both), htseq-count 1.99.2.
 * Agrees:  every fate of the goldens of tests/count_goldens.sh.
 * Differs: a secondary alignment without NH is taken as one of several (the peers, not knowing,
 *          count it beside its primary).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "count/fates.h"

static const struct {
    const char *fc, *htseq;
} names[TIL_N_FATES] = {
    [TIL_FATE_ASSIGNED] = { "Assigned", "assigned" },
    [TIL_FATE_UNMAPPED] = { "Unassigned_Unmapped", "__not_aligned" },
    [TIL_FATE_READ_TYPE] = { "Unassigned_Read_Type", "__read_type" },
    [TIL_FATE_SINGLETON] = { "Unassigned_Singleton", "__singleton" },
    [TIL_FATE_MAPQ] = { "Unassigned_MappingQuality", "__too_low_aQual" },
    [TIL_FATE_CHIMERA] = { "Unassigned_Chimera", "__chimera" },
    [TIL_FATE_FRAGMENT_LENGTH] = { "Unassigned_FragmentLength", "__fragment_length" },
    [TIL_FATE_DUPLICATE] = { "Unassigned_Duplicate", "__duplicate" },
    [TIL_FATE_MULTI_MAPPING] = { "Unassigned_MultiMapping", "__alignment_not_unique" },
    [TIL_FATE_SECONDARY] = { "Unassigned_Secondary", "__secondary" },
    [TIL_FATE_NON_SPLIT] = { "Unassigned_NonSplit", "__not_split" },
    [TIL_FATE_NO_FEATURES] = { "Unassigned_NoFeatures", "__no_feature" },
    [TIL_FATE_OVERLAP_LENGTH] = { "Unassigned_Overlapping_Length", "__overlap_length" },
    [TIL_FATE_AMBIGUITY] = { "Unassigned_Ambiguity", "__ambiguous" },
};

const char *til_fate_name(til_fate_t fate) { return names[fate].fc; }
const char *til_fate_htseq_name(til_fate_t fate) { return names[fate].htseq; }

/* The flags of an end whose record is missing, by what its mate says of it. */
static uint16_t flags_of_missing(uint16_t mate)
{
    unsigned flags = mate & (TIL_FLAG_PAIRED | TIL_FLAG_PROPER);
    if (mate & TIL_FLAG_UNMAPPED) flags |= TIL_FLAG_MATE_UNMAPPED;
    if ((mate & TIL_FLAG_MATE_UNMAPPED) || !(mate & TIL_FLAG_PAIRED)) flags |= TIL_FLAG_UNMAPPED;
    if (mate & TIL_FLAG_REVERSE) flags |= TIL_FLAG_MATE_REVERSE;
    if (mate & TIL_FLAG_MATE_REVERSE) flags |= TIL_FLAG_REVERSE;
    flags |= mate & TIL_FLAG_FIRST ? TIL_FLAG_SECOND : TIL_FLAG_FIRST;
    return (uint16_t)flags;
}

static unsigned flags_of(const til_fragment_t *f, int which)
{
    unsigned flags = f->end[which] != NULL ? f->end[which]->flag
                                           : flags_of_missing(f->end[!which]->flag);
    if (f->paired && !(flags & TIL_FLAG_PAIRED)) flags |= TIL_FLAG_MATE_UNMAPPED;
    return flags;
}

uint32_t til_fragment_hits(const til_fragment_t *f)
{
    uint32_t most = 1;
    for (int i = 0; i < 2; i++)
        if (f->end[i] != NULL && !til_read_unmapped(f->end[i]) && f->end[i]->n_hits > most)
            most = f->end[i]->n_hits;
    return most;
}

/* Both ends mapped, but apart: on two contigs, or on one strand. */
static bool is_chimeric(const til_fragment_t *f, unsigned flags)
{
    const til_read_t *known = f->end[0] != NULL ? f->end[0] : f->end[1];
    if (flags & (TIL_FLAG_UNMAPPED | TIL_FLAG_MATE_UNMAPPED)) return false;
    return known->contig != known->mate_contig ||
           !(flags & TIL_FLAG_REVERSE) == !(flags & TIL_FLAG_MATE_REVERSE);
}

static bool low_mapq(const til_count_options_t *o, const til_fragment_t *f)
{
    int best = 0;
    for (int i = 0; i < 2; i++)
        if (f->end[i] != NULL && f->end[i]->mapq > best) best = f->end[i]->mapq;
    return best < o->min_mapq;
}

/* Rules about one end that hold for reads and fragments alike. */
static til_fate_t fate_of_end(const til_count_options_t *o, const til_read_t *end, unsigned flags,
                              int *n_whole)
{
    if (o->ignore_duplicates && (flags & TIL_FLAG_DUPLICATE)) return TIL_FATE_DUPLICATE;
    if (flags & TIL_FLAG_UNMAPPED) return TIL_FATE_ASSIGNED;
    if (o->ignore_secondary && (flags & (TIL_FLAG_SECONDARY | TIL_FLAG_SUPPLEMENTARY)))
        return TIL_FATE_SECONDARY;
    if (o->multi_mapping == TIL_MULTI_NONE && end != NULL && end->n_hits > 1)
        return TIL_FATE_MULTI_MAPPING;
    if (o->multi_mapping == TIL_MULTI_PRIMARY && (flags & TIL_FLAG_SECONDARY))
        return TIL_FATE_SECONDARY;
    if (o->split_only && (end == NULL || !end->is_split)) ++*n_whole;
    return TIL_FATE_ASSIGNED;
}

til_fate_t til_fate_of(const til_count_options_t *o, const til_fragment_t *f)
{
    int n_whole = 0, n_ends = f->paired ? 2 : 1;

    for (int i = 0; i < n_ends; i++) {
        int which = f->paired || f->end[i] != NULL ? i : !i;
        unsigned flags = flags_of(f, which);
        unsigned unmapped = f->paired ? TIL_FLAG_UNMAPPED | TIL_FLAG_MATE_UNMAPPED
                                      : TIL_FLAG_UNMAPPED;
        if (i == 0 && (flags & unmapped) == unmapped) return TIL_FATE_UNMAPPED;
        if (f->paired && o->both_mapped && (flags & unmapped)) return TIL_FATE_SINGLETON;
        if (i == n_ends - 1 && low_mapq(o, f)) return TIL_FATE_MAPQ;
        if (f->paired && i == 0 && o->no_chimeric && is_chimeric(f, flags)) return TIL_FATE_CHIMERA;
        til_fate_t fate = fate_of_end(o, f->end[which], flags, &n_whole);
        if (fate != TIL_FATE_ASSIGNED) return fate;
        if (n_whole == n_ends) return TIL_FATE_NON_SPLIT;
    }
    return TIL_FATE_ASSIGNED;
}

til_fate_t til_fate_of_htseq(const til_count_options_t *o, const til_fragment_t *f,
                             uint64_t *footer)
{
    const til_read_t *lead = f->paired || f->end[0] != NULL ? f->end[0] : f->end[1];
    til_fate_t fate = TIL_FATE_ASSIGNED;
    int n_whole = 0, n_ends = 0;
    bool low = false;

    for (int i = 0; i < 2; i++)
        if (o->ignore_secondary && f->end[i] != NULL &&
            (f->end[i]->flag & (TIL_FLAG_SECONDARY | TIL_FLAG_SUPPLEMENTARY)))
            return TIL_FATE_SECONDARY;
    if (lead == NULL || til_read_unmapped(lead)) fate = TIL_FATE_UNMAPPED;
    for (int i = 0; i < 2 && fate == TIL_FATE_ASSIGNED; i++) {
        const til_read_t *end = f->end[i];
        if (end == NULL) continue;
        n_ends++;
        if (o->ignore_duplicates && (end->flag & TIL_FLAG_DUPLICATE)) fate = TIL_FATE_DUPLICATE;
        else if (o->multi_mapping == TIL_MULTI_PRIMARY && (end->flag & TIL_FLAG_SECONDARY))
            fate = TIL_FATE_SECONDARY;
        if (end->mapq < o->min_mapq) low = true;
        if (!end->is_split) n_whole++;
    }
    if (fate == TIL_FATE_ASSIGNED && f->paired) {
        unsigned flags = flags_of(f, 0);
        if (o->both_mapped && (flags & (TIL_FLAG_UNMAPPED | TIL_FLAG_MATE_UNMAPPED)))
            fate = TIL_FATE_SINGLETON;
        else if (o->no_chimeric && is_chimeric(f, flags)) fate = TIL_FATE_CHIMERA;
    }
    if (fate == TIL_FATE_ASSIGNED && til_fragment_hits(f) > 1) {
        if (o->multi_mapping == TIL_MULTI_NONE) fate = TIL_FATE_MULTI_MAPPING;
        else footer[TIL_FATE_MULTI_MAPPING]++;
    }
    if (fate == TIL_FATE_ASSIGNED && low) fate = TIL_FATE_MAPQ;
    if (fate == TIL_FATE_ASSIGNED && o->split_only && n_whole == n_ends) fate = TIL_FATE_NON_SPLIT;
    return fate;
}
