/* qualify.h -- whether this installation computes what it should: the checks of `tilseq qualify`.
 *
 * Three stages, as validation plans name them: installation (what is installed), operation (commands
 * on embedded inputs against embedded references), performance (error rates on a simulated cohort).
 * Every check shows one requirement; each runs in a process of its own, so that a library that brings
 * one down fails that check and no more. A check is a row of qualify_checks.c.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_QUALIFY_H
#define TIL_TASKS_QUALIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>

#include "base/strbuf.h"
#include "io/text/json.h"

typedef enum {
    TIL_STAGE_INSTALLATION,
    TIL_STAGE_OPERATION,
    TIL_STAGE_PERFORMANCE
} til_qualify_stage_t;

typedef struct {
    const char *id, *text;
} til_requirement_t;

/* Runs a command of tilseq in this process, without its log: argv[0] is its name. */
typedef til_status_t (*til_qualify_command_t)(til_ctx_t *ctx, int argc, char **argv);

/* What a check works with: the folder of the embedded inputs and an empty one of its own. */
typedef struct {
    til_qualify_command_t command;
    const char *inputs, *folder;
} til_qualify_bench_t;

typedef struct til_qualify_check til_qualify_check_t;

/* Makes a check: what was found goes to `found` in words, for people; `passed` is the answer. A
 * status other than TIL_OK is a failed check whose words are the message. */
typedef til_status_t (*til_qualify_run_t)(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                          const til_qualify_check_t *check, bool *passed,
                                          til_strbuf_t *found);

struct til_qualify_check {
    til_qualify_stage_t stage;
    const char *id, *requirement, *what;
    til_qualify_run_t run;
    const char
        *commands; /* words parted by blanks, commands by " ; ": IN/ and OUT/ are the folders */
    const char *result;    /* a table below OUT/                                       */
    const char *reference; /* the embedded table it is compared with                   */
    double tolerance;      /* relative, of absolute 1 below 1; of p-values on the log scale */
    int exit_code;         /* of commands that must be refused                         */
};

/* Both ended by a row whose id is NULL. */
extern const til_requirement_t til_qualify_requirements[];
extern const til_qualify_check_t til_qualify_checks[];

typedef struct {
    const char *tilseq; /* version */
    bool passed;
    size_t n_checks, n_failed, n_orphans;
    til_json_t *document; /* all of it, as it is written to qualify.json */
} til_qualify_report_t;

/* Makes all checks in a folder of its own below `folder` (which must exist), and removes it. Each
 * answer is said as a notice when it is known. TIL_EIO where the folder cannot be used; a failed
 * check is no failure of this function. `out` is to be cleared in any case. */
TIL_MUST_USE
til_status_t til_qualify(til_ctx_t *ctx, const char *folder, const char *version,
                         til_qualify_command_t command, til_qualify_report_t *out);
void til_qualify_report_clear(til_qualify_report_t *report);

/* The document as a page: HTML without a script, with places to sign. */
TIL_MUST_USE
til_status_t til_qualify_page(til_ctx_t *ctx, const til_qualify_report_t *report,
                              til_strbuf_t *html);

/* "installation", "operation", "performance". */
const char *til_qualify_stage_name(til_qualify_stage_t stage);

/* The kinds of check. */
til_status_t til_qualify_compare(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                 const til_qualify_check_t *check, bool *passed,
                                 til_strbuf_t *found);
til_status_t til_qualify_refuse(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                const til_qualify_check_t *check, bool *passed,
                                til_strbuf_t *found);
til_status_t til_qualify_threads(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                 const til_qualify_check_t *check, bool *passed,
                                 til_strbuf_t *found);
til_status_t til_qualify_writes(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                const til_qualify_check_t *check, bool *passed,
                                til_strbuf_t *found);

/* Of the libraries below: matrices, tails of distributions, digests, compression. */
#define TIL_QUALIFY_CHECKS(each)                                                                   \
    each(matmul) each(qr) each(eigen) each(svd) each(tails) each(digest) each(deflate)             \
        each(program) each(libraries) each(carried) each(null_labels) each(effects) each(coverage) \
            each(seeds)
#define TIL_DECLARE_QUALIFY(x)                                                                     \
    til_status_t til_qualify_##x(til_ctx_t *ctx, const til_qualify_bench_t *bench,                 \
                                 const til_qualify_check_t *check, bool *passed,                   \
                                 til_strbuf_t *found);
TIL_QUALIFY_CHECKS(TIL_DECLARE_QUALIFY)
#undef TIL_DECLARE_QUALIFY

/* What is installed: program, mapped libraries with digests, versions, processor, system. */
TIL_MUST_USE
til_status_t til_qualify_installation(til_ctx_t *ctx, til_json_t **out);

#endif
