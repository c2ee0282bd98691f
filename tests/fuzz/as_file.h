/* as_file.h -- bytes of a fuzzer as a file that has a path. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_FUZZ_AS_FILE_H
#define TIL_FUZZ_AS_FILE_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A descriptor (or -1); `path` leads to it as long as it is open. */
static inline int as_file(const uint8_t *data, size_t size, char *path, size_t path_size)
{
    int fd = memfd_create("fuzz", 0);
    size_t done = 0;

    while (fd >= 0 && done < size) {
        ssize_t n = write(fd, data + done, size - done);
        if (n <= 0) break;
        done += (size_t)n;
    }
    snprintf(path, path_size, "/proc/self/fd/%d", fd);
    return fd;
}

#endif
