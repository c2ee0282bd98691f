/* run_folder.c -- the lock of a run's folder, and the sweeping of what dead runs left in it.
 *
 * The lock file is removed by its holder while it holds the lock; who opens it in that moment finds
 * that the name leads elsewhere by then, and opens again.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/outfile.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "tasks/run_folder.h"

struct til_run_lock {
    int fd;
    char *path;
    pid_t owner;
};

enum { TRIES = 20, PAUSE_MS = 50 }; /* a killed run's children need a moment to end */

static til_status_t make_folder(til_ctx_t *ctx, const char *folder)
{
    til_outset_t *set = til_outset_new();
    til_status_t status;

    if (set == NULL) return til_no_memory(ctx, 1, "files");
    TIL_TRY(til_outset_mkdir(ctx, set, folder));
    TIL_TRY(til_outset_commit(ctx, set));
done:
    til_outset_free(set);
    return status;
}

/* Who has the lock, as its file says. */
static til_status_t is_held(til_ctx_t *ctx, const char *folder, int fd)
{
    char text[256] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);

    text[n > 0 ? (size_t)n : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return til_fail(ctx, TIL_EIO,
                    "%s: another run holds this folder (%s): wait for it, or give another -o",
                    folder, text[0] == '\0' ? "it does not say which" : text);
}

static til_status_t note_holder(til_ctx_t *ctx, const til_run_lock_t *lock)
{
    char host[128] = "", text[256];

    if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
    int n = snprintf(text, sizeof text, "process %ld on %s\n", (long)getpid(), host);
    if (ftruncate(lock->fd, 0) != 0 || n < 0 || pwrite(lock->fd, text, (size_t)n, 0) != n)
        return til_fail(ctx, TIL_EIO, "%s: cannot be written: %s", lock->path, strerror(errno));
    return TIL_OK;
}

/* One try: *got when the lock of the file that has the name now was had. */
static til_status_t try_lock(til_ctx_t *ctx, til_run_lock_t *lock, bool *got)
{
    struct stat opened, named;

    *got = false;
    lock->fd = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (lock->fd < 0)
        return til_fail(ctx, TIL_EIO, "%s: cannot be opened: %s", lock->path, strerror(errno));
    if (flock(lock->fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK || errno == EINTR) return TIL_OK;
        til_say(ctx, TIL_LOG_WARNING, "%s: no locks here (%s): see that no other run uses it",
                lock->path, strerror(errno));
        *got = true;
        return TIL_OK;
    }
    *got = fstat(lock->fd, &opened) == 0 && stat(lock->path, &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
    return TIL_OK;
}

til_status_t til_run_lock(til_ctx_t *ctx, const char *folder, til_run_lock_t **out)
{
    til_run_lock_t *lock = calloc(1, sizeof *lock);
    til_strbuf_t path = { 0 };
    til_status_t status;
    bool got = false;

    *out = NULL;
    if (lock == NULL) return til_fail(ctx, TIL_ENOMEM, "out of memory");
    lock->fd = -1;
    lock->owner = getpid();
    til_strbuf_printf(&path, "%s/.tilseq.lock", folder);
    if (path.failed) {
        status = til_fail(ctx, TIL_ENOMEM, "out of memory");
        goto done;
    }
    lock->path = path.text;
    TIL_TRY(make_folder(ctx, folder));
    for (int i = 0; i < TRIES && !got; i++) {
        if (lock->fd >= 0) close(lock->fd);
        TIL_TRY(try_lock(ctx, lock, &got));
        if (!got) nanosleep(&(struct timespec){ 0, PAUSE_MS * 1000000L }, NULL);
    }
    if (!got) {
        status = is_held(ctx, folder, lock->fd);
        goto done;
    }
    TIL_TRY(note_holder(ctx, lock));
    *out = lock;
done:
    if (status != TIL_OK) {
        if (lock->fd >= 0) close(lock->fd);
        til_strbuf_clear(&path);
        free(lock);
    }
    return status;
}

void til_run_unlock(til_run_lock_t *lock)
{
    if (lock == NULL) return;
    if (lock->owner == getpid()) unlink(lock->path);
    close(lock->fd);
    free(lock->path);
    free(lock);
}

/* ---- sweeping ------------------------------------------------------------------------------ */

enum { DEEPEST = 8 };

static til_status_t sweep(til_ctx_t *ctx, const char *folder, int depth, size_t *n)
{
    DIR *dir = opendir(folder);
    til_strbuf_t path = { 0 };
    til_status_t status = TIL_OK;

    if (dir == NULL || depth > DEEPEST) goto done; /* what cannot be listed is not ours to sweep */
    for (struct dirent *entry; (entry = readdir(dir)) != NULL && status == TIL_OK;) {
        struct stat info;
        long pid;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        til_strbuf_reset(&path);
        til_strbuf_printf(&path, "%s/%s", folder, entry->d_name);
        if (path.failed) status = til_fail(ctx, TIL_ENOMEM, "out of memory");
        else if (til_out_is_temporary(entry->d_name, &pid)) {
            if (pid != (long)getpid() && kill((pid_t)pid, 0) != 0 && errno == ESRCH &&
                unlink(path.text) == 0)
                ++*n;
        } else if (lstat(path.text, &info) == 0 && S_ISDIR(info.st_mode))
            status = sweep(ctx, path.text, depth + 1, n);
    }
done:
    if (dir != NULL) closedir(dir);
    til_strbuf_clear(&path);
    return status;
}

til_status_t til_run_sweep(til_ctx_t *ctx, const char *folder, size_t *n)
{
    *n = 0;
    return sweep(ctx, folder, 0, n);
}
