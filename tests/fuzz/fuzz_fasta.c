/* fuzz_fasta.c -- FASTA, plain and gzip, up to an index built from it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include <tilseq/quant.h>

#include "fuzz/as_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_index_build_t how = { .k = 15, .window = 3 };
    til_index_stats_t stats;
    til_index_t *index;
    char path[64];
    int fd = as_file(data, size, path, sizeof path);

    if (fd < 0) return 0;
    how.transcripts = path;
    if (til_index_build(&ctx, &how, &index, &stats) == TIL_OK) til_index_free(index);
    close(fd);
    return 0;
}
