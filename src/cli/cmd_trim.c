/* cmd_trim.c -- tilseq trim: reads in, reads without adapters and bad ends out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/commands.h"
#include "tasks/job.h"
#include "tasks/trim_reads.h"

typedef struct {
    til_list_t mates1, mates2, reads, adapters;
    til_poly_g_t poly_g;
    til_umi_t umi;
    const char *output;
    int64_t quality, least_length, umi_length;
    bool no_overlap, poly_a, no_adapters;
    til_common_t common;
} trim_args_t;

static const trim_args_t defaults = { .least_length = 20 };

static const til_opt_t options[] = {
    { '1', "mates1", TIL_OPT_WORDS, offsetof(trim_args_t, mates1), "FASTQ...", 0, 0,
      "first mates, one file a lane" },
    { '2', "mates2", TIL_OPT_WORDS, offsetof(trim_args_t, mates2), "FASTQ...", 0, 0,
      "second mates, in the same order" },
    { 'r', "reads", TIL_OPT_WORDS, offsetof(trim_args_t, reads), "FASTQ...", 0, 0, "single reads" },
    { 'a', "adapter", TIL_OPT_LIST, offsetof(trim_args_t, adapters), "SEQ", 0, 0,
      "adapter at the 3' end, at least 4 bases of it [those of TruSeq, Nextera, small RNA and MGI "
      "kits, at least 8 bases, or 16 beside the overlap of mates] (repeatable)" },
    { 0, "no-adapters", TIL_OPT_FLAG, offsetof(trim_args_t, no_adapters), NULL, 0, 0,
      "do not look for adapters by their sequence" },
    { 0, "no-overlap", TIL_OPT_FLAG, offsetof(trim_args_t, no_overlap), NULL, 0, 0,
      "do not find the end of short fragments by the overlap of the mates" },
    TIL_CHOICE(0, "poly-g", trim_args_t, poly_g, &til_poly_g_words,
               "cut tails of G; auto: where the instrument of the first read has two colours"),
    { 0, "poly-a", TIL_OPT_FLAG, offsetof(trim_args_t, poly_a), NULL, 0, 0, "cut tails of A" },
    { 0, "quality", TIL_OPT_INT, offsetof(trim_args_t, quality), "INT", 0, 60,
      "cut ends of lower quality [0: never]" },
    { 0, "min-length", TIL_OPT_INT, offsetof(trim_args_t, least_length), "INT", 1, 1000000,
      "leave out reads, and pairs with a mate, that end up shorter" },
    TIL_CHOICE(0, "umi", trim_args_t, umi, &til_umi_words,
               "where reads begin with a UMI; it is moved to the end of the name, after '_'"),
    { 0, "umi-length", TIL_OPT_INT, offsetof(trim_args_t, umi_length), "INT", 0, 100,
      "bases of the UMI" },
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(trim_args_t, output), "DIR", 0, 0,
      "folder for the reads, under the names they had, and trim.tsv" },
    TIL_COMMON_OPTIONS(trim_args_t)
};

static til_status_t check(til_ctx_t *ctx, const trim_args_t *a)
{
    if (a->output == NULL) return til_fail(ctx, TIL_EUSAGE, "-o/--output is missing");
    if ((a->reads.n > 0) == (a->mates1.n > 0))
        return til_fail(ctx, TIL_EUSAGE, "expected -1 and -2 for pairs, or -r for single reads");
    if (a->mates1.n != a->mates2.n)
        return til_fail(ctx, TIL_EUSAGE, "%zu files after -1 and %zu after -2: each lane has both",
                        a->mates1.n, a->mates2.n);
    if (a->reads.n > 0 && a->no_overlap)
        return til_fail(ctx, TIL_EUSAGE, "--no-overlap: single reads have no overlap");
    if (a->no_adapters && a->adapters.n > 0)
        return til_fail(ctx, TIL_EUSAGE, "--no-adapters and --adapter exclude each other");
    if ((a->umi != TIL_UMI_NONE) != (a->umi_length > 0))
        return til_fail(ctx, TIL_EUSAGE, "--umi and --umi-length go together");
    if (a->reads.n > 0 && (a->umi == TIL_UMI_READ2 || a->umi == TIL_UMI_BOTH))
        return til_fail(ctx, TIL_EUSAGE, "--umi: single reads have no second mate");
    return TIL_OK;
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    const trim_args_t *a = job->args;
    til_trim_wish_t wish = { .lanes = { a->reads.n > 0 ? &a->reads : &a->mates1,
                                        a->reads.n > 0 ? NULL : &a->mates2 },
                             .adapters = &a->adapters,
                             .poly_g = a->poly_g,
                             .poly_a = a->poly_a,
                             .no_adapters = a->no_adapters,
                             .no_overlap = a->no_overlap,
                             .quality = (unsigned)a->quality,
                             .least_length = (unsigned)a->least_length,
                             .umi = a->umi,
                             .umi_length = (uint32_t)a->umi_length,
                             .folder = a->output };
    til_status_t status = check(ctx, a);

    return status != TIL_OK ? status : til_trim_reads(ctx, job, &wish);
}

const til_command_t til_cmd_trim = {
    .name = "trim",
    .operands = "",
    .summary = "Take adapters, tails of one base and bad ends off reads.",
    .details = "Pairs shorter than their reads are told by the overlap of the mates, others by the "
               "adapter. DIR/trim.tsv says how many reads and bases each rule took.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(trim_args_t),
    .common_offset = offsetof(trim_args_t, common),
    .min_operands = 0,
    .max_operands = 0,
    .run = run
};
