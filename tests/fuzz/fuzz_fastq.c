/* fuzz_fastq.c -- FASTQ, plain and gzip, in batches small and large. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "io/reads/fastq.h"
#include "fuzz/as_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t wanted[] = { 1, 100 };
    uint64_t sum = 0;
    char path[64];
    const char *paths[] = { path };
    int fd = as_file(data, size, path, sizeof path);

    for (int i = 0; fd >= 0 && i < 2; i++) {
        til_ctx_t ctx = TIL_CTX_INIT;
        til_fastq_t *fastq;
        til_fastq_batch_t batch = { 0 };
        int more = 1;
        if (til_fastq_open(&ctx, paths, NULL, 1, &fastq) != TIL_OK) break;
        while (til_fastq_next(&ctx, fastq, wanted[i], &batch, &more) == TIL_OK && more)
            for (size_t k = 0; k < batch.n; k++) {
                const til_fastq_read_t *r = &batch.reads[0][k];
                for (uint32_t b = 0; b < r->length; b++)
                    sum += (uint64_t)(unsigned char)r->bases[b] + (unsigned char)r->quality[b];
                for (uint32_t b = 0; b < r->name_length; b++) sum += (unsigned char)r->name[b];
            }
        til_fastq_batch_clear(&batch);
        til_fastq_close(fastq);
    }
    if (fd >= 0) close(fd);
    return sum == UINT64_MAX;
}
