/* fail_malloc.c -- preload: the OOM_AT-th allocation after main has begun fails; with OOM_ONCE only
 * that one, else all from it on. Constructors of shared libraries, which run before, are not ours
 * to mend. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>

static void *(*real_malloc)(size_t), *(*real_realloc)(void *, size_t);
static void *(*real_calloc)(size_t, size_t);
static long n_calls, fail_at = -2, only_once;
static int armed;        /* main has begun */
static char early[4096]; /* dlsym itself may call calloc before it is known */
static size_t early_used;

static void look_up(void)
{
    const char *text;
    if (real_malloc != NULL) return;
    real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
    real_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
    real_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
    text = getenv("OOM_AT");
    fail_at = text == NULL ? -1 : strtol(text, NULL, 10);
    only_once = getenv("OOM_ONCE") != NULL;
}

static int must_fail(void)
{
    if (!armed) return 0;
    long n = __atomic_add_fetch(&n_calls, 1, __ATOMIC_RELAXED);
    if (fail_at <= 0 || (only_once ? n != fail_at : n < fail_at)) return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    look_up();
    return must_fail() ? NULL : real_malloc(size);
}

void *realloc(void *p, size_t size)
{
    look_up();
    return must_fail() ? NULL : real_realloc(p, size);
}

void *calloc(size_t n, size_t size)
{
    if (real_calloc == NULL) {
        void *p = early + early_used;
        early_used += (n * size + 15) & ~(size_t)15;
        if (real_malloc == NULL && early_used <= sizeof early) return p;
    }
    look_up();
    return must_fail() ? NULL : real_calloc(n, size);
}

static int (*real_main)(int, char **, char **);

static int armed_main(int argc, char **argv, char **envp)
{
    look_up();
    armed = 1;
    int code = real_main(argc, argv, envp);
    armed = 0;
    return code;
}

int __libc_start_main(int (*main_function)(int, char **, char **), int argc, char **argv,
                      void (*init)(void), void (*fini)(void), void (*rtld_fini)(void),
                      void *stack_end);

int __libc_start_main(int (*main_function)(int, char **, char **), int argc, char **argv,
                      void (*init)(void), void (*fini)(void), void (*rtld_fini)(void),
                      void *stack_end)
{
    int (*real)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void),
                void (*)(void), void *) = (int (*)(int (*)(int, char **, char **), int, char **,
                                                   void (*)(void), void (*)(void), void (*)(void),
                                                   void *))dlsym(RTLD_NEXT, "__libc_start_main");
    real_main = main_function;
    return real(armed_main, argc, argv, init, fini, rtld_fini, stack_end);
}
