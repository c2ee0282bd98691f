/* read.c -- from an alignment record to what counting keeps of it.
 *
 * Only the fixed fields, the CIGAR, the name (hashed) and the tags up to NH and HI are touched;
 * sequence and qualities are stepped over.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "count/read.h"

enum { OP_M, OP_I, OP_D, OP_N, OP_S, OP_H, OP_P, OP_EQUAL, OP_X };

const char *til_read_problem(til_read_state_t state)
{
    switch (state) {
    case TIL_READ_NO_MEMORY: return "out of memory";
    case TIL_READ_BAD_PARTS: return "its parts do not fit into its size";
    case TIL_READ_BAD_CONTIG: return "its reference is not in the header";
    case TIL_READ_BEYOND_CONTIG: return "it reaches beyond base 2147483647";
    case TIL_READ_BAD_CIGAR: return "its CIGAR has an unknown operation";
    case TIL_READ_CIGAR_LENGTH: return "its CIGAR and its sequence differ in length";
    case TIL_READ_BAD_TAGS: return "its tags are malformed";
    case TIL_READ_BAD_POSITION: return "its position is negative";
    default: return "it is sound";
    }
}

/* -------------------------------------------------------------------- tags */

static inline uint32_t bytes_of_type(uint8_t type)
{
    static const uint8_t bytes[256] = { ['A'] = 1, ['c'] = 1, ['C'] = 1, ['s'] = 2, ['S'] = 2,
                                        ['i'] = 4, ['I'] = 4, ['f'] = 4, ['d'] = 8 };
    return bytes[type];
}

/* Bytes of a tag's value at p (type at p[-1]), or 0 when it does not fit before `end`. */
static size_t value_bytes(uint8_t type, const uint8_t *p, const uint8_t *end)
{
    size_t left = (size_t)(end - p), size = bytes_of_type(type);
    if (size == 0 && (type == 'Z' || type == 'H')) {
        const uint8_t *nul = memchr(p, 0, left);
        return nul == NULL ? 0 : (size_t)(nul - p) + 1;
    }
    if (size == 0 && type == 'B' && left >= 5) {
        size_t each = bytes_of_type(p[0]), n = til_le32(p + 1);
        size = each == 0 || n > (left - 5) / each ? 0 : 5 + n * each;
    }
    return size <= left ? size : 0;
}

static int64_t integer(uint8_t type, const uint8_t *p)
{
    switch (type) {
    case 'c': return (int8_t)p[0];
    case 'C': return p[0];
    case 's': return (int16_t)(p[0] | p[1] << 8);
    case 'S': return (int64_t)p[0] | (int64_t)p[1] << 8;
    case 'i': return (int32_t)til_le32(p);
    default: return (int64_t)til_le32(p);
    }
}

static bool is_integer(uint8_t type)
{
    return type == 'c' || type == 'C' || type == 's' || type == 'S' || type == 'i' || type == 'I';
}

/* NH and, when wanted, HI; stops when it has them. False when the tags are malformed up to there.
 */
static bool read_tags(const til_bam_record_t *r, bool want_hit, bool *has_n_hits, til_read_t *read)
{
    const uint8_t *p = r->tags, *end = r->end;
    bool has_hit = !want_hit;

    /* as STAR writes them: first NH, then HI, one byte each */
    if (end - p >= 8 && memcmp(p, "NHC", 3) == 0 && p[3] > 0) {
        read->n_hits = p[3];
        *has_n_hits = true;
        if (want_hit && memcmp(p + 4, "HIC", 3) == 0) {
            read->hit = p[7];
            return true;
        }
        p += 4;
    }
    while (p < end && !(*has_n_hits && has_hit)) {
        if (end - p < 4) return false;
        uint8_t type = p[2];
        size_t size = value_bytes(type, p + 3, end);
        if (size == 0) return false;
        if (p[1] == 'H' && p[0] == 'N' && is_integer(type)) {
            int64_t n = integer(type, p + 3);
            read->n_hits = n < 1 ? 1 : n > INT32_MAX ? INT32_MAX : (uint32_t)n;
            *has_n_hits = true;
        } else if (p[1] == 'I' && p[0] == 'H' && is_integer(type) && want_hit) {
            read->hit = (int32_t)integer(type, p + 3);
            has_hit = true;
        }
        p += 3 + size;
    }
    return true;
}

/* ------------------------------------------------------------------- CIGAR */

typedef struct {
    til_read_t *read;
    size_t n_sections, capacity; /* capacity of read->more in blocks */
    unsigned most;               /* sections, 0: no limit            */
    bool cut, failed;
} sections_t;

static void push_far_block(sections_t *s, uint32_t start, uint32_t end)
{
    til_read_t *r = s->read;
    if (r->n_blocks == TIL_BLOCKS_INSIDE && r->more == NULL) {
        s->capacity = 16;
        r->more = til_array(s->capacity, sizeof *r->more);
        if (r->more == NULL) {
            s->failed = true;
            return;
        }
        memcpy(r->more, r->inside, sizeof r->inside);
    }
    if (r->n_blocks == s->capacity) {
        til_block_t *grown = realloc(r->more, 2 * s->capacity * sizeof *grown);
        if (grown == NULL) {
            s->failed = true;
            return;
        }
        r->more = grown;
        s->capacity *= 2;
    }
    r->more[r->n_blocks++] = (til_block_t){ start, end };
}

static inline void push_block(sections_t *s, uint32_t start, uint32_t end)
{
    til_read_t *r = s->read;
    if (start == end) return;
    if (r->n_blocks < TIL_BLOCKS_INSIDE) r->inside[r->n_blocks++] = (til_block_t){ start, end };
    else push_far_block(s, start, end);
}

/* A stretch ends where an I, D or N stands. One of no length counts towards the limit. */
static void close_section(sections_t *s, uint32_t start, uint32_t end)
{
    if (s->most > 0 && s->n_sections >= s->most) {
        s->cut = true;
        return;
    }
    s->n_sections++;
    push_block(s, start, end);
}

static til_read_state_t walk_cigar(const til_bam_record_t *r, const til_read_rules_t *rules,
                                   til_read_t *read, unsigned *oddities)
{
    sections_t s = { .read = read, .most = rules->most_sections };
    uint64_t at = (uint64_t)(uint32_t)read->pos, start = at, query = 0;
    uint64_t length = (uint64_t)rules->header->lengths[read->contig];

    /* most alignments are one stretch without more */
    if (r->n_cigar == 1 && (til_le32(r->cigar) & 15) == OP_M && til_le32(r->cigar) >> 4 > 0) {
        uint32_t n = til_le32(r->cigar) >> 4;
        if (at + n > length) {
            if (at + n > INT32_MAX) return TIL_READ_BEYOND_CONTIG;
            *oddities |= TIL_ODD_BEYOND;
        }
        if (r->l_seq > 0 && n != r->l_seq) return TIL_READ_CIGAR_LENGTH;
        read->inside[0] = (til_block_t){ (uint32_t)at, (uint32_t)(at + n) };
        read->n_blocks = 1;
        read->end = (uint32_t)(at + n);
        return TIL_READ_OK;
    }

    for (uint32_t i = 0; i < r->n_cigar && !s.failed; i++) {
        uint32_t word = til_le32(r->cigar + (size_t)4 * i), n = word >> 4;
        switch (word & 15) {
        case OP_M:
        case OP_EQUAL:
        case OP_X:
            at += n;
            query += n;
            break;
        case OP_I:
            close_section(&s, (uint32_t)start, (uint32_t)at);
            start = at;
            query += n;
            break;
        case OP_N:
            read->is_split = true;
            /* fall through */
        case OP_D:
            close_section(&s, (uint32_t)start, (uint32_t)at);
            at += n;
            start = at;
            break;
        case OP_S: query += n; break;
        case OP_H:
        case OP_P: break;
        default: return TIL_READ_BAD_CIGAR;
        }
        if (at > INT32_MAX) {
            free(read->more);
            read->more = NULL;
            return TIL_READ_BEYOND_CONTIG;
        }
    }
    if (at > length) *oddities |= TIL_ODD_BEYOND;
    if (at > start && !s.failed) close_section(&s, (uint32_t)start, (uint32_t)at);
    if (s.failed) return TIL_READ_NO_MEMORY;
    if (s.cut) *oddities |= TIL_ODD_CUT;
    if (r->n_cigar > 0 && r->l_seq > 0 && query != r->l_seq) return TIL_READ_CIGAR_LENGTH;
    read->end = (uint32_t)at;
    return TIL_READ_OK;
}

/* The stretches as featureCounts measures the length of a fragment: the first reaches back over
 * the bases clipped before it, the last on over those clipped behind. */
static til_read_state_t measure_spans(const til_bam_record_t *r, unsigned most, til_read_t *read)
{
    size_t room = read->n_blocks + 2 * ((size_t)r->n_cigar + 1);
    til_block_t *all = til_array(room, sizeof *all);
    /* places from 1 here: clipped bases before the contig reach back to place 0 */
    uint32_t n = 0, at = (uint32_t)read->pos + 1, start = at, clipped_behind = 0;
    bool any_query = false, any_match = false;

    if (all == NULL) {
        free(read->more);
        return TIL_READ_NO_MEMORY;
    }
    memcpy(all, til_read_blocks(read), read->n_blocks * sizeof *all);
    til_span_t *spans = (til_span_t *)(void *)(all + read->n_blocks);
    for (uint32_t i = 0; i < r->n_cigar; i++) {
        uint32_t word = til_le32(r->cigar + (size_t)4 * i), length = word >> 4;
        switch (word & 15) {
        case OP_M:
        case OP_EQUAL:
        case OP_X:
            at += length;
            any_query = any_match = true;
            break;
        case OP_I:
        case OP_D:
        case OP_N:
            if (most == 0 || n < most)
                spans[n++] = (til_span_t){ start, at - start, (word & 15) == OP_I ? length : 0,
                                           at };
            if ((word & 15) == OP_I) any_query = true;
            else at += length;
            start = at;
            any_match = false;
            break;
        case OP_S:
            if (!any_query) start -= length < start ? length : start;
            else clipped_behind = length;
            any_query = true;
            break;
        default: break;
        }
    }
    if (any_match && (most == 0 || n < most))
        spans[n++] = (til_span_t){ start, at - start + clipped_behind, 0, at };
    free(read->more);
    read->more = all;
    read->n_spans = n;
    return TIL_READ_OK;
}

/* A record of more operations than its field can count has two that stand in for them, all of the
 * read as clipped and its contig as skipped; the true ones are in the tag CG. */
static bool take_long_cigar(til_bam_record_t *r)
{
    const uint8_t *p = r->tags;
    uint32_t clipped = til_le32(r->cigar);

    if ((clipped & 15) != OP_S || (til_le32(r->cigar + 4) & 15) != OP_N ||
        (r->l_seq > 0 && clipped >> 4 != r->l_seq))
        return true;
    while (r->end - p >= 4) {
        uint8_t type = p[2];
        size_t size = value_bytes(type, p + 3, r->end);
        if (size == 0) return false;
        if (p[0] == 'C' && p[1] == 'G' && type == 'B' && (p[3] == 'I' || p[3] == 'i')) {
            r->n_cigar = til_le32(p + 4);
            r->cigar = p + 8;
            return true;
        }
        p += 3 + size;
    }
    return true;
}

/* ------------------------------------------------------------------- names */

/* Bytes of a name that both ends share: old programs write x/1 and x/2. */
static inline size_t shared_name(const char *name, size_t n)
{
    return n > 2 && name[n - 2] == '/' && (name[n - 1] == '1' || name[n - 1] == '2') ? n - 2 : n;
}

/* 64 bits of a read's name: words of 8 bytes (of 4 in a short one), the last of which may overlap
 * the one before. */
static uint64_t hash_name(const char *name, size_t n)
{
    /* the length must not undo a letter: r1220 and r12220 differ by 3 in both */
    uint64_t h = (n + 1) * 0x9E3779B97F4A7C15u, word = 0;
    if (n >= 8) {
        for (size_t at = 0; at + 8 < n; at += 8) {
            memcpy(&word, name + at, 8);
            h = til_hash_fold(h ^ word, 0xA0761D6478BD642Fu);
        }
        memcpy(&word, name + n - 8, 8);
    } else if (n >= 4) {
        uint32_t first, last;
        memcpy(&first, name, 4);
        memcpy(&last, name + n - 4, 4);
        word = (uint64_t)first << 32 | last;
    } else {
        for (size_t i = 0; i < n; i++) word = word << 8 | (uint8_t)name[i];
    }
    return til_hash_fold(til_hash_fold(h ^ word, 0xE7037ED1A0B428DBu), 0x8EBC6AF09C88C6E3u);
}

/* One number for both ends: places enter by end, not by which record carries them. */
static uint32_t pair_key(const til_read_t *r)
{
    bool first = r->flag & TIL_FLAG_FIRST;
    uint64_t own = (uint64_t)(uint32_t)r->pos << 32 | (uint32_t)r->contig;
    uint64_t mate = (uint64_t)(uint32_t)r->mate_pos << 32 | (uint32_t)r->mate_contig;
    uint64_t h = r->name ^ (uint64_t)(uint32_t)r->hit * 0xD6E8FEB86659FD93u;
    h = (h ^ (first ? own : mate)) * 0x9E3779B97F4A7C15u;
    h = (h ^ h >> 32 ^ (first ? mate : own)) * 0xC2B2AE3D27D4EB4Fu;
    return (uint32_t)(h ^ h >> 29);
}

/* ------------------------------------------------------------------ record */

/* Puts the name behind blocks and spans. */
static til_read_state_t keep_text(const til_bam_record_t *r, til_read_t *read)
{
    size_t n = shared_name(r->name, r->name_length);
    size_t places = read->n_blocks + 2 * (size_t)read->n_spans;
    til_block_t *all = til_array(places + n / sizeof *all + 1, sizeof *all);
    if (all == NULL) {
        free(read->more);
        return TIL_READ_NO_MEMORY;
    }
    memcpy(all, til_read_blocks(read),
           (read->more != NULL ? places : read->n_blocks) * sizeof *all);
    char *text = (char *)(all + places);
    memcpy(text, r->name, n);
    text[n] = '\0';
    free(read->more);
    read->more = all;
    return TIL_READ_OK;
}

til_read_state_t til_read_decode(const uint8_t *record, const til_read_rules_t *rules,
                                 til_read_t *read, unsigned *oddities)
{
    til_bam_record_t r;
    bool has_n_hits = false;
    int64_t n_contigs = (int64_t)rules->header->n_contigs;

    if (!til_bam_record(record, &r)) return TIL_READ_BAD_PARTS;
    if (r.contig < -1 || r.contig >= n_contigs || r.mate_contig < -1 || r.mate_contig >= n_contigs)
        return TIL_READ_BAD_CONTIG;

    *read = (til_read_t){ .contig = r.contig,
                          .pos = r.pos,
                          .mate_contig = r.mate_contig,
                          .mate_pos = r.mate_pos,
                          .hit = -1,
                          .n_hits = 1,
                          .flag = r.flag,
                          .mapq = r.mapq };
    *oddities = 0;
    if (!(r.flag & TIL_FLAG_UNMAPPED) && (r.contig < 0 || r.pos < 0)) {
        read->flag |= TIL_FLAG_UNMAPPED;
        *oddities |= TIL_ODD_NO_POSITION;
    }
    if (read->flag & TIL_FLAG_UNMAPPED) read->contig = read->pos = -1;
    if (r.flag & TIL_FLAG_MATE_UNMAPPED) read->mate_contig = read->mate_pos = -1;
    if (!read_tags(&r, rules->hits, &has_n_hits, read)) return TIL_READ_BAD_TAGS;
    if (!has_n_hits && (r.flag & TIL_FLAG_SECONDARY)) read->n_hits = 2;
    if (rules->names) read->name = hash_name(r.name, shared_name(r.name, r.name_length));
    if (rules->pairs) read->key = pair_key(read);
    if (read->flag & TIL_FLAG_UNMAPPED) return rules->texts ? keep_text(&r, read) : TIL_READ_OK;

    if (r.n_cigar == 2 && !take_long_cigar(&r)) return TIL_READ_BAD_TAGS;
    til_read_state_t state = walk_cigar(&r, rules, read, oddities);
    if (state != TIL_READ_OK) {
        free(read->more);
        return state;
    }
    if (rules->spans) state = measure_spans(&r, rules->most_sections, read);
    return state == TIL_READ_OK && rules->texts ? keep_text(&r, read) : state;
}
