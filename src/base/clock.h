/* clock.h -- wall time, CPU time and peak memory of this process. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_CLOCK_H
#define TIL_BASE_CLOCK_H

double til_wall_seconds(void); /* monotonic, from an arbitrary start   */
double til_cpu_seconds(
    void); /* user + system of all threads, and of processes it started that ended */
double til_peak_rss_mb(void); /* largest resident set of one process, MB (10^6 bytes) */

#endif
