/* outfile.c -- files that appear whole or not at all.
 *
 * The temporary of DIR/name is DIR/.name.<space>.<pid>.<n>.tmp, <space> being eight hexadecimal
 * digits for this host and its space of process numbers: a file whose process is gone is swept by
 * the next one that writes into the folder, and never one of another machine or container. Live
 * temporaries stand in a fixed table that a signal handler can walk: an entry is published after
 * its path is whole, and withdrawn before its memory goes.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/outfile.h"

enum { BUFFER_BYTES = 1 << 16, MAX_LIVE = 4096 };

static _Atomic(const char *) live[MAX_LIVE];

struct til_out {
    til_outset_t *set;
    til_out_t *next; /* of the set's open files                  */
    char *path;      /* what the user asked for; "-" for stdout  */
    char *temporary; /* NULL for stdout and special files; the set owns it */
    int fd;
    int error; /* errno of the first failed write          */
    size_t used;
    char buffer[BUFFER_BYTES];
};

typedef struct {
    char *path, *temporary; /* temporary: NULL once renamed, or when there was none  */
    char *backup;           /* name of the file that stood at `path`, or NULL        */
    bool moved;             /* the backup is its only name                           */
    bool renamed;
} pending_t;

struct til_outset {
    pending_t *files;
    size_t n_files, files_capacity;
    char **folders; /* made by this set, parents first */
    size_t n_folders, folders_capacity;
    char *swept;     /* the folder swept last */
    til_out_t *open; /* list of the files not yet closed */
    bool committed;
};

void til_out_remove_all_temporaries(void)
{
    for (size_t i = 0; i < MAX_LIVE; i++) {
        const char *path = atomic_load(&live[i]);
        if (path != NULL) unlink(path);
    }
}

void til_out_disown_temporaries(void)
{
    for (size_t i = 0; i < MAX_LIVE; i++) atomic_store(&live[i], NULL);
}

bool til_out_is_temporary(const char *name, long *pid)
{
    size_t n = strlen(name);
    const char *p;

    if (name[0] != '.' || n < 8 || strcmp(name + n - 4, ".tmp") != 0) return false;
    p = name + n - 5; /* .<pid>.<n>.tmp, from the right */
    if (*p < '0' || *p > '9') return false;
    while (p > name && *p >= '0' && *p <= '9') p--;
    if (p == name || *p-- != '.' || *p < '0' || *p > '9') return false;
    while (p > name && *p >= '0' && *p <= '9') p--;
    if (p == name || *p != '.') return false;
    *pid = strtol(p + 1, NULL, 10);
    return true;
}

void til_outset_each(const til_outset_t *set, void (*use)(void *arg, const char *path), void *arg)
{
    for (size_t i = 0; i < set->n_files; i++)
        if (set->files[i].renamed) use(arg, set->files[i].path);
}

static bool publish(const char *temporary)
{
    for (size_t i = 0; i < MAX_LIVE; i++) {
        const char *none = NULL;
        if (atomic_compare_exchange_strong(&live[i], &none, temporary)) return true;
    }
    return false;
}

static void withdraw(const char *temporary)
{
    for (size_t i = 0; i < MAX_LIVE; i++) {
        const char *expected = temporary;
        if (atomic_compare_exchange_strong(&live[i], &expected, NULL)) return;
    }
}

til_outset_t *til_outset_new(void) { return calloc(1, sizeof(til_outset_t)); }

static void out_free(til_out_t *out)
{
    if (out == NULL) return;
    if (out->fd > STDERR_FILENO) close(out->fd);
    free(out->path);
    free(out);
}

/* Removes the file behind *name and forgets it; `name` is a published temporary, or NULL. */
static void discard(char **name)
{
    if (*name == NULL) return;
    unlink(*name);
    withdraw(*name);
    free(*name);
    *name = NULL;
}

void til_outset_free(til_outset_t *set)
{
    if (set == NULL) return;
    while (set->open != NULL) {
        til_out_t *next = set->open->next;
        out_free(set->open);
        set->open = next;
    }
    for (size_t i = 0; i < set->n_files; i++) {
        discard(&set->files[i].temporary);
        free(set->files[i].path);
    }
    for (size_t i = set->n_folders; i-- > 0;) {
        if (!set->committed) rmdir(set->folders[i]); /* fails harmlessly when not empty */
        free(set->folders[i]);
    }
    free(set->folders);
    free(set->files);
    free(set->swept);
    free(set);
}

static char *copy_text(const char *text, size_t n)
{
    char *copy = til_array(n + 1, 1);
    if (copy == NULL) return NULL;
    memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

til_status_t til_outset_mkdir(til_ctx_t *ctx, til_outset_t *set, const char *path)
{
    for (size_t n = 1;; n++) {
        if (path[n] != '/' && path[n] != '\0') continue;
        char *part = copy_text(path, n);
        if (part == NULL) return til_no_memory(ctx, n, "bytes");
        if (mkdir(part, 0777) == 0) {
            til_status_t status = til_grow(ctx, &set->folders, &set->folders_capacity,
                                           set->n_folders + 1, sizeof *set->folders);
            if (status != TIL_OK) {
                rmdir(part);
                free(part);
                return status;
            }
            set->folders[set->n_folders++] = part;
        } else {
            int error = errno;
            struct stat info;
            bool is_folder = stat(part, &info) == 0 && S_ISDIR(info.st_mode);
            free(part);
            if (!is_folder)
                return til_fail(ctx, TIL_EIO, "%s: cannot make folder: %s", path,
                                strerror(error == EEXIST ? ENOTDIR : error));
        }
        if (path[n] == '\0') return TIL_OK;
    }
}

/* FNV-1a over the host's name and the space of process numbers. */
static uint32_t process_space(void)
{
    char text[2][256] = { "", "" };
    uint32_t hash = 2166136261u;

    if (gethostname(text[0], sizeof text[0] - 1) != 0) text[0][0] = '\0';
    if (readlink("/proc/self/ns/pid", text[1], sizeof text[1] - 1) < 0) text[1][0] = '\0';
    for (int i = 0; i < 2; i++)
        for (const char *c = text[i]; *c != '\0'; c++)
            hash = (hash ^ (unsigned char)*c) * 16777619u;
    return hash;
}

/* DIR/.name.<space>.<pid>.<n>.tmp for DIR/name; a long name is cut. */
static char *temporary_name(const char *path, unsigned attempt)
{
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    size_t folder = (size_t)(name - path), length = strlen(path) + 64;
    char *temporary = til_array(length, 1);
    if (temporary == NULL) return NULL;
    snprintf(temporary, length, "%.*s.%.200s.%08" PRIx32 ".%ld.%u.tmp", (int)folder, path, name,
             process_space(), (long)getpid(), attempt);
    return temporary;
}

/* Is `name` a temporary of a process of this machine that is gone? */
static bool is_abandoned(const char *name)
{
    const char *end = name + strlen(name), *at = end - strlen(".tmp");
    int dots = 0;
    unsigned long space;
    long pid;
    unsigned attempt;

    if (name[0] != '.' || at <= name || strcmp(at, ".tmp") != 0) return false;
    while (at > name && dots < 3) dots += *--at == '.';
    char text[64];
    if (dots < 3 || (size_t)(end - at) >= sizeof text) return false;
    memcpy(text, at, (size_t)(end - at) + 1);
    char *next;
    space = strtoul(text + 1, &next, 16);
    if (next != text + 9 || *next != '.' || space != process_space()) return false;
    pid = strtol(next + 1, &next, 10);
    if (*next != '.' || pid <= 0) return false;
    attempt = (unsigned)strtoul(next + 1, &next, 10);
    (void)attempt;
    return strcmp(next, ".tmp") == 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

/* Removes what processes that were killed have left in the folder of `path`; once per folder in a
 * row of files. Nothing depends on its success. */
static void sweep_folder_of(til_outset_t *set, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL   ? copy_text(".", 1)
                   : slash == path ? copy_text("/", 1)
                                   : copy_text(path, (size_t)(slash - path));

    if (folder == NULL) return;
    if (set->swept != NULL && strcmp(set->swept, folder) == 0) {
        free(folder);
        return;
    }
    free(set->swept);
    set->swept = folder;
    DIR *open = opendir(folder);
    if (open == NULL) return;
    for (const struct dirent *entry; (entry = readdir(open)) != NULL;)
        if (is_abandoned(entry->d_name)) (void)unlinkat(dirfd(open), entry->d_name, 0);
    closedir(open);
}

/* A file that is written anew keeps its permissions and, where that is allowed, its group. */
static void keep_mode(int fd, const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) return;
    if (fchown(fd, (uid_t)-1, info.st_gid) == 0 || info.st_gid == getegid())
        (void)fchmod(fd, info.st_mode & 0777);
}

/* Opens a fresh temporary beside `path`. */
static til_status_t open_temporary(til_ctx_t *ctx, til_out_t *out, const char *path)
{
    static atomic_uint counter;

    for (int tries = 0; tries < 100; tries++) {
        char *temporary = temporary_name(path, atomic_fetch_add(&counter, 1));
        if (temporary == NULL) return til_no_memory(ctx, strlen(path), "bytes");
        if (!publish(temporary)) {
            free(temporary);
            return til_fail(ctx, TIL_EIO, "%s: too many output files are open", path);
        }
        out->fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (out->fd >= 0) {
            keep_mode(out->fd, path);
            out->temporary = temporary;
            return TIL_OK;
        }
        int error = errno;
        withdraw(temporary);
        free(temporary);
        if (error != EEXIST)
            return til_fail(ctx, TIL_EIO, "%s: cannot write: %s", path, strerror(error));
    }
    return til_fail(ctx, TIL_EIO, "%s: no free temporary name in its folder", path);
}

bool til_out_is_special(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

static til_status_t open_target(til_ctx_t *ctx, til_outset_t *set, til_out_t *out, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct stat info;

    if (strcmp(path, "-") == 0) {
        out->fd = STDOUT_FILENO;
        return TIL_OK;
    }
    if (path[0] == '\0') return til_fail(ctx, TIL_EIO, "an output file name is empty");
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return til_fail(ctx, TIL_EIO, "%s: is a folder: a file name is wanted here", path);
    if (til_out_is_special(path)) {
        out->fd = open(path, O_WRONLY | O_CLOEXEC);
        if (out->fd < 0)
            return til_fail(ctx, TIL_EIO, "%s: cannot write: %s", path, strerror(errno));
        return TIL_OK;
    }
    if (slash != NULL && slash != path) {
        char *folder = copy_text(path, (size_t)(slash - path));
        if (folder == NULL) return til_no_memory(ctx, strlen(path), "bytes");
        til_status_t status = til_outset_mkdir(ctx, set, folder);
        free(folder);
        if (status != TIL_OK) return status;
    }
    sweep_folder_of(set, path);
    return open_temporary(ctx, out, path);
}

/* The file that a symbolic link leads to, so that the link stays one; else the path itself. */
static char *target_of(const char *path)
{
    struct stat info;
    char *target = NULL;

    if (lstat(path, &info) == 0 && S_ISLNK(info.st_mode)) target = realpath(path, NULL);
    return target != NULL ? target : copy_text(path, strlen(path));
}

til_status_t til_out_open(til_ctx_t *ctx, til_outset_t *set, const char *path, til_out_t **handle)
{
    til_status_t status;
    til_out_t *out = calloc(1, sizeof *out);

    *handle = NULL;
    if (out == NULL) return til_no_memory(ctx, sizeof *out, "bytes");
    out->fd = -1;
    out->path = copy_text(path, strlen(path));
    status = out->path == NULL ? til_no_memory(ctx, strlen(path), "bytes")
                               : til_grow(ctx, &set->files, &set->files_capacity, set->n_files + 1,
                                          sizeof *set->files);
    if (status == TIL_OK) {
        char *name = target_of(path);
        status = name == NULL ? til_no_memory(ctx, strlen(path), "bytes")
                              : open_target(ctx, set, out, name);
        if (status == TIL_OK)
            set->files[set->n_files++] = (pending_t){ .path = name, .temporary = out->temporary };
        else free(name);
    }
    if (status != TIL_OK) {
        out_free(out);
        return status;
    }
    out->set = set;
    out->next = set->open;
    set->open = *handle = out;
    return TIL_OK;
}

static void put(til_out_t *out, const char *bytes, size_t n)
{
    while (n > 0 && out->error == 0) {
        ssize_t written = write(out->fd, bytes, n);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            out->error = written < 0 ? errno : EIO;
            return;
        }
        bytes += written;
        n -= (size_t)written;
    }
}

static void flush(til_out_t *out)
{
    put(out, out->buffer, out->used);
    out->used = 0;
}

void til_out_write(til_out_t *out, const void *bytes, size_t n)
{
    if (n > BUFFER_BYTES - out->used) flush(out);
    if (n > BUFFER_BYTES) {
        put(out, bytes, n);
        return;
    }
    memcpy(out->buffer + out->used, bytes, n);
    out->used += n;
}

void til_out_text(til_out_t *out, const char *text) { til_out_write(out, text, strlen(text)); }

void til_out_char(til_out_t *out, char c)
{
    if (out->used == BUFFER_BYTES) flush(out);
    out->buffer[out->used++] = c;
}

void til_out_int(til_out_t *out, int64_t value)
{
    char digits[24];
    size_t n = sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do digits[--n] = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (value < 0) digits[--n] = '-';
    til_out_write(out, digits + n, sizeof digits - n);
}

void til_out_number(til_out_t *out, double value)
{
    if (BUFFER_BYTES - out->used < TIL_NUMBER_MAX) flush(out);
    out->used += til_number_print(value, out->buffer + out->used);
}

void til_out_strbuf(til_out_t *out, const til_strbuf_t *text)
{
    if (text->failed) out->error = ENOMEM;
    else til_out_write(out, til_strbuf_text(text), text->length);
}

void til_out_printf(til_out_t *out, const char *format, ...)
{
    char small[512], *text = small;
    va_list args;

    va_start(args, format);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n < 0) {
        out->error = EINVAL;
        return;
    }
    if ((size_t)n >= sizeof small) {
        text = til_array((size_t)n + 1, 1);
        if (text == NULL) {
            out->error = ENOMEM;
            return;
        }
        va_start(args, format);
        vsnprintf(text, (size_t)n + 1, format, args);
        va_end(args);
    }
    til_out_write(out, text, (size_t)n);
    if (text != small) free(text);
}

til_status_t til_out_close(til_ctx_t *ctx, til_out_t *out)
{
    til_status_t status = TIL_OK;

    flush(out);
    /* Only regular files are worth an fsync: pipes and devices refuse it. */
    if (out->error == 0 && out->temporary != NULL && fsync(out->fd) != 0) out->error = errno;
    if (out->fd > STDERR_FILENO && close(out->fd) != 0 && out->error == 0) out->error = errno;
    out->fd = -1;
    if (out->error != 0)
        status = til_fail(ctx, TIL_EIO, "%s: write failed: %s",
                          strcmp(out->path, "-") == 0 ? "standard output" : out->path,
                          strerror(out->error));
    til_out_t **link = &out->set->open;
    while (*link != out) link = &(*link)->next;
    *link = out->next;
    out_free(out);
    return status;
}

/* Gives the file at `path`, if there is one, a second name to come back by; where there are no hard
 * links, that name alone. */
static til_status_t keep_backup(til_ctx_t *ctx, pending_t *file)
{
    for (unsigned attempt = 0; attempt < 100; attempt++) {
        char *backup = temporary_name(file->path, 1000000u + attempt);
        if (backup == NULL) return til_no_memory(ctx, strlen(file->path), "bytes");
        if (publish(backup)) {
            if (link(file->path, backup) == 0) {
                file->backup = backup;
                return TIL_OK;
            }
            int refused = errno;
            withdraw(backup);
            if (refused != ENOENT && refused != EEXIST && access(backup, F_OK) != 0 &&
                rename(file->path, backup) == 0) {
                file->backup = backup; /* not published: a signal must not remove the only copy */
                file->moved = true;
                return TIL_OK;
            }
            errno = refused;
        }
        int error = errno;
        free(backup);
        if (error == ENOENT) return TIL_OK;
        if (error != EEXIST)
            return til_fail(ctx, TIL_EIO, "%s: cannot be replaced: %s", file->path,
                            strerror(error));
    }
    return TIL_OK;
}

/* Undoes the renames of an unfinished commit. */
static void roll_back(til_outset_t *set)
{
    for (size_t i = set->n_files; i-- > 0;) {
        pending_t *f = &set->files[i];
        if (!f->renamed && !f->moved) {
            discard(&f->backup);
        } else if (f->backup != NULL && rename(f->backup, f->path) == 0) {
            if (!f->moved) withdraw(f->backup);
            free(f->backup);
            f->backup = NULL;
        } else {
            unlink(f->path);
            discard(&f->backup);
        }
    }
}

static til_status_t put_all_in_place(til_ctx_t *ctx, til_outset_t *set)
{
    for (size_t i = 0; i < set->n_files; i++) {
        pending_t *f = &set->files[i];
        if (f->temporary == NULL) continue;
        til_status_t status = keep_backup(ctx, f);
        if (status == TIL_OK && rename(f->temporary, f->path) != 0)
            status = til_fail(ctx, TIL_EIO, "%s: cannot be put in place: %s", f->path,
                              strerror(errno));
        if (status != TIL_OK) {
            roll_back(set);
            return status;
        }
        f->renamed = true;
        withdraw(f->temporary);
        free(f->temporary);
        f->temporary = NULL;
    }
    for (size_t i = 0; i < set->n_files; i++) discard(&set->files[i].backup);
    set->committed = true;
    return TIL_OK;
}

til_status_t til_outset_commit(til_ctx_t *ctx, til_outset_t *set)
{
    sigset_t ending, before;

    if (set->open != NULL)
        return til_fail(ctx, TIL_EINTERNAL, "%s: was not closed before the commit",
                        set->open->path);
    /* a signal between two renames would leave files of two runs side by side */
    sigfillset(&ending);
    pthread_sigmask(SIG_BLOCK, &ending, &before);
    til_status_t status = put_all_in_place(ctx, set);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}
