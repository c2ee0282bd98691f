/* trim_reads.c -- FASTQ files in, trimmed FASTQ files out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "base/words.h"
#include "io/reads/fastq.h"
#include "io/reads/reads_out.h"
#include "qc/trim.h"
#include "tasks/trim_reads.h"

enum {
    BATCH = 4096,
    LEAST_OF_A_KIT = 8,
    LEAST_BESIDE_OVERLAP = 16, /* pairs whose fragment is too short to overlap have much more */
    LEAST_OF_ONES_OWN = 4
};

TIL_DEFINE_WORDS(
    til_poly_g_words,
    TIL_N_POLY_GS, [TIL_POLY_G_AUTO] = "auto", [TIL_POLY_G_YES] = "yes", [TIL_POLY_G_NO] = "no");
TIL_DEFINE_WORDS(til_umi_words, TIL_N_UMIS, [TIL_UMI_NONE] = "none", [TIL_UMI_READ1] = "read1",
                 [TIL_UMI_READ2] = "read2", [TIL_UMI_BOTH] = "both");

/* One lane being written. */
typedef struct {
    const til_trim_wish_t *wish;
    til_trim_options_t how;
    til_trim_counts_t counts;
    til_out_t *files[2];
    til_bgzf_out_t *streams[2];
    char *adapters; /* of the user's own, upper case, one after another */
    til_strbuf_t text;
    bool is_paired;
} session_t;

static til_status_t take_adapters(til_ctx_t *ctx, session_t *s)
{
    const til_list_t *own = s->wish->adapters;
    size_t n = 0;

    if (s->wish->no_adapters) return TIL_OK;
    s->how.least_match = own->n > 0                             ? LEAST_OF_ONES_OWN
                         : s->is_paired && !s->wish->no_overlap ? LEAST_BESIDE_OVERLAP
                                                                : LEAST_OF_A_KIT;
    for (size_t i = 0; own->n == 0 && til_trim_known[i] != NULL; i += 2)
        s->how.adapters[s->how.n_adapters++] = til_trim_known[i + 1];
    if (own->n == 0) return TIL_OK;
    if (own->n > TIL_TRIM_MAX_ADAPTERS)
        return til_fail(ctx, TIL_EUSAGE, "--adapter: %zu of them: at most %d", own->n,
                        TIL_TRIM_MAX_ADAPTERS);
    for (size_t i = 0; i < own->n; i++) n += strlen(own->items[i]) + 1;
    s->adapters = til_array(n, 1);
    if (s->adapters == NULL) return til_no_memory(ctx, n, "bytes");
    char *to = s->adapters;
    for (size_t i = 0; i < own->n; i++) {
        const char *from = own->items[i];
        if (strlen(from) < LEAST_OF_ONES_OWN || strspn(from, "ACGTNacgtn") != strlen(from))
            return til_fail(ctx, TIL_EUSAGE,
                            "--adapter: '%s': expected four letters A C G T or more", from);
        s->how.adapters[s->how.n_adapters++] = to;
        for (; *from != '\0'; from++) *to++ = (char)(*from & ~0x20);
        *to++ = '\0';
    }
    return TIL_OK;
}

/* Instruments with two colours, in which no signal is a G, by how their read names begin. */
static bool has_two_colours(const til_fastq_read_t *read)
{
    static const char *const starts[] = { "NB", "NS", "NDX", "A0", "A1",
                                          "VH", "VL", "LH",  "MN", "FS" };

    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t n = strlen(starts[i]);
        if (read->name_length > n && memcmp(read->name, starts[i], n) == 0 &&
            memchr(read->name, ':', read->name_length) != NULL)
            return true;
    }
    return false;
}

/* DIR/name.gz of one input; its folder and a .gz at its end do not count. */
static til_status_t open_output(til_ctx_t *ctx, til_job_t *job, session_t *s, int mate,
                                const char *input)
{
    const char *slash = strrchr(input, '/'), *name = slash == NULL ? input : slash + 1;
    size_t n = strlen(name);
    til_strbuf_t path = { 0 };
    til_status_t status = TIL_OK;

    if (strcmp(input, "-") == 0) name = mate == 0 ? "reads_1.fq" : "reads_2.fq", n = strlen(name);
    if (n > 3 && strcmp(name + n - 3, ".gz") == 0) n -= 3;
    til_strbuf_printf(&path, "%s/%.*s.gz", s->wish->folder, (int)n, name);
    if (path.failed) TIL_TRY(til_no_memory(ctx, n, "bytes"));
    TIL_TRY(til_job_refuse_input(ctx, path.text, &input, 1));
    TIL_TRY(til_job_open(ctx, job, path.text, &s->files[mate]));
    TIL_TRY(til_bgzf_out_new(ctx, s->files[mate], &s->streams[mate]));
done:
    til_strbuf_clear(&path);
    return status;
}

/* Moves the UMI of one read into the name's end. TIL_EINPUT for a read that is shorter. */
static til_status_t take_umi(til_ctx_t *ctx, session_t *s, const char *path, uint64_t record,
                             til_trimmed_t *read)
{
    uint32_t n = s->wish->umi_length;

    if (read->length < n)
        return til_fail(ctx, TIL_EINPUT,
                        "%s:%llu: a read of %u bases: expected a UMI of %u at its start; "
                        "--umi-length says how long it is",
                        path, (unsigned long long)(4 * record - 3), read->length, n);
    til_strbuf_add_n(&s->text, read->bases, n);
    read->bases += n;
    read->quality += n;
    read->length -= n;
    return TIL_OK;
}

static void write_read(session_t *s, int mate, const til_fastq_read_t *name, const char *umi,
                       const til_trimmed_t *read)
{
    til_bgzf_out_t *out = s->streams[mate];
    static const char *const suffix[] = { "/1", "/2" };

    til_bgzf_out_write(out, "@", 1);
    til_bgzf_out_write(out, name->name, name->name_length);
    if (umi[0] != '\0') {
        til_bgzf_out_write(out, "_", 1);
        til_bgzf_out_write(out, umi, strlen(umi));
    }
    if (s->is_paired) til_bgzf_out_write(out, suffix[mate], 2);
    til_bgzf_out_write(out, "\n", 1);
    til_bgzf_out_write(out, read->bases, read->length);
    til_bgzf_out_write(out, "\n+\n", 3);
    til_bgzf_out_write(out, read->quality, read->length);
    til_bgzf_out_write(out, "\n", 1);
}

static til_status_t trim_batch(til_ctx_t *ctx, session_t *s, const char *const *paths,
                               const til_fastq_batch_t *batch)
{
    til_umi_t umi = s->wish->umi;
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < batch->n; i++) {
        til_trimmed_t read[2] = { { 0 }, { 0 } };
        for (int m = 0; m < 1 + s->is_paired; m++)
            read[m] = (til_trimmed_t){ batch->reads[m][i].bases, batch->reads[m][i].quality,
                                       batch->reads[m][i].length };
        til_strbuf_reset(&s->text);
        if (umi == TIL_UMI_READ1 || umi == TIL_UMI_BOTH)
            TIL_TRY(take_umi(ctx, s, paths[0], batch->first + i, &read[0]));
        if (umi == TIL_UMI_READ2 || umi == TIL_UMI_BOTH)
            TIL_TRY(take_umi(ctx, s, paths[1], batch->first + i, &read[1]));
        if (s->text.failed) TIL_TRY(til_no_memory(ctx, 1, "names"));
        if (!til_trim_read(&s->how, &read[0], s->is_paired ? &read[1] : NULL, &s->counts)) continue;
        for (int m = 0; m < 1 + s->is_paired; m++)
            write_read(s, m, &batch->reads[m][i], til_strbuf_text(&s->text), &read[m]);
    }
done:
    return status;
}

static void close_streams(session_t *s)
{
    for (int m = 0; m < 2; m++) {
        til_bgzf_out_free(s->streams[m]);
        s->streams[m] = NULL;
    }
}

static til_status_t trim_lane(til_ctx_t *ctx, til_job_t *job, session_t *s, size_t lane)
{
    const char *paths[2] = { s->wish->lanes[0]->items[lane],
                             s->is_paired ? s->wish->lanes[1]->items[lane] : NULL };
    til_fastq_t *fastq = NULL;
    til_fastq_batch_t batch = { 0 };
    til_status_t status;
    uint64_t n_read;
    int more = 1;

    TIL_TRY(til_fastq_open(ctx, &paths[0], s->is_paired ? &paths[1] : NULL, 1, &fastq));
    for (int m = 0; m < 1 + s->is_paired; m++) TIL_TRY(open_output(ctx, job, s, m, paths[m]));
    for (bool is_first = true;; is_first = false) {
        TIL_TRY(til_fastq_next(ctx, fastq, BATCH, &batch, &more));
        if (!more) break;
        if (is_first && batch.n > 0)
            s->how.poly_g = s->wish->poly_g == TIL_POLY_G_YES ||
                            (s->wish->poly_g == TIL_POLY_G_AUTO &&
                             has_two_colours(&batch.reads[0][0]));
        TIL_TRY(trim_batch(ctx, s, paths, &batch));
    }
    n_read = til_fastq_n_read(fastq);
    for (int m = 0; m < 1 + s->is_paired; m++) {
        til_bgzf_out_t *stream = s->streams[m];
        s->streams[m] = NULL;
        TIL_TRY(til_bgzf_out_finish(ctx, stream));
        TIL_TRY(til_out_close(ctx, s->files[m]));
        TIL_TRY(til_job_input(ctx, job, paths[m], NULL, (size_t)n_read));
    }
done:
    close_streams(s);
    til_fastq_batch_clear(&batch);
    til_fastq_close(fastq);
    return status;
}

static til_status_t write_counts(til_ctx_t *ctx, til_job_t *job, const session_t *s)
{
    const til_trim_counts_t *c = &s->counts;
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = { { s->is_paired ? "pairs" : "reads", c->n_reads },
                 { "kept", c->n_kept },
                 { "too_short", c->n_too_short },
                 { "short_fragments_by_overlap", c->n_by_overlap },
                 { "mates_with_adapter", c->n_adapter },
                 { "mates_with_poly_g", c->n_poly_g },
                 { "mates_with_poly_a", c->n_poly_a },
                 { "mates_with_low_quality", c->n_quality },
                 { "bases", c->bases_in },
                 { "bases_kept", c->bases_out },
                 { "bases_of_adapter", c->bases_adapter },
                 { "bases_of_tails", c->bases_tail },
                 { "bases_of_low_quality", c->bases_quality } };
    til_strbuf_t path = { 0 };
    til_out_t *out;
    til_status_t status = TIL_OK;

    til_strbuf_printf(&path, "%s/trim.tsv", s->wish->folder);
    if (path.failed) TIL_TRY(til_no_memory(ctx, 1, "path"));
    TIL_TRY(til_job_open(ctx, job, path.text, &out));
    til_job_provenance(job, out);
    til_out_text(out, "what\tnumber\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        til_out_printf(out, "%s\t%llu\n", rows[i].name, (unsigned long long)rows[i].value);
    TIL_TRY(til_out_close(ctx, out));
done:
    til_strbuf_clear(&path);
    return status;
}

til_status_t til_trim_reads(til_ctx_t *ctx, til_job_t *job, const til_trim_wish_t *wish)
{
    session_t s = { .wish = wish,
                    .is_paired = wish->lanes[1] != NULL,
                    .how = { .by_overlap = !wish->no_overlap,
                             .poly_a = wish->poly_a,
                             .quality = wish->quality,
                             .offset = 33,
                             .least_length = wish->least_length } };
    til_status_t status;

    TIL_TRY(take_adapters(ctx, &s));
    TIL_TRY(til_job_folder(ctx, job, wish->folder));
    for (size_t i = 0; i < wish->lanes[0]->n; i++) TIL_TRY(trim_lane(ctx, job, &s, i));
    TIL_TRY(write_counts(ctx, job, &s));
    til_say(ctx, TIL_LOG_STAGE,
            "%llu %s, %llu kept, %llu too short; adapter in %llu mates, %llu of %llu bases kept",
            (unsigned long long)s.counts.n_reads, s.is_paired ? "pairs" : "reads",
            (unsigned long long)s.counts.n_kept, (unsigned long long)s.counts.n_too_short,
            (unsigned long long)s.counts.n_adapter, (unsigned long long)s.counts.bases_out,
            (unsigned long long)s.counts.bases_in);
done:
    til_strbuf_clear(&s.text);
    free(s.adapters);
    return status;
}
