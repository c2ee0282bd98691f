/* standalone.c -- runs a fuzz target over the files and folders given, without libFuzzer, so that
 * the corpora are regression tests wherever the project builds. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int n_run;

static int run_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *bytes;
    size_t n = 0, capacity = 1 << 16;

    if (f == NULL || (bytes = malloc(capacity)) == NULL) {
        if (f != NULL) fclose(f);
        fprintf(stderr, "cannot read %s\n", path);
        return 1;
    }
    for (size_t got; (got = fread(bytes + n, 1, capacity - n, f)) > 0; n += got) {
        if (n + got < capacity) continue;
        uint8_t *grown = realloc(bytes, capacity *= 2);
        if (grown == NULL) break;
        bytes = grown;
    }
    fclose(f);
    LLVMFuzzerTestOneInput(bytes, n);
    /* every file cut short as well: truncation is the commonest damage */
    for (int part = 1; part < 8; part++) LLVMFuzzerTestOneInput(bytes, n * (size_t)part / 8);
    free(bytes);
    n_run++;
    return 0;
}

static int run_folder(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    int failed = 0;

    if (folder == NULL) return run_file(path);
    while ((entry = readdir(folder)) != NULL) {
        char name[4096];
        if (entry->d_name[0] == '.') continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        failed |= run_file(name);
    }
    closedir(folder);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = argc < 2;
    for (int i = 1; i < argc; i++) failed |= run_folder(argv[i]);
    printf("%d files run\n", n_run);
    return failed || n_run == 0;
}
