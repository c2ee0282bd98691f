/* qualify_installation.c -- what is installed: the program, the libraries in its memory, the processor.
 *
 * The program is /proc/self/exe and the libraries are the files of /proc/self/maps, so that what is
 * digested is what runs, whatever the loader's paths and LD_PRELOAD made of the names.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/try.h"
#include "io/reads/bam.h"
#include "io/reads/inflate.h"
#include "io/text/builtin.h"
#include "math/linalg.h"
#include "tasks/qualify_bench.h"

static const char PROGRAM[] = "/proc/self/exe";

/* ---- files in memory ------------------------------------------------------------------------------ */

/* Whether the file behind a path of the map of memory is no longer the one that was mapped. */
static bool is_replaced(const char *path)
{
    static const char mark[] = " (deleted)";
    size_t n = strlen(path);
    return n > sizeof mark && strcmp(path + n - (sizeof mark - 1), mark) == 0;
}

/* The paths of shared objects, each once, in the order of memory, which differs from run to run. */
static til_status_t list_libraries(til_ctx_t *ctx, til_names_t **out)
{
    FILE *f = fopen("/proc/self/maps", "r");
    char program[4096] = "", line[8192];
    ssize_t length = readlink(PROGRAM, program, sizeof program - 1);
    til_status_t status = TIL_OK;

    *out = NULL;
    if (f == NULL) return til_fail(ctx, TIL_EIO, "/proc/self/maps: cannot be read");
    if (length > 0) program[length] = '\0';
    *out = til_names_new();
    if (*out == NULL) TIL_TRY(til_no_memory(ctx, 1, "names"));
    while (fgets(line, sizeof line, f) != NULL) {
        char *path = strchr(line, '/');
        int is_new;
        line[strcspn(line, "\n")] = '\0';
        if (path == NULL || strstr(path, ".so") == NULL || strcmp(path, program) == 0) continue;
        if (til_names_add(*out, path, &is_new) < 0) TIL_TRY(til_no_memory(ctx, 1, "names"));
    }
done:
    fclose(f);
    if (status != TIL_OK) {
        til_names_free(*out);
        *out = NULL;
    }
    return status;
}

static til_status_t file_entry(til_ctx_t *ctx, const char *shown, const char *path,
                               til_json_t **out)
{
    char digest[TIL_SHA256_TEXT] = "";
    til_json_t *entry = til_json_object();
    til_status_t status;

    /* what cannot be digested is listed without: the checks say why */
    if (til_sha256_file(ctx, path, digest) != TIL_OK) til_ctx_forgive(ctx);
    TIL_TRY(til_json_set(ctx, entry, "path", til_json_of_text(shown)));
    TIL_TRY(
        til_json_set(ctx, entry, "sha256", til_json_of_text(digest[0] == '\0' ? NULL : digest)));
    *out = entry;
    return TIL_OK;
done:
    til_json_free(entry);
    return status;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In the order of their paths. */
static til_status_t describe_libraries(til_ctx_t *ctx, const til_names_t *libraries,
                                       til_json_t *installation)
{
    size_t n = til_names_count(libraries);
    const char **paths = til_array(n, sizeof *paths);
    til_json_t *list, *entry;
    til_status_t status = TIL_OK;

    if (paths == NULL) return til_no_memory(ctx, n, "paths");
    for (size_t i = 0; i < n; i++) paths[i] = til_names_get(libraries, i);
    qsort(paths, n, sizeof *paths, compare_paths);
    TIL_TRY(til_json_set(ctx, installation, "libraries", til_json_array()));
    list = til_json_member(installation, "libraries");
    for (size_t i = 0; i < n; i++) {
        TIL_TRY(file_entry(ctx, paths[i], paths[i], &entry));
        TIL_TRY(til_json_append(ctx, list, entry));
    }
done:
    free(paths);
    return status;
}

/* ---- the machine ---------------------------------------------------------------------------------- */

/* The value of the first line of /proc/cpuinfo that begins with `key`, or "". */
static void cpu_line(const char *key, char *value, size_t size)
{
    FILE *f = fopen("/proc/cpuinfo", "r");
    char line[8192];

    value[0] = '\0';
    if (f == NULL) return;
    while (value[0] == '\0' && fgets(line, sizeof line, f) != NULL) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, key, strlen(key)) != 0 || colon == NULL) continue;
        line[strcspn(line, "\n")] = '\0';
        snprintf(value, size, "%s", colon[1] == ' ' ? colon + 2 : colon + 1);
    }
    fclose(f);
}

/* Those of the processor's flags that decide which kernels the libraries take. */
static void choose_flags(const char *flags, til_strbuf_t *out)
{
    static const char *const known[] = { "sse4_2",   "popcnt", "pclmulqdq", "avx",      "avx2",
                                         "fma",      "bmi2",   "avx512f",   "avx512bw", "avx512dq",
                                         "avx512vl", "asimd",  "sve",       "crc32" };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t n = strlen(known[i]);
        for (const char *at = flags; (at = strstr(at, known[i])) != NULL; at += n)
            if ((at == flags || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0')) {
                til_strbuf_printf(out, "%s%s", out->length > 0 ? " " : "", known[i]);
                break;
            }
    }
}

static til_status_t describe_machine(til_ctx_t *ctx, til_json_t *installation)
{
    char model[256], flags[8192];
    til_strbuf_t chosen = { 0 };
    til_json_t *cpu = til_json_object(), *system = til_json_object();
    struct utsname name;
    til_status_t status;

    cpu_line("model name", model, sizeof model);
    cpu_line("flags", flags, sizeof flags);
    if (flags[0] == '\0') cpu_line("Features", flags, sizeof flags);
    choose_flags(flags, &chosen);
    TIL_TRY(til_json_set(ctx, cpu, "model", til_json_of_text(model)));
    TIL_TRY(til_json_set(ctx, cpu, "flags", til_json_of_text(til_strbuf_text(&chosen))));
    TIL_TRY(til_json_set(ctx, cpu, "blas_path", til_json_of_text(til_linalg_version())));
    TIL_TRY(til_json_set(ctx, installation, "cpu", cpu));
    cpu = NULL;
    if (uname(&name) == 0) {
        TIL_TRY(til_json_set(ctx, system, "system", til_json_of_text(name.sysname)));
        TIL_TRY(til_json_set(ctx, system, "release", til_json_of_text(name.release)));
        TIL_TRY(til_json_set(ctx, system, "machine", til_json_of_text(name.machine)));
        TIL_TRY(til_json_set(ctx, system, "host", til_json_of_text(name.nodename)));
    }
    TIL_TRY(til_json_set(ctx, installation, "system", system));
    system = NULL;
done:
    if (status != TIL_OK && cpu != NULL) til_json_free(cpu);
    if (status != TIL_OK && system != NULL) til_json_free(system);
    til_strbuf_clear(&chosen);
    return status;
}

/* Settings that change which library is loaded or which of its kernels runs. */
static til_status_t describe_environment(til_ctx_t *ctx, til_json_t *installation)
{
    static const char *const names[] = { "LD_PRELOAD", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE",
                                         "GLIBC_TUNABLES" };
    til_json_t *set = til_json_object();
    til_status_t status;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value == NULL) continue;
        status = til_json_set(ctx, set, names[i], til_json_of_text(value));
        if (status != TIL_OK) {
            til_json_free(set);
            return status;
        }
    }
    return til_json_set(ctx, installation, "environment", set);
}

til_status_t til_qualify_installation(til_ctx_t *ctx, til_json_t **out)
{
    til_json_t *all = til_json_object(), *entry;
    til_names_t *libraries = NULL;
    char program[4096] = "";
    ssize_t length = readlink(PROGRAM, program, sizeof program - 1);
    til_status_t status;

    *out = NULL;
    if (length > 0) program[length] = '\0';
    TIL_TRY(file_entry(ctx, program, PROGRAM, &entry));
    TIL_TRY(til_json_set(ctx, all, "program", entry));
    TIL_TRY(til_json_set(ctx, all, "htslib", til_json_of_text(til_bam_versions())));
    TIL_TRY(til_json_set(ctx, all, "compression", til_json_of_text(til_inflate_versions())));
    TIL_TRY(til_json_set(ctx, all, "blas", til_json_of_text(til_linalg_version())));
    TIL_TRY(list_libraries(ctx, &libraries));
    TIL_TRY(describe_libraries(ctx, libraries, all));
    TIL_TRY(describe_machine(ctx, all));
    TIL_TRY(describe_environment(ctx, all));
    *out = all;
done:
    til_names_free(libraries);
    if (status != TIL_OK) til_json_free(all);
    return status;
}

/* ---- checks ----------------------------------------------------------------------------------------- */

til_status_t til_qualify_program(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                 const til_qualify_check_t *check, bool *passed,
                                 til_strbuf_t *found)
{
    char digest[TIL_SHA256_TEXT], program[4096] = "";
    ssize_t length = readlink(PROGRAM, program, sizeof program - 1);
    til_status_t status = til_sha256_file(ctx, PROGRAM, digest);

    (void)bench;
    (void)check;
    if (status != TIL_OK) return status;
    if (length > 0) program[length] = '\0';
    *passed = !is_replaced(program);
    til_strbuf_printf(found, "%s, sha256 %s", program, digest);
    return TIL_OK;
}

/* How many libraries are not on disk as they are in memory, and the first of them. */
static til_status_t count_replaced(til_ctx_t *ctx, const til_names_t *libraries, size_t *n,
                                   til_strbuf_t *first)
{
    *n = 0;
    for (size_t i = 0; i < til_names_count(libraries); i++) {
        const char *path = til_names_get(libraries, i);
        char digest[TIL_SHA256_TEXT];
        if (!is_replaced(path) && til_sha256_file(ctx, path, digest) == TIL_OK) continue;
        til_ctx_forgive(ctx);
        if ((*n)++ == 0) til_strbuf_add(first, path);
    }
    return first->failed ? til_no_memory(ctx, 1, "path") : TIL_OK;
}

til_status_t til_qualify_libraries(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                   const til_qualify_check_t *check, bool *passed,
                                   til_strbuf_t *found)
{
    til_names_t *libraries = NULL;
    til_strbuf_t first = { 0 };
    size_t n;
    til_status_t status;

    (void)bench;
    (void)check;
    TIL_TRY(list_libraries(ctx, &libraries));
    TIL_TRY(count_replaced(ctx, libraries, &n, &first));
    *passed = n == 0;
    til_strbuf_printf(found, "%zu libraries in memory, %zu not as on disk%s%s",
                      til_names_count(libraries), n, n == 0 ? "" : ": ", til_strbuf_text(&first));
done:
    til_strbuf_clear(&first);
    til_names_free(libraries);
    return status;
}

til_status_t til_qualify_carried(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                 const til_qualify_check_t *check, bool *passed,
                                 til_strbuf_t *found)
{
    size_t n = 0, n_off = 0;
    til_status_t status = TIL_OK;

    (void)check;
    for (const til_builtin_t *file = til_qualify_files; file->name != NULL; file++) {
        til_text_t text = { 0 };
        char digest[TIL_SHA256_TEXT];
        TIL_TRY(til_builtin_text_among(ctx, til_qualify_files, file->name, &text));
        status = til_bench_digest(ctx, bench->inputs, file->name, digest);
        n_off += status == TIL_OK && strcmp(digest, text.sha256) != 0;
        n++;
        til_text_clear(&text);
        if (status != TIL_OK) goto done;
    }
    for (const til_builtin_t *file = til_builtins; file->name != NULL; file++) {
        til_text_t text = { 0 };
        TIL_TRY(til_builtin_text(ctx, file->name, &text));
        til_text_clear(&text);
        n++;
    }
    *passed = n_off == 0;
    til_strbuf_printf(found, "%zu files inside the program, %zu written otherwise than they are", n,
                      n_off);
done:
    return status;
}
