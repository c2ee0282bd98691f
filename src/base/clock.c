/* clock.c -- wall, CPU, peak memory. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"

static double seconds(clockid_t id)
{
    struct timespec t;
    if (clock_gettime(id, &t) != 0) return 0;
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double til_wall_seconds(void) { return seconds(CLOCK_MONOTONIC); }

double til_cpu_seconds(void)
{
    struct rusage children;
    double own = seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (getrusage(RUSAGE_CHILDREN, &children) != 0) return own;
    return own + (double)(children.ru_utime.tv_sec + children.ru_stime.tv_sec) +
           1e-6 * (double)(children.ru_utime.tv_usec + children.ru_stime.tv_usec);
}

double til_peak_rss_mb(void)
{
    struct rusage usage, children;
    if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
    if (getrusage(RUSAGE_CHILDREN, &children) == 0 && children.ru_maxrss > usage.ru_maxrss)
        usage = children;
#ifdef __APPLE__
    return (double)usage.ru_maxrss / 1e6; /* bytes there, kibibytes elsewhere */
#else
    return (double)usage.ru_maxrss * 1024 / 1e6;
#endif
}
