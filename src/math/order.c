/* order.c -- sorting, selection, ranks, quantiles, adjusted p-values.
 *
 * One partition step serves sorting and selection: quicksort and quickselect with the median of
 * three, both handing a range over to heapsort when it has been halved badly too often (Musser
 * 1997, introspective sorting), so no input takes quadratic time. Sorting of indices is a merge
 * sort, because R's order() is stable.
 *
 * Means are summed in long double with a second pass, as R does.
 *
 * Agrees: R 4.2.2 median, mad, quantile(type = 7), mean(trim), order, rank, p.adjust: to rounding,
 *         the orders and ranks exactly.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "math/order.h"

enum { SHORT_RANGE = 16 }; /* below this insertion sort wins */

static void swap(double *a, double *b)
{
    double t = *a;
    *a = *b;
    *b = t;
}

static void insertion_sort(size_t n, double *x)
{
    for (size_t i = 1; i < n; i++) {
        double value = x[i];
        size_t j = i;
        for (; j > 0 && x[j - 1] > value; j--) x[j] = x[j - 1];
        x[j] = value;
    }
}

static void sift_down(double *x, size_t root, size_t n)
{
    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && x[child + 1] > x[child]) child++;
        if (!(x[child] > x[root])) return;
        swap(&x[child], &x[root]);
    }
}

static void heap_sort(size_t n, double *x)
{
    for (size_t i = n / 2; i > 0; i--) sift_down(x, i - 1, n);
    for (size_t i = n; i > 1; i--) {
        swap(&x[0], &x[i - 1]);
        sift_down(x, 0, i - 1);
    }
}

/* Hoare partition around the median of three; n >= 3. x[0..cut) <= x[cut..n), 0 < cut < n. */
static size_t partition(size_t n, double *x)
{
    size_t mid = n / 2;
    if (x[mid] < x[0]) swap(&x[mid], &x[0]);
    if (x[n - 1] < x[mid]) {
        swap(&x[n - 1], &x[mid]);
        if (x[mid] < x[0]) swap(&x[mid], &x[0]);
    }

    double pivot = x[mid];
    size_t i = 0, j = n - 1;
    for (;;) {
        do i++;
        while (x[i] < pivot);
        do j--;
        while (x[j] > pivot);
        if (i >= j) return j + 1;
        swap(&x[i], &x[j]);
    }
}

/* How often a range may be split before it counts as going badly. */
static int split_budget(size_t n)
{
    int budget = 8;
    for (; n > 1; n >>= 1) budget += 2;
    return budget;
}

static void sort_range(size_t n, double *x, int budget)
{
    while (n > SHORT_RANGE) {
        if (budget-- == 0) {
            heap_sort(n, x);
            return;
        }
        size_t cut = partition(n, x);
        if (cut < n - cut) {
            sort_range(cut, x, budget);
            x += cut;
            n -= cut;
        } else {
            sort_range(n - cut, x + cut, budget);
            n = cut;
        }
    }
    insertion_sort(n, x);
}

void til_sort(size_t n, double *x)
{
    size_t n_numbers = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i])) swap(&x[i], &x[n_numbers++]);
    sort_range(n_numbers, x, split_budget(n_numbers));
}

double til_select_inplace(size_t n, double *x, size_t k)
{
    int budget = split_budget(n);

    while (n > SHORT_RANGE) {
        if (budget-- == 0) {
            heap_sort(n, x);
            return x[k];
        }
        size_t cut = partition(n, x);
        if (k < cut) {
            n = cut;
        } else {
            x += cut;
            n -= cut;
            k -= cut;
        }
    }
    insertion_sort(n, x);
    return x[k];
}

enum { N_BUCKETS = 1024, FEW = 64 };

/* Equal parts of the range of x; bucket i holds x with (size_t)((x - low) * per_unit) == i. */
typedef struct {
    double low, per_unit;
    size_t count[N_BUCKETS];
} buckets_t;

static size_t bucket_of(const buckets_t *b, double x)
{
    return (size_t)((x - b->low) * b->per_unit);
}

/* False when all values are equal or their range is too wide or too narrow to be divided. */
static bool fill_buckets(size_t n, const double *x, buckets_t *b)
{
    double low = x[0], high = x[0];

    for (size_t i = 1; i < n; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    b->low = low;
    b->per_unit = (N_BUCKETS - 1) / (high - low);
    if (!(high > low) || !isfinite(high - low) || !isfinite(b->per_unit)) return false;
    memset(b->count, 0, sizeof b->count);
    for (size_t i = 0; i < n; i++) b->count[bucket_of(b, x[i])]++;
    return true;
}

/* Copies the bucket that holds the k-th smallest to `out` (which may be x): how many; *k becomes
 * the rank within it, *n_below grows by the values of lower buckets. */
static size_t gather(size_t n, const double *x, const buckets_t *b, size_t *k, size_t *n_below,
                     double *out)
{
    size_t bucket = 0, n_out = 0;

    for (; *k >= b->count[bucket]; bucket++) {
        *k -= b->count[bucket];
        *n_below += b->count[bucket];
    }
    for (size_t i = 0; i < n; i++) {
        double value = x[i];
        out[n_out] = value;
        n_out += bucket_of(b, value) == bucket;
    }
    return b->count[bucket];
}

/* The k-th smallest of a short or undividable x, which is reordered. */
static til_order_point_t point_of(size_t n, double *x, size_t k, size_t n_below)
{
    til_order_point_t point = { til_select_inplace(n, x, k), n_below, 0 };

    for (size_t i = 0; i < n; i++) {
        point.n_less += x[i] < point.value;
        point.n_equal += x[i] == point.value;
    }
    return point;
}

void til_order_points(size_t n, const double *x, size_t n_points, const size_t *k, double *scratch,
                      til_order_point_t *point)
{
    buckets_t all, part;
    bool is_divided = n > FEW && fill_buckets(n, x, &all);

    for (size_t i = 0; i < n_points; i++) {
        size_t rank = k[i], n_below = 0, n_left = n;
        if (is_divided) {
            n_left = gather(n, x, &all, &rank, &n_below, scratch);
            /* heavy tails leave most values in one bucket: divide that one */
            for (size_t before = n;
                 n_left > FEW && n_left < before && fill_buckets(n_left, scratch, &part);) {
                before = n_left;
                n_left = gather(n_left, scratch, &part, &rank, &n_below, scratch);
            }
        } else {
            memcpy(scratch, x, n * sizeof *x);
        }
        point[i] = point_of(n_left, scratch, rank, n_below);
    }
}

/* The mean as R computes it. */
static double mean(size_t n, const double *x)
{
    long double sum = 0, rest = 0;
    for (size_t i = 0; i < n; i++) sum += x[i];
    long double average = sum / (long double)n;
    if (!isfinite((double)average)) return (double)average;
    for (size_t i = 0; i < n; i++) rest += x[i] - average;
    return (double)(average + rest / (long double)n);
}

double til_median_inplace(size_t n, double *x)
{
    if (n == 0) return NAN;

    double upper = til_select_inplace(n, x, n / 2);
    if (n % 2 == 1) return upper;

    double lower = x[0]; /* selection left the smaller half in front */
    for (size_t i = 1; i < n / 2; i++) lower = x[i] > lower ? x[i] : lower;
    double middle[2] = { lower, upper };
    return mean(2, middle);
}

double til_quantile_sorted(size_t n, const double *x, double p)
{
    if (n == 0) return NAN;

    double position = (double)(n - 1) * p, below = floor(position);
    size_t lo = (size_t)below, hi = (size_t)ceil(position);
    /* Equal neighbours are not interpolated: inf - inf would be NaN. */
    if (hi >= n) return x[n - 1];
    if (x[lo] == x[hi]) return x[lo];
    double h = position - below;
    return (1 - h) * x[lo] + h * x[hi];
}

double til_mad_inplace(size_t n, double *x)
{
    double center = til_median_inplace(n, x);
    for (size_t i = 0; i < n; i++) x[i] = fabs(x[i] - center);
    return 1.4826 * til_median_inplace(n, x);
}

double til_trimmed_mean_inplace(size_t n, double *x, double trim)
{
    if (n == 0) return NAN;
    if (trim >= 0.5) return til_median_inplace(n, x);
    if (!(trim > 0)) return mean(n, x);

    size_t dropped = (size_t)floor((double)n * trim), kept = n - 2 * dropped;
    if (dropped > 0) {
        til_select_inplace(n, x, dropped);
        til_select_inplace(n - dropped, x + dropped, kept - 1);
    }
    return mean(kept, x + dropped);
}

typedef struct {
    double key;
    size_t index;
} keyed_t;

/* Stable merge sort, bottom up from insertion-sorted runs; `other` is scratch of the same size.
 * Returns whichever of the two arrays holds the result. */
static keyed_t *merge_sort(size_t n, keyed_t *x, keyed_t *other)
{
    for (size_t begin = 0; begin < n; begin += SHORT_RANGE) {
        size_t end = n - begin < SHORT_RANGE ? n : begin + SHORT_RANGE;
        for (size_t i = begin + 1; i < end; i++) {
            keyed_t value = x[i];
            size_t j = i;
            for (; j > begin && x[j - 1].key > value.key; j--) x[j] = x[j - 1];
            x[j] = value;
        }
    }
    for (size_t width = SHORT_RANGE; width < n; width *= 2) {
        for (size_t begin = 0; begin < n; begin += 2 * width) {
            size_t mid = n - begin < width ? n : begin + width;
            size_t end = n - mid < width ? n : mid + width;
            size_t i = begin, j = mid, k = begin;
            while (i < mid && j < end) other[k++] = x[j].key < x[i].key ? x[j++] : x[i++];
            while (i < mid) other[k++] = x[i++];
            while (j < end) other[k++] = x[j++];
        }
        keyed_t *t = x;
        x = other;
        other = t;
    }
    return x;
}

til_status_t til_order(til_ctx_t *ctx, size_t n, const double *x, bool decreasing, size_t *order)
{
    keyed_t *keyed = til_array(n, 2 * sizeof *keyed);
    if (keyed == NULL) return til_no_memory(ctx, n, "values to sort");

    size_t n_numbers = 0, n_missing = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i])) continue;
        keyed[n_numbers++] = (keyed_t){ decreasing ? -x[i] : x[i], i };
    }
    for (size_t i = 0; i < n; i++)
        if (isnan(x[i])) order[n_numbers + n_missing++] = i;

    const keyed_t *sorted = merge_sort(n_numbers, keyed, keyed + n);
    for (size_t i = 0; i < n_numbers; i++) order[i] = sorted[i].index;
    free(keyed);
    return TIL_OK;
}

til_status_t til_rank(til_ctx_t *ctx, size_t n, const double *x, til_ties_t ties, double *rank)
{
    size_t *order = til_array(n, sizeof *order);
    if (order == NULL) return til_no_memory(ctx, n, "ranks");

    til_status_t status = til_order(ctx, n, x, false, order);
    if (status != TIL_OK) {
        free(order);
        return status;
    }

    for (size_t begin = 0, end; begin < n; begin = end) {
        double value = x[order[begin]];
        for (end = begin + 1; end < n && x[order[end]] == value; end++) {}
        for (size_t i = begin; i < end; i++) {
            double r = (double)(i + 1);
            if (ties == TIL_TIES_AVERAGE) r = (double)(begin + 1 + end) / 2;
            if (ties == TIL_TIES_MIN) r = (double)(begin + 1);
            if (ties == TIL_TIES_MAX) r = (double)end;
            rank[order[i]] = isnan(value) ? NAN : r;
        }
    }
    free(order);
    return TIL_OK;
}

/* Shared by the step-wise adjustments: walks the p-values, NaN left out, upwards (Holm) or
 * downwards (BH) and keeps the running largest or smallest multiple. */
static til_status_t adjust(til_ctx_t *ctx, size_t n, const double *p, bool holm, double *adjusted)
{
    size_t *order = til_array(n, sizeof *order);
    if (order == NULL) return til_no_memory(ctx, n, "p-values");

    til_status_t status = til_order(ctx, n, p, !holm, order);
    if (status != TIL_OK) {
        free(order);
        return status;
    }

    size_t n_tests = n;
    while (n_tests > 0 && isnan(p[order[n_tests - 1]])) n_tests--;
    double running = holm ? 0 : INFINITY;
    for (size_t i = 0; i < n_tests; i++) {
        double left = (double)(n_tests - i); /* hypotheses at this p-value or beyond it */
        double q = p[order[i]];
        q = holm ? left * q : (double)n_tests / left * q;
        if (holm ? q > running : q < running) running = q;
        adjusted[order[i]] = running < 1 ? running : 1;
    }
    for (size_t i = n_tests; i < n; i++) adjusted[order[i]] = NAN;
    free(order);
    return TIL_OK;
}

til_status_t til_adjust_bh(til_ctx_t *ctx, size_t n, const double *p, double *adjusted)
{
    return adjust(ctx, n, p, false, adjusted);
}

til_status_t til_adjust_holm(til_ctx_t *ctx, size_t n, const double *p, double *adjusted)
{
    return adjust(ctx, n, p, true, adjusted);
}
