/* processes.c -- pieces of work side by side, each in a process of its own.
 *
 * A child sends frames through a pipe: a byte for the kind, four for the length, then the bytes. Its
 * lines are frames as they are said; the last frame holds status, message and what was found. A pipe
 * that ends without it is a child that died.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/alloc.h"
#include "base/number.h"
#include "base/outfile.h"
#include "base/processes.h"

enum { HEAD_BYTES = 5, FRAME_END = 100, FRAME_MAX = 1 << 26 };

typedef struct {
    pid_t pid;
    int fd; /* -1: free */
    size_t piece;
    bool has_end;
    til_status_t status;
    til_strbuf_t bytes; /* not yet a whole frame */
    char *message, *found;
} child_t;

typedef struct {
    til_ctx_t *ctx;
    const til_processes_t *how;
    void *arg;
    child_t *children; /* how->most */
    size_t n_running;
    double estimate;
} crew_t;

/* ---- the child ----------------------------------------------------------------------------- */

static void send_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = write(fd, bytes, n);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) _exit(1);
        bytes += sent;
        n -= (size_t)sent;
    }
}

static void send_frame(int fd, int kind, const char *bytes, size_t n)
{
    unsigned char head[HEAD_BYTES] = { (unsigned char)kind };

    for (int i = 0; i < 4; i++) head[1 + i] = (unsigned char)((uint32_t)n >> 8 * i);
    send_all(fd, (const char *)head, sizeof head);
    send_all(fd, bytes, n);
}

static void send_line(void *arg, til_log_level_t level, const char *text)
{
    send_frame(*(int *)arg, (int)level, text, strlen(text));
}

_Noreturn static void be_child(const crew_t *crew, size_t piece, int fd, pid_t parent)
{
    til_ctx_t ctx = { .n_threads = crew->ctx->n_threads, .log = { send_line, &fd } };
    til_strbuf_t found = { 0 }, end = { 0 };

#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
    if (getppid() != parent) _exit(1);
    til_out_disown_temporaries();
    til_status_t status = crew->how->work(&ctx, crew->arg, piece, &found);
    if (found.failed && status == TIL_OK) status = til_no_memory(&ctx, 1, "results");
    til_strbuf_add_char(&end, (char)('0' + (int)status));
    til_strbuf_add_n(&end, "", 1);
    til_strbuf_add(&end, ctx.message);
    til_strbuf_add_n(&end, "", 1);
    til_strbuf_add(&end, til_strbuf_text(&found));
    if (end.failed) _exit(1);
    send_frame(fd, FRAME_END, end.text, end.length + 1);
    _exit(0);
}

/* ---- the parent ---------------------------------------------------------------------------- */

static til_status_t start(crew_t *crew, size_t piece)
{
    child_t *child = crew->children;
    int ends[2];

    while (child->fd >= 0) child++;
    if (pipe(ends) != 0)
        return til_fail(crew->ctx, TIL_EIO, "no pipe to a process: %s", strerror(errno));
    fflush(NULL); /* else the child's copy of what is buffered would be written twice */
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        close(ends[0]);
        for (int i = 0; i < crew->how->most; i++)
            if (crew->children[i].fd >= 0) close(crew->children[i].fd);
        be_child(crew, piece, ends[1], parent);
    }
    close(ends[1]);
    if (pid < 0) {
        int error = errno;
        close(ends[0]);
        return til_fail(crew->ctx, TIL_EIO, "no further process can be started: %s",
                        strerror(error));
    }
    *child = (child_t){ .pid = pid, .fd = ends[0], .piece = piece };
    crew->n_running++;
    if (crew->how->begun != NULL) crew->how->begun(crew->ctx, crew->arg, piece);
    return TIL_OK;
}

/* The last frame: status, message, found, each with its NUL. */
static til_status_t take_end(crew_t *crew, child_t *child, const char *bytes, size_t n)
{
    const char *end = bytes + n, *message = memchr(bytes, '\0', n), *found;

    if (message == NULL || ++message >= end) return TIL_OK;
    found = memchr(message, '\0', (size_t)(end - message));
    if (found == NULL || ++found >= end || end[-1] != '\0') return TIL_OK;
    child->status = (til_status_t)(bytes[0] - '0');
    child->message = strdup(message);
    child->found = strdup(found);
    child->has_end = child->message != NULL && child->found != NULL;
    return child->has_end ? TIL_OK : til_no_memory(crew->ctx, n, "bytes");
}

/* Whole frames of child->bytes; what is left of them stays. */
static til_status_t take_frames(crew_t *crew, child_t *child)
{
    til_strbuf_t *b = &child->bytes;
    til_status_t status = TIL_OK;
    size_t at = 0;

    if (b->failed) return til_no_memory(crew->ctx, 1, "results");
    while (b->length - at >= HEAD_BYTES && status == TIL_OK) {
        const unsigned char *head = (const unsigned char *)b->text + at;
        size_t n = head[1] | (size_t)head[2] << 8 | (size_t)head[3] << 16 | (size_t)head[4] << 24;
        if (b->length - at - HEAD_BYTES < n) break;
        char *bytes = b->text + at + HEAD_BYTES;
        if (head[0] == FRAME_END) {
            status = take_end(crew, child, bytes, n);
        } else if (crew->how->said != NULL) {
            char line[TIL_MESSAGE_MAX];
            size_t length = n < sizeof line ? n : sizeof line - 1;
            memcpy(line, bytes, length);
            line[length] = '\0';
            crew->how->said(crew->ctx, crew->arg, child->piece, (til_log_level_t)head[0], line);
        }
        at += HEAD_BYTES + n;
    }
    if (at > 0) {
        memmove(b->text, b->text + at, b->length - at + 1);
        b->length -= at;
    }
    return status;
}

/* Waits for a child whose pipe has ended and tells of it. */
static til_status_t reap(crew_t *crew, child_t *child)
{
    struct rusage used;
    char words[128] = "";
    int how = 0;
    til_status_t status;

    close(child->fd);
    child->fd = -1;
    crew->n_running--;
    memset(&used, 0, sizeof used);
    while (wait4(child->pid, &how, 0, &used) < 0 && errno == EINTR) continue;
    double bytes = (double)used.ru_maxrss * 1024;
    if (bytes > crew->estimate || crew->estimate == crew->how->estimate) crew->estimate = bytes;
    if (!child->has_end) {
        child->status = TIL_EIO;
        if (WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL)
            snprintf(words, sizeof words,
                     "its process was killed: out of memory? --memory bounds what runs at once");
        else if (WIFSIGNALED(how) && (WTERMSIG(how) == SIGSEGV || WTERMSIG(how) == SIGBUS ||
                                      WTERMSIG(how) == SIGABRT)) {
            child->status = TIL_EINTERNAL;
            snprintf(words, sizeof words, "its process was ended by signal %d", WTERMSIG(how));
        } else
            snprintf(words, sizeof words, "its process ended early (%s %d)",
                     WIFSIGNALED(how) ? "signal" : "exit", WIFSIGNALED(how) ? WTERMSIG(how) : how);
    }
    status = crew->how->ended(crew->ctx, crew->arg, child->piece, child->status,
                              child->has_end ? child->message : words,
                              child->has_end ? child->found : "");
    free(child->message);
    free(child->found);
    til_strbuf_clear(&child->bytes);
    child->message = child->found = NULL;
    return status;
}

/* Reads what children have sent; waits until at least one has. */
static til_status_t listen_once(crew_t *crew, struct pollfd *polls)
{
    til_status_t status = TIL_OK;

    for (int i = 0; i < crew->how->most; i++)
        polls[i] = (struct pollfd){ crew->children[i].fd, POLLIN, 0 };
    if (poll(polls, (nfds_t)crew->how->most, -1) < 0)
        return errno == EINTR ? TIL_OK : til_fail(crew->ctx, TIL_EIO, "poll: %s", strerror(errno));
    for (int i = 0; i < crew->how->most && status == TIL_OK; i++) {
        child_t *child = &crew->children[i];
        char buffer[4096];
        if (child->fd < 0 || (polls[i].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
        ssize_t n = read(child->fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            status = reap(crew, child);
            continue;
        }
        til_strbuf_add_n(&child->bytes, buffer, (size_t)n);
        status = take_frames(crew, child);
    }
    return status;
}

/* Ends what still runs. */
static void dismiss(crew_t *crew)
{
    for (int i = 0; i < crew->how->most; i++) {
        child_t *child = &crew->children[i];
        if (child->fd < 0) continue;
        kill(child->pid, SIGTERM);
        while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) continue;
        close(child->fd);
        free(child->message);
        free(child->found);
        til_strbuf_clear(&child->bytes);
    }
}

static bool has_room(const crew_t *crew)
{
    if (crew->n_running == 0) return true;
    return crew->n_running < (size_t)crew->how->most &&
           (double)(crew->n_running + 1) * crew->estimate <= crew->how->memory;
}

til_status_t til_processes_run(til_ctx_t *ctx, size_t n, const til_processes_t *how, void *arg)
{
    crew_t crew = { .ctx = ctx, .how = how, .arg = arg, .estimate = how->estimate };
    struct pollfd *polls = til_array((size_t)how->most, sizeof *polls);
    size_t next = 0;
    til_status_t status = TIL_OK;

    crew.children = til_array_zero((size_t)how->most, sizeof *crew.children);
    if (crew.children == NULL || polls == NULL)
        status = til_no_memory(ctx, (size_t)how->most, "processes");
    for (int i = 0; status == TIL_OK && i < how->most; i++) crew.children[i].fd = -1;
    while (status == TIL_OK && (next < n || crew.n_running > 0)) {
        while (status == TIL_OK && next < n && has_room(&crew)) status = start(&crew, next++);
        if (status == TIL_OK) status = listen_once(&crew, polls);
    }
    if (crew.children != NULL && polls != NULL) dismiss(&crew);
    free(crew.children);
    free(polls);
    return status;
}

/* ---- memory -------------------------------------------------------------------------------- */

/* The number after `key` in a file, or the first where key is ""; INFINITY when there is none. */
static double number_in(const char *path, const char *key)
{
    char line[256];
    double value = INFINITY;
    FILE *file = fopen(path, "re");

    if (file == NULL) return INFINITY;
    while (fgets(line, sizeof line, file) != NULL) {
        const char *digits = line + strlen(key);
        double found;
        if (strncmp(line, key, strlen(key)) != 0) continue;
        digits += strspn(digits, " \t");
        if (til_number_parse(digits, strspn(digits, "0123456789"), &found)) value = found;
        break;
    }
    fclose(file);
    return value;
}

double til_memory_available(void)
{
    double free_bytes = number_in("/proc/meminfo", "MemAvailable:") * 1024;
    double bound = number_in("/sys/fs/cgroup/memory.max", "");
    double used = number_in("/sys/fs/cgroup/memory.current", "");

    if (isinf(bound)) {
        bound = number_in("/sys/fs/cgroup/memory/memory.limit_in_bytes", "");
        used = number_in("/sys/fs/cgroup/memory/memory.usage_in_bytes", "");
    }
    if (!isinf(bound) && !isinf(used) && bound - used < free_bytes)
        free_bytes = bound > used ? bound - used : 0;
    return free_bytes;
}
