/* bgzf_floor.c FILE -- inflates every block of a BGZF file and does nothing else: what no counter
 * can go below. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <libdeflate.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    static unsigned char in[1 << 16], out[1 << 16];
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();

    if (file == NULL || d == NULL) return 1;
    while (fread(in, 1, 18, file) == 18) {
        size_t n = ((size_t)in[16] | (size_t)in[17] << 8) + 1;
        if (n < 26 || fread(in + 18, 1, n - 18, file) != n - 18) return 1;
        size_t size = (size_t)in[n - 4] | (size_t)in[n - 3] << 8 | (size_t)in[n - 2] << 16;
        if (size > sizeof out || libdeflate_deflate_decompress(d, in + 18, n - 26, out, size,
                                                               NULL) != LIBDEFLATE_SUCCESS)
            return 1;
    }
    libdeflate_free_decompressor(d);
    return fclose(file) == 0 ? 0 : 1;
}
