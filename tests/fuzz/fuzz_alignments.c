/* fuzz_alignments.c -- alignment files of any format through the whole count, with quality; the
 * fates must add up. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <tilseq/count.h>

#include "io/text/gtf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char genes[] =
    "chr1\ts\texon\t101\t200\t.\t+\t.\tgene_id \"a\"; transcript_id \"a1\"; gene_biotype "
    "\"rRNA\";\n"
    "chr1\ts\texon\t301\t400\t.\t+\t.\tgene_id \"a\"; transcript_id \"a1\";\n"
    "chr1\ts\texon\t151\t350\t.\t-\t.\tgene_id \"b\"; transcript_id \"b1\";\n"
    "chr2\ts\texon\t1\t500\t.\t-\t.\tgene_id \"c\"; transcript_id \"c1\";\n";

/* The size picks the options, so that a corpus covers them. */
static til_count_options_t pick(size_t size)
{
    til_count_options_t o = TIL_COUNT_DEFAULTS;
    o.mode = (til_count_mode_t)(size % 4);
    o.multi_mapping = (til_multi_t)(size / 4 % 4);
    o.multi_overlap = (til_multi_overlap_t)(size / 16 % 3);
    o.pairs = (til_pairs_t)(size / 48 % 3);
    o.frac_overlap = o.mode == TIL_COUNT_FEATURECOUNTS && size / 144 % 2 ? 0.3 : 0;
    o.allow_no_eof = true;
    o.with_quality = true;
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_gtf_options_t gtf = TIL_GTF_OPTIONS;
    til_count_options_t options = pick(size);
    til_annot_t annot;
    til_overlap_t *index;
    til_count_t count;
    char path[64];
    uint64_t n = 0;

    if (size >= 4 && memcmp(data, "CRAM", 4) == 0) return 0; /* htslib's, not ours */
    int fd = memfd_create("fuzz", 0);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (til_gtf_read_text(&ctx, "genes", genes, sizeof genes - 1, &gtf, &annot) != TIL_OK ||
        til_overlap_build(&ctx, &annot, TIL_ROWS_GENES, &index) != TIL_OK)
        abort();
    if (til_count_file(&ctx, &annot, index, &options, path, &count) == TIL_OK) {
        for (int fate = 0; fate < TIL_N_FATES; fate++) n += count.fates[fate];
        if (n != count.n_pairs + count.n_single || n > count.n_records) abort();
        til_count_clear(&count);
    }
    til_overlap_free(index);
    til_annot_clear(&annot);
    close(fd);
    return 0;
}
