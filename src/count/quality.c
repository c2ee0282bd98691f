/* quality.c -- library quality from the fragments that counting sees anyway.
 *
 *   insert size     of unique pairs: bases of both ends, overlap once, plus the gap between them
 * where the whole gap lies on exons (an intron of unknown length could hide in any other) gene body
 * middle of the first stretch of both reads of every eighth unique fragment on one gene (chosen by
 * its place), along the gene's longest transcript, 5' to 3' in 100 bins duplication     fragments
 * on one gene whose two ends fall on the same bases as another's; by log2 of the gene's depth,
 * since deep genes repeat ends by chance (Sayols et al. 2016, dupRadar) saturation      a fragment
 * belongs to the part u of the library that the hash of its name says; a gene is found in the part
 * i/20 when one of its fragments is (no random numbers, no order)
 *
 * Ends are kept for a sample of places: those whose hash lies below a limit that is halved when
 * they become too many. Which places remain depends on the file only.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/try.h"
#include "count/quality.h"

enum {
    BODY_SAMPLE = 8,
    PLACES_MAX = 1 << 18, /* places kept for duplication                        */
    FIFTH = TIL_BODY_BINS / 5,
    BODY_MIN = 200, /* bases of a transcript worth drawing                */
    BIAS_MIN = 4    /* ends in both fifths of a gene that is asked for its bias */
};

typedef struct {
    uint32_t start, end;
} span_t;

struct til_quality_model {
    size_t *span_first; /* spans of contig c: span_first[c] .. span_first[c + 1] */
    span_t *spans;      /* merged spans of genes, sorted                         */
    size_t *exon_first; /* exons of gene g's transcript, sorted                  */
    span_t *exons;
    uint32_t *length;       /* of that transcript                                    */
    bool *is_ribosomal;     /* per gene                                              */
    bool *is_mitochondrial; /* per contig of the header                              */
    bool *has_mito_genes;   /* per contig of the annotation                          */
    bool knows_ribosomal, knows_mitochondrial;
};

typedef struct {
    uint64_t hash;
    uint32_t gene, n;
} place_t;

typedef struct {
    place_t *slots; /* hash 0: free */
    size_t n_slots, n;
    unsigned shift; /* places whose hash has this many leading zeros are kept */
} places_t;

struct til_quality_worker {
    til_quality_t sums;
    uint8_t *found; /* per gene: the smallest part of the library, in 20ths from 1; 255 never */
    uint64_t *fragments; /* per gene: unique fragments on it alone */
    uint32_t *fifths;    /* per gene two: ends in the first and the last fifth */
    size_t n_genes;
    places_t places;
};

/* ------------------------------------------------------------------- model */

static int by_start(const void *a, const void *b)
{
    const span_t *x = a, *y = b;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    return x->end < y->end ? -1 : x->end > y->end;
}

/* Spans of genes, per contig, merged. A gene on two contigs has two. */
static til_status_t build_spans(til_ctx_t *ctx, const til_annot_t *annot, til_quality_model_t *m)
{
    size_t n = 0;
    m->span_first = til_array_zero(annot->n_contigs + 2, sizeof *m->span_first);
    m->spans = til_array(annot->n_exons, sizeof *m->spans);
    if (m->span_first == NULL || m->spans == NULL)
        return til_no_memory(ctx, annot->n_exons, "spans");
    for (int pass = 0; pass < 2; pass++) { /* count, then place */
        for (size_t i = 0; i < annot->n_exons;) {
            const til_exon_t *first = &annot->exons[annot->order[i]], *e = first;
            uint32_t start = e->start, end = e->end;
            for (; i < annot->n_exons; i++) {
                e = &annot->exons[annot->order[i]];
                if (e->gene != first->gene || e->contig != first->contig) break;
                if (e->start < start) start = e->start;
                if (e->end > end) end = e->end;
            }
            if (pass == 0) m->span_first[first->contig + 2]++;
            else m->spans[m->span_first[first->contig + 1]++] = (span_t){ start, end };
        }
        for (size_t c = 2; pass == 0 && c < annot->n_contigs + 2; c++)
            m->span_first[c] += m->span_first[c - 1];
    }
    for (size_t c = 0; c < annot->n_contigs; c++) {
        size_t begin = m->span_first[c], end = m->span_first[c + 1], out = n;
        qsort(m->spans + begin, end - begin, sizeof *m->spans, by_start);
        for (size_t i = begin; i < end; i++) {
            if (n > out && m->spans[i].start <= m->spans[n - 1].end) {
                if (m->spans[i].end > m->spans[n - 1].end) m->spans[n - 1].end = m->spans[i].end;
            } else {
                m->spans[n++] = m->spans[i];
            }
        }
        m->span_first[c] = out;
    }
    m->span_first[annot->n_contigs] = n;
    return TIL_OK;
}

/* The longest transcript of each gene; TIL_NO_TRANSCRIPT for genes without transcripts. */
static til_status_t choose_transcripts(til_ctx_t *ctx, const til_annot_t *annot, uint32_t *chosen,
                                       uint32_t *length)
{
    uint64_t *bases = til_array_zero(annot->n_transcripts, sizeof *bases);
    if (bases == NULL) return til_no_memory(ctx, annot->n_transcripts, "transcripts");
    for (size_t i = 0; i < annot->n_exons; i++) {
        const til_exon_t *e = &annot->exons[i];
        if (e->transcript != TIL_NO_TRANSCRIPT) bases[e->transcript] += e->end - e->start;
    }
    for (size_t g = 0; g < annot->n_genes; g++) chosen[g] = TIL_NO_TRANSCRIPT;
    for (size_t t = 0; t < annot->n_transcripts; t++) {
        uint32_t gene = annot->transcript_genes[t];
        if (bases[t] <= length[gene] || bases[t] > UINT32_MAX) continue;
        length[gene] = (uint32_t)bases[t];
        chosen[gene] = (uint32_t)t;
    }
    free(bases);
    return TIL_OK;
}

static til_status_t build_bodies(til_ctx_t *ctx, const til_annot_t *annot, til_quality_model_t *m)
{
    til_status_t status = TIL_OK;
    size_t n = 0;
    uint32_t *chosen = til_array(annot->n_genes, sizeof *chosen);
    m->exon_first = til_array(annot->n_genes + 1, sizeof *m->exon_first);
    m->exons = til_array(annot->n_exons, sizeof *m->exons);
    m->length = til_array_zero(annot->n_genes, sizeof *m->length);
    if (chosen == NULL || m->exon_first == NULL || m->exons == NULL || m->length == NULL) {
        status = til_no_memory(ctx, annot->n_genes, "genes");
        goto done;
    }
    TIL_TRY(choose_transcripts(ctx, annot, chosen, m->length));
    size_t i = 0;
    for (size_t g = 0; g < annot->n_genes; g++) {
        m->exon_first[g] = n;
        for (; i < annot->n_exons && annot->exons[annot->order[i]].gene == g; i++) {
            const til_exon_t *e = &annot->exons[annot->order[i]];
            if (e->transcript == chosen[g] && chosen[g] != TIL_NO_TRANSCRIPT)
                m->exons[n++] = (span_t){ e->start, e->end };
        }
    }
    m->exon_first[annot->n_genes] = n;
done:
    free(chosen);
    return status;
}

static bool is_one_of(const char *name, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(name, *words) == 0) return true;
    return false;
}

static const char *const ribosomal_types[] = { "rRNA", "Mt_rRNA", "rRNA_pseudogene", NULL };

/* Names of mitochondria: UCSC, Ensembl, NCBI, FlyBase, WormBase, SGD, TAIR; accessions of human,
 * mouse, rat, crab-eating and rhesus macaque, pig, cow, dog, rabbit, chicken, zebrafish, fly, worm,
 * yeast and cress. Versions are not looked at. */
static const char *const mitochondria[] = { "chrM",
                                            "chrMT",
                                            "M",
                                            "MT",
                                            "Mt",
                                            "ChrM",
                                            "Mito",
                                            "chrMito",
                                            "MtDNA",
                                            "mitochondrion",
                                            "mitochondrion_genome",
                                            "chrmt",
                                            "dmel_mitochondrion_genome",
                                            "NC_012920",
                                            "J01415",
                                            "NC_005089",
                                            "AY172335",
                                            "NC_001665",
                                            "AY172581",
                                            "NC_012670",
                                            "NC_005943",
                                            "NC_000845",
                                            "NC_006853",
                                            "NC_002008",
                                            "NC_001913",
                                            "NC_001323",
                                            "NC_040902",
                                            "NC_002333",
                                            "NC_024511",
                                            "NC_001328",
                                            "NC_001224",
                                            "NC_037304",
                                            NULL };

static bool is_mitochondrion(const char *contig)
{
    char name[32];
    size_t n = strlen(contig), dot = strcspn(contig, ".");
    if (is_one_of(contig, mitochondria)) return true;
    if (dot == n || dot >= sizeof name || strspn(contig + dot + 1, "0123456789") != n - dot - 1)
        return false;
    memcpy(name, contig, dot);
    name[dot] = '\0';
    return strchr(name, '_') != NULL || (dot == 8 && strpbrk(name, "0123456789") != NULL)
               ? is_one_of(name, mitochondria)
               : false;
}

/* A gene that only a mitochondrion has, by its type or name: Mt_rRNA, MT-ND1, mt-Co1. */
static bool is_mito_gene(const til_annot_t *annot, size_t gene)
{
    const char *type = annot->gene_types[gene], *name = annot->gene_names[gene];
    return (type != NULL && strncmp(type, "Mt_", 3) == 0) ||
           (name != NULL && (strncmp(name, "MT-", 3) == 0 || strncmp(name, "mt-", 3) == 0 ||
                             strncmp(name, "Mt-", 3) == 0));
}

/* Contigs of the annotation more than half of whose genes are a mitochondrion's: a copy in the
 * nucleus has neighbours. */
static til_status_t find_mito_contigs(til_ctx_t *ctx, const til_annot_t *annot,
                                      til_quality_model_t *m)
{
    size_t *n_genes = til_array_zero(2 * annot->n_contigs, sizeof *n_genes);
    uint32_t last_gene = UINT32_MAX, last_contig = UINT32_MAX;

    m->has_mito_genes = til_array_zero(annot->n_contigs, sizeof *m->has_mito_genes);
    if (n_genes == NULL || m->has_mito_genes == NULL) {
        free(n_genes);
        return til_no_memory(ctx, annot->n_contigs, "contigs");
    }
    for (size_t i = 0; i < annot->n_exons; i++) {
        const til_exon_t *e = &annot->exons[annot->order[i]];
        if (e->gene == last_gene && e->contig == last_contig) continue;
        last_gene = e->gene;
        last_contig = e->contig;
        n_genes[2 * e->contig]++;
        n_genes[2 * e->contig + 1] += is_mito_gene(annot, e->gene);
    }
    for (size_t c = 0; c < annot->n_contigs; c++)
        m->has_mito_genes[c] = 2 * n_genes[2 * c + 1] > n_genes[2 * c];
    free(n_genes);
    return TIL_OK;
}

til_status_t til_quality_model_build(til_ctx_t *ctx, const til_annot_t *annot,
                                     const til_bam_header_t *header, const int32_t *contig_map,
                                     til_quality_model_t **out)
{
    til_status_t status = TIL_OK;
    til_quality_model_t *m = calloc(1, sizeof *m);

    *out = NULL;
    if (m == NULL) return til_no_memory(ctx, 1, "quality model");
    TIL_TRY(build_spans(ctx, annot, m));
    TIL_TRY(build_bodies(ctx, annot, m));
    TIL_TRY(find_mito_contigs(ctx, annot, m));
    m->is_ribosomal = til_array_zero(annot->n_genes, sizeof *m->is_ribosomal);
    m->is_mitochondrial = til_array_zero(header->n_contigs, sizeof *m->is_mitochondrial);
    if (m->is_ribosomal == NULL || m->is_mitochondrial == NULL) {
        status = til_no_memory(ctx, annot->n_genes, "genes");
        goto done;
    }
    for (size_t g = 0; g < annot->n_genes; g++) {
        m->knows_ribosomal |= annot->gene_types[g] != NULL;
        m->is_ribosomal[g] = annot->gene_types[g] != NULL &&
                             is_one_of(annot->gene_types[g], ribosomal_types);
    }
    for (size_t c = 0; c < header->n_contigs; c++) {
        m->is_mitochondrial[c] = is_mitochondrion(header->contigs[c]) ||
                                 (contig_map[c] >= 0 && m->has_mito_genes[contig_map[c]]);
        m->knows_mitochondrial |= m->is_mitochondrial[c];
    }
done:
    if (status == TIL_OK) *out = m;
    else til_quality_model_free(m);
    return status;
}

void til_quality_model_free(til_quality_model_t *m)
{
    if (m == NULL) return;
    free(m->span_first);
    free(m->spans);
    free(m->exon_first);
    free(m->exons);
    free(m->length);
    free(m->is_ribosomal);
    free(m->is_mitochondrial);
    free(m->has_mito_genes);
    free(m);
}

/* ------------------------------------------------------------------ places */

static til_status_t places_resize(til_ctx_t *ctx, places_t *p, size_t n_slots)
{
    place_t *slots = til_array_zero(n_slots, sizeof *slots);
    if (slots == NULL) return til_no_memory(ctx, n_slots, "places");
    size_t kept = 0;
    for (size_t i = 0; i < p->n_slots; i++) {
        place_t place = p->slots[i];
        if (place.hash == 0 || (p->shift > 0 && place.hash >> (64 - p->shift) != 0)) continue;
        size_t at = place.hash & (n_slots - 1);
        while (slots[at].hash != 0) at = (at + 1) & (n_slots - 1);
        slots[at] = place;
        kept++;
    }
    free(p->slots);
    *p = (places_t){ slots, n_slots, kept, p->shift };
    return TIL_OK;
}

/* Keeps a place seen n times, when it is of the sample. */
static til_status_t places_add(til_ctx_t *ctx, places_t *p, uint64_t hash, uint32_t gene,
                               uint32_t n)
{
    til_status_t status = TIL_OK;
    if (hash == 0) hash = 1;
    if (p->shift > 0 && hash >> (64 - p->shift) != 0) return TIL_OK;
    if (2 * (p->n + 1) > p->n_slots)
        TIL_TRY(places_resize(ctx, p, p->n_slots == 0 ? 1024 : p->n_slots * 2));
    size_t at = hash & (p->n_slots - 1);
    while (p->slots[at].hash != 0 && p->slots[at].hash != hash) at = (at + 1) & (p->n_slots - 1);
    if (p->slots[at].hash == 0) {
        p->slots[at] = (place_t){ hash, gene, 0 };
        p->n++;
    }
    p->slots[at].n += n;
    while (p->n > PLACES_MAX) {
        p->shift++;
        TIL_TRY(places_resize(ctx, p, p->n_slots));
    }
done:
    return status;
}

/* ----------------------------------------------------------------- workers */

til_quality_worker_t *til_quality_worker_new(const til_annot_t *annot)
{
    til_quality_worker_t *w = calloc(1, sizeof *w);
    if (w == NULL) return NULL;
    w->n_genes = annot->n_genes;
    w->found = til_array(annot->n_genes, sizeof *w->found);
    w->fragments = til_array_zero(annot->n_genes, sizeof *w->fragments);
    w->fifths = til_array_zero(2 * annot->n_genes, sizeof *w->fifths);
    if (w->found == NULL || w->fragments == NULL || w->fifths == NULL) {
        til_quality_worker_free(w);
        return NULL;
    }
    memset(w->found, 255, annot->n_genes);
    return w;
}

void til_quality_worker_free(til_quality_worker_t *w)
{
    if (w == NULL) return;
    free(w->found);
    free(w->fragments);
    free(w->fifths);
    free(w->places.slots);
    free(w);
}

/* --------------------------------------------------------------- sightings */

static bool in_gene_span(const til_quality_model_t *m, size_t contig, uint32_t start, uint32_t end)
{
    size_t lo = m->span_first[contig], hi = m->span_first[contig + 1], stop = hi;
    while (lo < hi) { /* the first span that ends beyond `start` */
        size_t middle = lo + (hi - lo) / 2;
        if (m->spans[middle].end <= start) lo = middle + 1;
        else hi = middle;
    }
    return lo < stop && m->spans[lo].start < end;
}

static uint32_t aligned_bases(const til_read_t *r)
{
    const til_block_t *blocks = til_read_blocks(r);
    uint32_t n = 0;
    for (unsigned b = 0; b < r->n_blocks; b++) n += blocks[b].end - blocks[b].start;
    return n;
}

/* Bases of a read that lie before `pos`. */
static uint32_t bases_before(const til_read_t *r, uint32_t pos)
{
    const til_block_t *blocks = til_read_blocks(r);
    uint32_t n = 0;
    for (unsigned b = 0; b < r->n_blocks && blocks[b].start < pos; b++)
        n += (blocks[b].end < pos ? blocks[b].end : pos) - blocks[b].start;
    return n;
}

/* True when every base of [start, end) lies on some exon. */
static bool all_exonic(const til_overlap_t *index, size_t contig, uint32_t start, uint32_t end)
{
    uint32_t i = til_overlap_find(index, contig, start);
    if (i == TIL_NO_SEGMENT) return false;
    for (; index->segments[i].start < end; i++)
        if (index->segments[i].code == 0) return false;
    return true;
}

static void see_insert(til_quality_worker_t *w, const til_overlap_t *index, size_t contig,
                       const til_read_t *a, const til_read_t *b)
{
    const til_read_t *left = a->pos <= b->pos ? a : b, *right = left == a ? b : a;
    uint64_t size;
    uint32_t right_start = (uint32_t)right->pos;
    if (right_start < left->end) {
        size = (uint64_t)bases_before(left, right_start) + aligned_bases(right);
        if (size < aligned_bases(left)) size = aligned_bases(left);
    } else if (right_start == left->end || all_exonic(index, contig, left->end, right_start)) {
        size = (uint64_t)aligned_bases(left) + (right_start - left->end) + aligned_bases(right);
    } else {
        return;
    }
    if (size < TIL_INSERT_BINS) w->sums.insert[size]++;
    else w->sums.insert_beyond++;
}

static void see_body(til_quality_worker_t *w, const til_quality_model_t *m, const til_sighting_t *s,
                     uint32_t middle, bool sampled)
{
    size_t first = m->exon_first[s->gene], end = m->exon_first[s->gene + 1];
    uint32_t along = 0, length = m->length[s->gene];
    if (length < BODY_MIN) return;
    for (size_t i = first; i < end; i++) {
        if (middle < m->exons[i].start) return;
        if (middle < m->exons[i].end) {
            along += middle - m->exons[i].start;
            uint64_t bin = (uint64_t)along * TIL_BODY_BINS / length;
            if (bin >= TIL_BODY_BINS) bin = TIL_BODY_BINS - 1;
            if (s->strand == TIL_STRAND_MINUS) bin = TIL_BODY_BINS - 1 - bin;
            w->sums.body[bin] += sampled;
            if (bin < FIFTH) w->fifths[2 * s->gene]++;
            else if (bin >= TIL_BODY_BINS - FIFTH) w->fifths[2 * s->gene + 1]++;
            return;
        }
        along += m->exons[i].end - m->exons[i].start;
    }
}

static uint64_t mix(uint64_t h)
{
    h = (h ^ h >> 31) * 0x9E3779B97F4A7C15u;
    h = (h ^ h >> 29) * 0xC2B2AE3D27D4EB4Fu;
    return h ^ h >> 32;
}

static til_status_t see_gene(til_ctx_t *ctx, til_quality_worker_t *w, const til_quality_model_t *m,
                             const til_sighting_t *s, const til_read_t *a, const til_read_t *b)
{
    uint32_t start = (uint32_t)a->pos, end = a->end;
    if (b != NULL) {
        if ((uint32_t)b->pos < start) start = (uint32_t)b->pos;
        if (b->end > end) end = b->end;
    }
    /* a pair and its mirror, first end for second, are copies of one molecule */
    bool minus = b == NULL && til_read_fragment_minus(a);
    uint64_t key[2] = { (uint64_t)start << 32 | end, (uint64_t)(uint32_t)a->contig << 1 | minus };
    uint64_t place = mix(til_hash_bytes(key, sizeof key));

    w->fragments[s->gene]++;
    uint8_t part = (uint8_t)((mix(a->name) >> 32) * TIL_SATURATION_POINTS >> 32);
    if (part < w->found[s->gene]) w->found[s->gene] = part;
    for (int i = 0; i < 2; i++) {
        const til_read_t *end_seen = i == 0 ? a : b;
        if (end_seen == NULL || end_seen->n_blocks == 0 || end_seen->contig != a->contig) continue;
        const til_block_t *blocks = til_read_blocks(end_seen);
        see_body(w, m, s, blocks[0].start + (blocks[0].end - blocks[0].start) / 2,
                 place % BODY_SAMPLE == 0);
    }
    return places_add(ctx, &w->places, place, s->gene, 1);
}

til_status_t til_quality_see(til_ctx_t *ctx, til_quality_worker_t *w, const til_quality_model_t *m,
                             const til_overlap_t *index, const til_sighting_t *s)
{
    const til_fragment_t *f = s->fragment;
    const til_read_t *ends[2] = { NULL, NULL };
    int n = 0;
    for (int i = 0; i < 2; i++)
        if (f->end[i] != NULL && !til_read_unmapped(f->end[i])) ends[n++] = f->end[i];
    if (n == 0 || (ends[0]->flag & (TIL_FLAG_SECONDARY | TIL_FLAG_SUPPLEMENTARY))) return TIL_OK;
    const til_read_t *a = ends[0], *b = ends[1];

    w->sums.knows_ribosomal = m->knows_ribosomal;
    w->sums.knows_mitochondrial = m->knows_mitochondrial;
    w->sums.mapped++;
    w->sums.duplicates += (a->flag & TIL_FLAG_DUPLICATE) != 0;
    w->sums.mitochondrial += m->is_mitochondrial[a->contig];
    w->sums.ribosomal += s->one_gene && m->is_ribosomal[s->gene];
    if (s->n_hits > 1) return TIL_OK;
    int32_t contig = a == f->end[0] ? s->contigs[0] : s->contigs[1];
    if (contig < 0) {
        w->sums.elsewhere++;
        return TIL_OK;
    }
    if (s->on_gene) w->sums.exonic++;
    else if (in_gene_span(m, (size_t)contig, (uint32_t)a->pos, a->end)) w->sums.intronic++;
    else w->sums.intergenic++;
    if (b != NULL && a->contig == b->contig && (a->flag & TIL_FLAG_PROPER) && a->n_blocks > 0 &&
        b->n_blocks > 0)
        see_insert(w, index, (size_t)contig, a, b);
    if (s->one_gene && a->n_blocks > 0) return see_gene(ctx, w, m, s, a, b);
    return TIL_OK;
}

/* ------------------------------------------------------------------ gather */

static void add_sums(til_quality_t *to, const til_quality_t *from)
{
    to->knows_ribosomal |= from->knows_ribosomal;
    to->knows_mitochondrial |= from->knows_mitochondrial;
    to->exonic += from->exonic;
    to->intronic += from->intronic;
    to->intergenic += from->intergenic;
    to->elsewhere += from->elsewhere;
    to->ribosomal += from->ribosomal;
    to->mitochondrial += from->mitochondrial;
    to->mapped += from->mapped;
    to->duplicates += from->duplicates;
    to->insert_beyond += from->insert_beyond;
    for (int i = 0; i < TIL_INSERT_BINS; i++) to->insert[i] += from->insert[i];
    for (int i = 0; i < TIL_BODY_BINS; i++) to->body[i] += from->body[i];
}

static int log2_bin(uint64_t n)
{
    int bin = 0;
    while (n > 1 && bin < TIL_DUP_BINS - 1) {
        n >>= 1;
        bin++;
    }
    return bin;
}

/* Over genes, each of the same weight, the share of the last fifth in the ends of both: one gene that
 * is most of a library does not speak for the others, and genes of few ends are as right on average
 * as those of many. */
static void gather_bias(til_quality_worker_t *const *workers, size_t n, size_t n_genes,
                        til_quality_t *out)
{
    double sum = 0;
    for (size_t g = 0; g < n_genes; g++) {
        uint64_t head = 0, tail = 0;
        for (size_t k = 0; k < n; k++) {
            head += workers[k]->fifths[2 * g];
            tail += workers[k]->fifths[2 * g + 1];
        }
        if (head + tail < BIAS_MIN) continue;
        out->n_bias_genes++;
        sum += (double)tail / (double)(head + tail);
    }
    double share = sum / (double)out->n_bias_genes;
    out->three_prime_bias = out->n_bias_genes == 0 ? NAN : share / (1 - share);
}

til_status_t til_quality_gather(til_ctx_t *ctx, til_quality_worker_t *const *workers, size_t n,
                                const til_annot_t *annot, til_quality_t *out)
{
    til_status_t status = TIL_OK;
    places_t all = { 0 };

    *out = (til_quality_t){ 0 };
    for (size_t k = 0; k < n; k++) {
        add_sums(out, &workers[k]->sums);
        if (workers[k]->places.shift > all.shift) all.shift = workers[k]->places.shift;
    }
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < workers[k]->places.n_slots; i++) {
            const place_t *p = &workers[k]->places.slots[i];
            if (p->hash != 0) TIL_TRY(places_add(ctx, &all, p->hash, p->gene, p->n));
        }
    for (size_t g = 0; g < annot->n_genes; g++) {
        uint8_t found = 255;
        for (size_t k = 0; k < n; k++) {
            if (workers[k]->found[g] < found) found = workers[k]->found[g];
            if (k > 0) workers[0]->fragments[g] += workers[k]->fragments[g];
        }
        for (int i = found; i < TIL_SATURATION_POINTS; i++) out->genes_at[i]++;
    }
    gather_bias(workers, n, annot->n_genes, out);
    for (size_t i = 0; i < all.n_slots; i++) {
        if (all.slots[i].hash == 0) continue;
        int bin = log2_bin(workers[0]->fragments[all.slots[i].gene]);
        out->dup_total[bin] += all.slots[i].n;
        out->dup_same[bin] += all.slots[i].n - 1;
        out->same_start += all.slots[i].n - 1;
        out->places += all.slots[i].n;
    }
done:
    free(all.slots);
    return status;
}
