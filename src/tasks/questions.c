/* questions.c -- from options and a sheet to designs with their contrasts. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/keep.h"
#include "base/names.h"
#include "base/try.h"
#include "tasks/questions.h"
#include "io/text/contrasts_file.h"
#include "design/rank.h"

static til_status_t check_options(til_ctx_t *ctx, const til_design_args_t *args)
{
    if (args->pair != NULL && args->design != NULL)
        return til_fail(ctx, TIL_EUSAGE,
                        "--design and --pair exclude each other: --pair builds the design");
    if (args->pair != NULL && args->time == NULL)
        return til_fail(ctx, TIL_EUSAGE, "--pair needs --time, the column of what is compared");
    if (args->pair != NULL) return TIL_OK;
    if (args->arm != NULL && args->design != NULL)
        return til_fail(ctx, TIL_EUSAGE,
                        "--design and --arm exclude each other: --arm builds the design");
    if (args->time != NULL && args->arm == NULL)
        return til_fail(ctx, TIL_EUSAGE,
                        "--time needs --pair, or --arm for samples that are not paired");
    if (args->trend && args->time == NULL)
        return til_fail(ctx, TIL_EUSAGE, "--trend needs --time, with --pair or --arm");
    if (args->arm != NULL) return TIL_OK;
    if (args->adjust.n > 0)
        return til_fail(ctx, TIL_EUSAGE,
                        "--adjust needs --pair or --arm: a --design names its covariates itself");
    if (args->strata.n > 0)
        return til_fail(ctx, TIL_EUSAGE,
                        "--strata needs --pair or --arm: a --design names its strata itself");
    if (args->design == NULL && args->contrasts.n == 0)
        return til_fail(ctx, TIL_EUSAGE, "no design: --design '~ ...' or --pair COL --time COL");
    return TIL_OK;
}

bool til_contrast_is_file(const char *text)
{
    static const char *const ends[] = { ".csv", ".tsv",    ".txt",   ".yaml",
                                        ".yml", ".csv.gz", ".tsv.gz" };
    size_t n = strlen(text);
    struct stat info;

    if (strchr(text, '=') == NULL)
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
            size_t m = strlen(ends[i]);
            if (n > m && strcmp(text + n - m, ends[i]) == 0) return true;
        }
    return strpbrk(text, ":=") == NULL && stat(text, &info) == 0;
}

static til_status_t read_contrasts(til_ctx_t *ctx, til_job_t *job, const til_list_t *contrasts,
                                   til_contrast_specs_t *specs)
{
    til_status_t status = TIL_OK;
    til_text_t text = { 0 };

    for (size_t i = 0; i < contrasts->n; i++) {
        til_contrast_spec_t spec = { .text = (char *)contrasts->items[i] };
        if (!til_contrast_is_file(contrasts->items[i])) {
            TIL_TRY(til_contrast_specs_add(ctx, specs, &spec));
            continue;
        }
        TIL_TRY(til_text_read(ctx, contrasts->items[i], &text));
        TIL_TRY(til_job_input(ctx, job, contrasts->items[i], text.sha256, 0));
        TIL_TRY(til_contrasts_read(ctx, &text, specs));
        til_text_clear(&text);
    }

done:
    til_text_clear(&text);
    return status;
}

/* How the variables were understood, each once; formula and references for the results. */
static til_status_t tell(til_ctx_t *ctx, til_job_t *job, const til_questions_t *questions)
{
    til_status_t status = TIL_OK;
    til_names_t *told = til_names_new();
    int is_new = 0;

    if (told == NULL) return til_no_memory(ctx, 1, "names");
    for (size_t q = 0; q < questions->n_questions; q++) {
        const til_design_t *d = &questions->questions[q].design;
        for (size_t v = d->is_paired ? 1 : 0; v < d->n_variables; v++) {
            if (til_names_add(told, d->variables[v].about, &is_new) < 0) goto no_memory;
            if (is_new) til_say(ctx, TIL_LOG_NOTICE, "%s", d->variables[v].about);
        }
        if (til_names_add(told, d->formula, &is_new) < 0) goto no_memory;
        if (is_new) TIL_TRY(til_job_remark(ctx, job, "design", "%s", d->formula));
        if (til_names_add(told, d->references, &is_new) < 0) goto no_memory;
        if (is_new && d->references[0] != '\0')
            TIL_TRY(til_job_remark(ctx, job, "reference", "%s", d->references));
    }
    goto done;

no_memory:
    status = til_no_memory(ctx, til_names_count(told), "names");
done:
    til_names_free(told);
    return status;
}

/* Is the column that text[0..n) names a variable of any design? */
static bool is_used(const til_questions_t *questions, const char *text, size_t n)
{
    for (size_t q = 0; q < questions->n_questions; q++) {
        const til_design_t *d = &questions->questions[q].design;
        for (size_t v = 0; v < d->n_variables; v++)
            if (strncmp(d->variables[v].name, text, n) == 0 && d->variables[v].name[n] == '\0')
                return true;
    }
    return false;
}

static void warn_unused(til_ctx_t *ctx, const til_design_args_t *args,
                        const til_questions_t *questions)
{
    for (size_t i = 0; i < args->references.n; i++) {
        const char *text = args->references.items[i], *eq = strchr(text, '=');
        bool used = false;
        for (; eq != NULL && !used; eq = strchr(eq + 1, '='))
            used = is_used(questions, text, (size_t)(eq - text));
        if (!used)
            til_say(ctx, TIL_LOG_WARNING, "--reference %s: the design does not use that column",
                    text);
    }
    for (size_t i = 0; i < args->factors.n; i++)
        if (!is_used(questions, args->factors.items[i], strlen(args->factors.items[i])))
            til_say(ctx, TIL_LOG_WARNING, "--factor %s: the design does not use that column",
                    args->factors.items[i]);
}

/* The columns that "a,b" and further words name; a column whose own name holds the comma is one. */
static til_status_t split_columns(til_ctx_t *ctx, const til_list_t *words, const til_sheet_t *sheet,
                                  til_arena_t *arena, const char *const **out, size_t *n)
{
    til_status_t status = TIL_OK;
    size_t room = 0;
    char **names;

    for (size_t i = 0; i < words->n; i++) room += strlen(words->items[i]) + 1;
    TIL_TRY(til_keep_array(ctx, arena, room, sizeof *names, &names));
    *n = 0;
    for (size_t i = 0; i < words->n; i++) {
        const char *word = words->items[i];
        bool is_whole = til_sheet_column(sheet, word) >= 0;
        while (word != NULL) {
            const char *comma = is_whole ? NULL : strchr(word, ',');
            size_t length = comma == NULL ? strlen(word) : (size_t)(comma - word);
            if (length == 0)
                return til_fail(ctx, TIL_EUSAGE, "'%s' names no column: COL,COL is wanted",
                                words->items[i]);
            TIL_TRY(til_keep_text_n(ctx, arena, word, length, &names[(*n)++]));
            word = comma == NULL ? NULL : comma + 1;
        }
    }
    *out = (const char *const *)names;

done:
    return status;
}

til_status_t til_ask(til_ctx_t *ctx, til_job_t *job, const til_design_args_t *args,
                     const til_sheet_t *sheet, til_questions_t *out)
{
    til_status_t status = TIL_OK;
    til_contrast_specs_t specs = { 0 };
    til_pairing_t pairing = {
        .pair = args->pair, .time = args->time, .arm = args->arm, .is_trend = args->trend
    };
    til_arena_t *arena = til_arena_new();
    til_typing_t typing = { args->references.items, args->references.n, args->factors.items,
                            args->factors.n, args->drop_na };
    til_asked_t asked = { args->design, args->pair != NULL || args->arm != NULL ? &pairing : NULL,
                          &specs, &typing };

    *out = (til_questions_t){ 0 };
    if (arena == NULL) TIL_TRY(til_no_memory(ctx, 1, "columns"));
    TIL_TRY(check_options(ctx, args));
    TIL_TRY(split_columns(ctx, &args->adjust, sheet, arena, &pairing.adjust, &pairing.n_adjust));
    TIL_TRY(split_columns(ctx, &args->strata, sheet, arena, &pairing.strata, &pairing.n_strata));
    TIL_TRY(read_contrasts(ctx, job, &args->contrasts, &specs));
    TIL_TRY(til_questions_build(ctx, sheet, &asked, out));
    TIL_TRY(tell(ctx, job, out));
    warn_unused(ctx, args, out);

done:
    til_arena_free(arena);
    til_contrast_specs_clear(&specs);
    if (status != TIL_OK) til_questions_clear(out);
    return status;
}

til_status_t til_ask_contrasts(til_ctx_t *ctx, const til_questions_t *questions)
{
    for (size_t q = 0; q < questions->n_questions; q++)
        if (questions->questions[q].n_contrasts == 0)
            return til_fail(ctx, TIL_EUSAGE,
                            "-c CONTRAST is missing: what is to be compared? "
                            "`tilseq design` shows the coefficients");
    return TIL_OK;
}

til_status_t til_ask_whole(til_ctx_t *ctx, const til_questions_t *questions)
{
    if (questions->n_questions < 2) return TIL_OK;
    return til_fail(ctx, TIL_EUSAGE,
                    "--test lrt: the contrasts ask %zu designs (formulas or samples of their own): "
                    "--reduced is part of one; ask them in calls of their own",
                    questions->n_questions);
}

til_status_t til_ask_check(til_ctx_t *ctx, const til_questions_t *questions)
{
    til_status_t status = TIL_OK;

    for (size_t q = 0; q < questions->n_questions && status == TIL_OK; q++)
        status = til_rank_require_replicates(ctx, &questions->questions[q].design);
    return status;
}
