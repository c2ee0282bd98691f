/* fail_io.c -- preload: the FAIL_AT-th call of FAIL_CALL (read write close fsync rename open) on a
 * file of this run fails with FAIL_ERRNO (a number). Standard error is left alone so that the
 * message can be seen. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long n_calls;

static int must_fail(const char *call)
{
    const char *which = getenv("FAIL_CALL"), *at = getenv("FAIL_AT"),
               *number = getenv("FAIL_ERRNO");
    if (which == NULL || at == NULL || strcmp(which, call) != 0) return 0;
    if (__atomic_add_fetch(&n_calls, 1, __ATOMIC_RELAXED) != strtol(at, NULL, 10)) return 0;
    errno = number == NULL ? EIO : (int)strtol(number, NULL, 10);
    return 1;
}

ssize_t read(int fd, void *buffer, size_t n)
{
    static ssize_t (*real)(int, void *, size_t);
    if (real == NULL) real = (ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
    return must_fail("read") ? -1 : real(fd, buffer, n);
}

ssize_t write(int fd, const void *buffer, size_t n)
{
    static ssize_t (*real)(int, const void *, size_t);
    if (real == NULL) real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    return fd != STDERR_FILENO && must_fail("write") ? -1 : real(fd, buffer, n);
}

int close(int fd)
{
    static int (*real)(int);
    if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "close");
    if (fd <= STDERR_FILENO || !must_fail("close")) return real(fd);
    int error = errno;
    real(fd);
    errno = error;
    return -1;
}

int fsync(int fd)
{
    static int (*real)(int);
    if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return must_fail("fsync") ? -1 : real(fd);
}

int rename(const char *from, const char *to)
{
    static int (*real)(const char *, const char *);
    if (real == NULL) real = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
    return must_fail("rename") ? -1 : real(from, to);
}

int open(const char *path, int flags, ...)
{
    static int (*real)(const char *, int, ...);
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? (mode_t)va_arg(args, int) : 0;
    va_end(args);
    if (real == NULL) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
    return must_fail("open") ? -1 : real(path, flags, mode);
}
