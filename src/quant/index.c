/* index.c -- the index file: written once, mapped ever after, never trusted.
 *
 * Layout: a header of HEADER_BYTES, then the sections, each beginning at a multiple of 64. The
 * header holds magic, version, sizes and a checksum of every section and of itself. After the
 * checksums have agreed every number that is used as an index is checked against its range too, so
 * that no file, however made, leads outside the mapping. Integers are little-endian as they lie in
 * memory.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/outfile.h"
#include "base/parallel.h"
#include "base/need.h"
#include "base/try.h"
#include "quant/index.h"

#define MAGIC           "tilseqIX"
#define FORMAT_VERSION  2u
#define BYTE_ORDER_MARK 0x0A0B0C0Du
#define CHECK_BLOCK     ((size_t)8 << 20) /* bytes checked as one piece */

enum { HEADER_BYTES = 512, ALIGN = 64 };

enum {
    S_BASES,
    S_STARTS,
    S_UNITIGS,
    S_PLACES,
    S_TABLE,
    S_NAMES,
    S_NAME_AT,
    S_GENE_OF,
    S_GENES,
    S_GENE_AT,
    N_SECTIONS
};

static const char *const section_names[N_SECTIONS] = { "bases",        "starts",
                                                       "unitigs",      "places",
                                                       "table",        "names",
                                                       "name offsets", "genes of transcripts",
                                                       "genes",        "gene offsets" };

typedef struct {
    uint64_t offset, size, checksum;
} section_t;

typedef struct {
    char magic[8];
    uint32_t version, byte_order;
    uint32_t k, window, n_targets, n_transcripts, n_genes;
    uint32_t position_bits, unitig_bits, tag_bits;
    uint64_t n_bases, n_unitigs, n_places, n_lines;
    section_t sections[N_SECTIONS];
    char sequence_digest[TIL_INDEX_DIGEST - 1], name_digest[TIL_INDEX_DIGEST - 1];
    uint64_t checksum; /* of all before it */
} header_t;

/* ---- checksum ---------------------------------------------------------------------------- */

static uint64_t rotate(uint64_t x, int n) { return x << n | x >> (64 - n); }

/* Four lanes of multiply and rotate over 8-byte words. Each step is one-to-one in the word, so a
 * change of any single word changes the sum. */
static uint64_t checksum_block(const unsigned char *bytes, size_t n)
{
    uint64_t lane[4] = { n, 0x243F6A8885A308D3ULL, 0x13198A2E03707344ULL, 0xA4093822299F31D0ULL };
    const uint64_t odd = 0x9E3779B97F4A7C15ULL;
    size_t i = 0;

    for (; i + 32 <= n; i += 32) {
        uint64_t word[4];
        memcpy(word, bytes + i, 32);
        for (int j = 0; j < 4; j++) lane[j] = rotate((lane[j] ^ word[j]) * odd, 29);
    }
    for (; i < n; i++) lane[i & 3] = rotate((lane[i & 3] ^ bytes[i]) * odd, 29);
    uint64_t sum = 0;
    for (int j = 0; j < 4; j++) sum = (rotate(sum, 17) ^ lane[j]) * odd;
    return sum ^ sum >> 32;
}

typedef struct {
    const unsigned char *bytes;
    size_t n;
    uint64_t *sums;
} checking_t;

static til_status_t check_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    checking_t *c = arg;
    (void)ctx;
    (void)worker;
    c->sums[begin / CHECK_BLOCK] = checksum_block(c->bytes + begin, end - begin);
    return TIL_OK;
}

static til_status_t checksum(til_ctx_t *ctx, const void *bytes, size_t n, uint64_t *sum)
{
    til_status_t status = TIL_OK;
    size_t n_blocks = n / CHECK_BLOCK + 1;
    checking_t c = { bytes, n, til_array_zero(n_blocks, sizeof(uint64_t)) };

    if (c.sums == NULL) return til_no_memory(ctx, n_blocks, "checksums");
    TIL_TRY(til_parallel_for(ctx, n, CHECK_BLOCK, check_range, &c));
    *sum = checksum_block((const unsigned char *)c.sums, n_blocks * sizeof(uint64_t));
done:
    free(c.sums);
    return status;
}

/* ---- sizes ------------------------------------------------------------------------------- */

static uint64_t words_of_bases(uint64_t n_bases) { return n_bases / 32 + 4; }

/* The size each section must have; texts can have any. */
static void section_sizes(const header_t *h, uint64_t sizes[N_SECTIONS])
{
    sizes[S_BASES] = words_of_bases(h->n_bases) * sizeof(uint64_t);
    sizes[S_STARTS] = ((uint64_t)h->n_targets + 1) * sizeof(uint32_t);
    sizes[S_UNITIGS] = (h->n_unitigs + 1) * sizeof(til_unitig_t);
    sizes[S_PLACES] = h->n_places * sizeof(til_place_t);
    sizes[S_TABLE] = h->n_lines * TIL_SLOTS_PER_LINE * sizeof(uint64_t);
    sizes[S_NAMES] = h->sections[S_NAMES].size;
    sizes[S_NAME_AT] = (uint64_t)h->n_transcripts * sizeof(uint32_t);
    sizes[S_GENE_OF] = h->n_genes == 0 ? 0 : (uint64_t)h->n_transcripts * sizeof(uint32_t);
    sizes[S_GENES] = h->sections[S_GENES].size;
    sizes[S_GENE_AT] = (uint64_t)h->n_genes * sizeof(uint32_t);
}

/* ---- write ------------------------------------------------------------------------------- */

til_status_t til_index_write(til_ctx_t *ctx, const til_index_t *index, struct til_out *out)
{
    TIL_NEED(ctx, index);
    TIL_NEED(ctx, out);
    til_status_t status = TIL_OK;
    static const char zeros[HEADER_BYTES];
    header_t h = { .version = FORMAT_VERSION,
                   .byte_order = BYTE_ORDER_MARK,
                   .k = index->k,
                   .window = index->window,
                   .n_targets = index->n_targets,
                   .n_transcripts = index->n_transcripts,
                   .n_genes = index->n_genes,
                   .position_bits = index->position_bits,
                   .unitig_bits = index->unitig_bits,
                   .tag_bits = index->tag_bits,
                   .n_bases = index->n_bases,
                   .n_unitigs = index->n_unitigs,
                   .n_places = index->n_places,
                   .n_lines = index->n_lines };
    const void *data[N_SECTIONS] = { index->bases, index->starts, index->unitigs, index->places,
                                     index->table, index->names,  index->name_at, index->gene_of,
                                     index->genes, index->gene_at };
    uint64_t sizes[N_SECTIONS], offset = HEADER_BYTES;

    memcpy(h.magic, MAGIC, sizeof h.magic);
    memcpy(h.sequence_digest, index->sequence_digest, sizeof h.sequence_digest);
    memcpy(h.name_digest, index->name_digest, sizeof h.name_digest);
    h.sections[S_NAMES].size = index->names_size;
    h.sections[S_GENES].size = index->genes_size;
    section_sizes(&h, sizes);
    for (int s = 0; s < N_SECTIONS; s++) {
        h.sections[s].offset = offset;
        h.sections[s].size = sizes[s];
        TIL_TRY(checksum(ctx, data[s], sizes[s], &h.sections[s].checksum));
        offset += (sizes[s] + ALIGN - 1) / ALIGN * ALIGN;
    }
    h.checksum = checksum_block((const unsigned char *)&h, offsetof(header_t, checksum));
    til_out_write(out, &h, sizeof h);
    til_out_write(out, zeros, HEADER_BYTES - sizeof h);
    for (int s = 0; s < N_SECTIONS; s++) {
        if (sizes[s] == 0) continue;
        til_out_write(out, data[s], sizes[s]);
        til_out_write(out, zeros, (ALIGN - sizes[s] % ALIGN) % ALIGN);
    }
done:
    return status;
}

/* ---- open -------------------------------------------------------------------------------- */

static til_status_t check_header(til_ctx_t *ctx, const char *path, const header_t *h, size_t size)
{
    uint64_t sizes[N_SECTIONS];

    if (size < sizeof h->magic || memcmp(h->magic, MAGIC, sizeof h->magic) != 0)
        return til_fail(
            ctx, TIL_EINPUT,
            "%s: not a tilseq index: make one with tilseq index -t TRANSCRIPTS.fa -o INDEX", path);
    if (size < HEADER_BYTES)
        return til_fail(ctx, TIL_EINPUT, "%s: the index is truncated: it ends inside its header",
                        path);
    if (h->byte_order != BYTE_ORDER_MARK || h->version != FORMAT_VERSION)
        return til_fail(
            ctx, TIL_EINPUT,
            "%s: index format version %u%s, this tilseq reads version %u: build the index again",
            path, h->version, h->byte_order != BYTE_ORDER_MARK ? " of another byte order" : "",
            FORMAT_VERSION);
    if (checksum_block((const unsigned char *)h, offsetof(header_t, checksum)) != h->checksum)
        return til_fail(ctx, TIL_EINPUT,
                        "%s: the index is damaged: its header fails the checksum; build it again",
                        path);
    if (h->k < TIL_KMER_MIN || h->k > TIL_KMER_MAX || h->k % 2 == 0 || h->window == 0 ||
        h->n_targets >= 1u << 28 || h->n_transcripts > h->n_targets || h->n_transcripts == 0 ||
        h->n_genes > h->n_transcripts || h->n_bases > UINT32_MAX || h->n_unitigs > UINT32_MAX ||
        h->n_places > UINT32_MAX || h->n_lines == 0 || h->n_lines > UINT32_MAX ||
        h->position_bits > 33 || h->unitig_bits > 33 || h->tag_bits > 60 || h->tag_bits == 0 ||
        h->position_bits + h->unitig_bits + h->tag_bits > 63)
        return til_fail(ctx, TIL_EINPUT, "%s: the index is damaged: impossible sizes", path);
    section_sizes(h, sizes);
    for (int s = 0; s < N_SECTIONS; s++) {
        const section_t *at = &h->sections[s];
        if (at->size != sizes[s] || at->offset % ALIGN != 0 || at->offset < HEADER_BYTES ||
            at->size > size || at->offset > size - at->size)
            return til_fail(
                ctx, TIL_EINPUT,
                "%s: the index is truncated or damaged: section '%s' does not fit the file of %zu "
                "bytes",
                path, section_names[s], size);
    }
    return TIL_OK;
}

static const void *section(const til_index_t *index, const header_t *h, int s)
{
    return (const char *)index->mapping + h->sections[s].offset;
}

static void adopt(til_index_t *index, const header_t *h)
{
    index->k = h->k;
    index->window = h->window;
    index->n_targets = h->n_targets;
    index->n_transcripts = h->n_transcripts;
    index->n_genes = h->n_genes;
    index->n_bases = h->n_bases;
    index->n_unitigs = h->n_unitigs;
    index->n_places = h->n_places;
    index->n_lines = h->n_lines;
    index->position_bits = h->position_bits;
    index->unitig_bits = h->unitig_bits;
    index->tag_bits = h->tag_bits;
    memcpy(index->sequence_digest, h->sequence_digest, sizeof h->sequence_digest);
    memcpy(index->name_digest, h->name_digest, sizeof h->name_digest);
    index->bases = section(index, h, S_BASES);
    index->starts = section(index, h, S_STARTS);
    index->unitigs = section(index, h, S_UNITIGS);
    index->places = section(index, h, S_PLACES);
    index->table = section(index, h, S_TABLE);
    index->names = section(index, h, S_NAMES);
    index->name_at = section(index, h, S_NAME_AT);
    index->gene_of = section(index, h, S_GENE_OF);
    index->genes = section(index, h, S_GENES);
    index->gene_at = section(index, h, S_GENE_AT);
    index->names_size = h->sections[S_NAMES].size;
    index->genes_size = h->sections[S_GENES].size;
}

/* Offsets into a text area that ends in NUL, `per` texts from each offset on. */
static bool texts_are_sound(const char *area, size_t size, const uint32_t *at, size_t n, int per)
{
    if (n == 0) return true;
    if (size < (size_t)per || area[size - 1] != 0) return false;
    for (size_t i = 0; i < n; i++) {
        if (at[i] >= size || (i > 0 && at[i] <= at[i - 1])) return false;
        if (i > 0 && area[at[i] - 1] != 0) return false;
    }
    if (per == 1) return true;
    for (size_t i = 0; i < n; i++) { /* the second text must begin before the area ends */
        size_t second = at[i] + strlen(area + at[i]) + 1;
        if (second >= size || (i + 1 < n && second >= at[i + 1])) return false;
    }
    return true;
}

/* Every number used as an index lies in its range. */
static bool structure_is_sound(const til_index_t *x)
{
    if (x->starts[0] != 0 || x->starts[x->n_targets] != x->n_bases) return false;
    for (uint32_t i = 0; i < x->n_targets; i++)
        if (x->starts[i] >= x->starts[i + 1]) return false;
    if (x->unitigs[x->n_unitigs].first_place != x->n_places) return false;
    for (uint64_t u = 0; u < x->n_unitigs; u++)
        if (x->unitigs[u].first_place >= x->unitigs[u + 1].first_place ||
            x->unitigs[u].n_kmers == 0 || x->unitigs[u].n_kmers > x->n_bases)
            return false;
    for (uint64_t p = 0; p < x->n_places; p++)
        if (x->places[p].target >= x->n_targets ||
            (x->places[p].position >> 1) + x->k >
                x->starts[x->places[p].target + 1] - x->starts[x->places[p].target])
            return false;
    if (x->n_genes > 0)
        for (uint32_t i = 0; i < x->n_transcripts; i++)
            if (x->gene_of[i] >= x->n_genes && x->gene_of[i] != UINT32_MAX) return false;
    return texts_are_sound(x->names, x->names_size, x->name_at, x->n_transcripts, 1) &&
           texts_are_sound(x->genes, x->genes_size, x->gene_at, x->n_genes, 2);
}

/* Every slot of the table points into T and to a unitig. */
static bool table_is_sound(const til_index_t *x)
{
    const uint64_t position = (1ULL << x->position_bits) - 1, unitig = (1ULL << x->unitig_bits) - 1;
    bool sound = true, has_room = false;

    for (uint64_t i = 0; i < x->n_lines * TIL_SLOTS_PER_LINE; i++) {
        uint64_t slot = x->table[i];
        if (slot == TIL_SLOT_EMPTY) {
            has_room = true;
            continue;
        }
        slot &= ~TIL_SLOT_OVERFLOW;
        sound &= (slot & position) + x->k <= x->n_bases &&
                 (slot >> x->position_bits & unitig) < x->n_unitigs;
    }
    return sound && has_room; /* a search ends at an empty slot */
}

static til_status_t check_sections(til_ctx_t *ctx, const char *path, const til_index_t *index,
                                   const header_t *h)
{
    for (int s = 0; s < N_SECTIONS; s++) {
        uint64_t sum = 0;
        til_status_t status = checksum(ctx, section(index, h, s), h->sections[s].size, &sum);
        if (status != TIL_OK) return status;
        if (sum != h->sections[s].checksum)
            return til_fail(
                ctx, TIL_EINPUT,
                "%s: the index is damaged: section '%s' fails its checksum; build it again", path,
                section_names[s]);
    }
    return TIL_OK;
}

static til_status_t map_file(til_ctx_t *ctx, const char *path, til_index_t *index)
{
    til_status_t status = TIL_OK;
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &info) != 0) {
        status = til_fail(ctx, TIL_EIO, "%s: %s", path, strerror(errno));
    } else if (!S_ISREG(info.st_mode)) {
        status = til_fail(ctx, TIL_EIO, "%s: not a file: an index made by tilseq index is wanted",
                          path);
    } else if (info.st_size == 0) {
        status = til_fail(ctx, TIL_EINPUT, "%s: the file is empty (0 bytes)", path);
    } else {
        index->mapping_size = (size_t)info.st_size;
        index->mapping = mmap(NULL, index->mapping_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (index->mapping == MAP_FAILED) {
            index->mapping = NULL;
            status = til_fail(ctx, TIL_EIO, "%s: cannot be mapped: %s", path, strerror(errno));
        } else {
            (void)madvise(index->mapping, index->mapping_size, MADV_WILLNEED);
        }
    }
    if (fd >= 0) close(fd);
    return status;
}

til_status_t til_index_open(til_ctx_t *ctx, const char *path, til_index_t **out)
{
    TIL_NEED(ctx, path);
    TIL_NEED(ctx, out);
    til_status_t status = TIL_OK;
    til_index_t *index = til_array_zero(1, sizeof *index);
    header_t h = { 0 };

    *out = NULL;
    if (index == NULL) return til_no_memory(ctx, 1, "index");
    TIL_TRY(map_file(ctx, path, index));
    memcpy(&h, index->mapping, index->mapping_size < sizeof h ? index->mapping_size : sizeof h);
    TIL_TRY(check_header(ctx, path, &h, index->mapping_size));
    adopt(index, &h);
    TIL_TRY(check_sections(ctx, path, index, &h));
    if (!structure_is_sound(index) || !table_is_sound(index))
        status = til_fail(
            ctx, TIL_EINPUT,
            "%s: the index is damaged: its parts contradict each other; build it again", path);
done:
    if (status == TIL_OK) *out = index;
    else til_index_free(index);
    return status;
}

void til_index_free(til_index_t *index)
{
    if (index == NULL) return;
    if (index->mapping != NULL) munmap(index->mapping, index->mapping_size);
    for (size_t i = 0; i < index->n_owned; i++) free(index->owned[i]);
    free(index);
}

/* ---- what callers ask -------------------------------------------------------------------- */

size_t til_index_n_transcripts(const til_index_t *index) { return index->n_transcripts; }

const char *til_index_name(const til_index_t *index, size_t transcript)
{
    return index->names + index->name_at[transcript];
}

uint32_t til_index_length(const til_index_t *index, size_t transcript)
{
    return til_target_length(index, (uint32_t)transcript);
}

unsigned til_index_k(const til_index_t *index) { return index->k; }

const char *til_index_sequence_digest(const til_index_t *index) { return index->sequence_digest; }
const char *til_index_name_digest(const til_index_t *index) { return index->name_digest; }

size_t til_index_n_genes(const til_index_t *index) { return index->n_genes; }

const char *til_index_gene_id(const til_index_t *index, size_t gene)
{
    return index->genes + index->gene_at[gene];
}

const char *til_index_gene_symbol(const til_index_t *index, size_t gene)
{
    const char *id = til_index_gene_id(index, gene);
    return id + strlen(id) + 1;
}

uint32_t til_index_gene_of(const til_index_t *index, size_t transcript)
{
    return index->n_genes == 0 ? UINT32_MAX : index->gene_of[transcript];
}
