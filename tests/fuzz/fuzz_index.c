/* fuzz_index.c -- index files: refused, or sound enough to map a read with. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include <tilseq/quant.h>

#include "fuzz/as_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_index_t *index;
    size_t sum = 0;
    char path[64];
    int fd = as_file(data, size, path, sizeof path);

    if (fd < 0) return 0;
    if (til_index_open(&ctx, path, &index) == TIL_OK) {
        for (size_t t = 0; t < til_index_n_transcripts(index); t++) {
            sum += strlen(til_index_name(index, t)) + til_index_length(index, t);
            uint32_t gene = til_index_gene_of(index, t);
            if (gene != UINT32_MAX)
                sum += strlen(til_index_gene_id(index, gene)) +
                       strlen(til_index_gene_symbol(index, gene));
        }
        til_index_free(index);
    }
    close(fd);
    return sum == SIZE_MAX;
}
