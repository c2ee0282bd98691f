/* count_partials.c -- count tables of some of the samples each, as one table of all.
 *
 * The table is put together from texts, so that no number is printed anew. The ##tilseq lines are
 * those of one call over all samples: the recorded commands are parsed with tilseq count's own
 * options, which tells their operands from values of options that happen to be alike.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/names.h"
#include "base/shell.h"
#include "base/try.h"
#include "cli/commands.h"
#include "cli/count_partials.h"
#include "tasks/count_tables.h"
#include "io/text/counts_tsv.h"

/* A recorded command, taken apart. */
typedef struct {
    char **raw, **words; /* as recorded, in quotes where it has them; without            */
    bool *is_operand;
    size_t n, first; /* words; the first operand                                     */
    ptrdiff_t names; /* the word that holds the value of --sample-names, -1 for none */
    size_t names_at; /* where in that word                                           */
    bool htseq, by_feature, aliases;
    char *options; /* all words but operands, names of samples, strand and where quality goes */
    char *strand;  /* the words of the strand */
} recorded_t;

struct til_partials {
    size_t n, n_samples;
    til_counts_tsv_t *tables;
    recorded_t *commands;         /* n; of use when the tables have ##tilseq lines */
    bool renamed, strands_differ; /* the words of the strand */
    til_arena_t *arena;
};

static const char SAMPLE_NAMES[] = "--sample-names";

static bool is_marked(const til_partials_t *p) { return p->tables[0].command != NULL; }

/* ---- the recorded command ------------------------------------------------------------------ */

static til_status_t split_words(til_ctx_t *ctx, til_arena_t *arena, const char *command,
                                recorded_t *r)
{
    til_status_t status = TIL_OK;
    size_t most = strlen(command) / 2 + 2;
    til_strbuf_t word = { 0 };

    TIL_TRY(til_keep_array(ctx, arena, most, sizeof *r->raw, &r->raw));
    TIL_TRY(til_keep_array(ctx, arena, most, sizeof *r->words, &r->words));
    TIL_TRY(til_keep_array(ctx, arena, most, sizeof *r->is_operand, &r->is_operand));
    for (const char *p = command; *p != '\0';) {
        const char *start = p;
        til_strbuf_reset(&word);
        for (bool quoted = false; *p != '\0' && (quoted || *p != ' '); p++) {
            if (*p == '\'') quoted = !quoted;
            else til_strbuf_add_char(&word, *p == '\\' && !quoted && p[1] != '\0' ? *++p : *p);
        }
        if (p > start) {
            TIL_TRY(til_keep_text_n(ctx, arena, start, (size_t)(p - start), &r->raw[r->n]));
            TIL_TRY(til_keep_strbuf(ctx, arena, &word, &r->words[r->n]));
            r->n++;
        }
        if (*p == ' ') p++;
    }
done:
    til_strbuf_clear(&word);
    return status;
}

/* The value of one of tilseq count's options that hold a text. */
static const char *value_of(const void *args, const char *name)
{
    const til_opt_t *opt = til_cmd_count.options;
    while (strcmp(opt->name, name) != 0) opt++;
    return *(const char *const *)(const void *)((const char *)args + opt->offset);
}

static int choice_of(const void *args, const char *name)
{
    const til_opt_t *opt = til_cmd_count.options;
    while (strcmp(opt->name, name) != 0) opt++;
    return *(const int *)(const void *)((const char *)args + opt->offset);
}

/* Whether an input line "NAME<tab>..." is about the file of this name. */
static bool is_about(const char *input, const char *name)
{
    size_t n = strcspn(input, "\t");
    return strlen(name) == n && memcmp(input, name, n) == 0;
}

static til_status_t misfit(til_ctx_t *ctx, const til_counts_tsv_t *t, const char *what)
{
    return til_fail(ctx, TIL_EINPUT,
                    "%s: %s: should be as tilseq count wrote it: was the table changed?", t->path,
                    what);
}

/* Finds the files that were counted, one per sample: the words that are no options. */
static til_status_t match_operands(til_ctx_t *ctx, const til_counts_tsv_t *t,
                                   const char *const *operands, int n_operands, recorded_t *r)
{
    size_t n = t->n_samples, n_before = 1 + r->aliases, at = 0;

    if (t->n_inputs != n_before + n || (size_t)n_operands != n)
        return misfit(ctx, t, "the files in its ##tilseq lines are not one per sample");
    for (size_t i = 0; i < n; i++) {
        while (r->words[at] != operands[i]) at++;
        if (!is_about(t->inputs[n_before + i], operands[i]))
            return misfit(ctx, t, "the command in its ##tilseq lines names other files than they");
        r->is_operand[at] = true;
        if (i == 0) r->first = at;
    }
    return TIL_OK;
}

/* Where the names of the samples stand: in a word of their own, or after --sample-names=. */
static void find_names(const char *value, recorded_t *r)
{
    size_t k = strlen(SAMPLE_NAMES) + 1;

    r->names = -1;
    for (size_t i = 0; value != NULL && i < r->n; i++) {
        bool long_form = strncmp(r->words[i], SAMPLE_NAMES, k - 1) == 0 &&
                         r->words[i][k - 1] == '=';
        if (value != r->words[i] && !(long_form && value == r->words[i] + k)) continue;
        r->names = (ptrdiff_t)i;
        r->names_at = value == r->words[i] ? 0 : k;
    }
}

/* How many words from word i on say the strand, which tables need not share: it is compared by what
 * is recorded of each sample. */
static size_t strand_words(const recorded_t *r, size_t i)
{
    const char *word = r->words[i];

    if (strcmp(word, "-s") == 0 || strcmp(word, "--strand") == 0) return i + 1 < r->n ? 2 : 1;
    return strcmp(word, "--each-strand") == 0 || strncmp(word, "--strand=", 9) == 0 ||
           strncmp(word, "-s", 2) == 0;
}

static til_status_t join_options(til_ctx_t *ctx, til_arena_t *arena, recorded_t *r)
{
    til_strbuf_t b = { 0 }, strand = { 0 };

    for (size_t i = 0; i < r->n; i++) {
        size_t n = strand_words(r, i);
        if (r->is_operand[i] || strncmp(r->words[i], "--qc=", 5) == 0) continue;
        if (strcmp(r->words[i], "--qc") == 0) {
            i++;
            continue;
        }
        if (n > 0) {
            for (size_t k = 0; k < n; k++) til_strbuf_printf(&strand, " %s", r->words[i + k]);
            i += n - 1;
            continue;
        }
        if (i > 0) til_strbuf_add_char(&b, ' ');
        if ((ptrdiff_t)i == r->names) {
            til_strbuf_add_n(&b, r->words[i], r->names_at);
            til_strbuf_add(&b, "...");
        } else {
            til_strbuf_add(&b, r->raw[i]);
        }
    }
    til_status_t status = til_keep_strbuf(ctx, arena, &b, &r->options);
    if (status == TIL_OK) status = til_keep_strbuf(ctx, arena, &strand, &r->strand);
    til_strbuf_clear(&b);
    til_strbuf_clear(&strand);
    return status;
}

static til_status_t take_apart(til_ctx_t *ctx, til_arena_t *arena, const til_counts_tsv_t *t,
                               recorded_t *r)
{
    enum { BEFORE = 2 }; /* tilseq count */
    til_status_t status = TIL_OK, parsed;
    til_ctx_t quiet = TIL_CTX_INIT;
    void *args = til_array(1, til_cmd_count.args_size);
    const char **operands = NULL;
    int n_operands = 0;

    if (args == NULL) return til_no_memory(ctx, 1, "command");
    memcpy(args, til_cmd_count.defaults, til_cmd_count.args_size);
    TIL_TRY(split_words(ctx, arena, t->command, r));
    operands = til_array(r->n, sizeof *operands);
    if (operands == NULL) TIL_TRY(til_no_memory(ctx, r->n, "words"));
    parsed = til_options_parse(&quiet, &til_cmd_count, (int)r->n - BEFORE, r->words + BEFORE, args,
                               operands, &n_operands, NULL);
    if (parsed == TIL_ENOMEM) TIL_TRY(til_no_memory(ctx, r->n, "words"));
    if (parsed != TIL_OK)
        TIL_TRY(til_fail(ctx, TIL_EINPUT,
                         "%s: the command in its ##tilseq lines: %s: should be one of tilseq count",
                         t->path, quiet.message));
    r->htseq = choice_of(args, "mode") != TIL_COUNT_FEATURECOUNTS;
    r->by_feature = choice_of(args, "level") != 0;
    r->aliases = value_of(args, "aliases") != NULL;
    find_names(value_of(args, "sample-names"), r);
    TIL_TRY(match_operands(ctx, t, operands, n_operands, r));
    TIL_TRY(join_options(ctx, arena, r));
done:
    til_options_clear(&til_cmd_count, args);
    free(operands);
    free(args);
    return status;
}

/* ---- parts of one whole -------------------------------------------------------------------- */

/* The first inputs of a table are its contig names and annotation, alike in all tables. */
static til_status_t check_files(til_ctx_t *ctx, const til_counts_tsv_t *first,
                                const til_counts_tsv_t *t)
{
    for (size_t i = 0; i < t->n_inputs - t->n_samples; i++) {
        const char *have = t->inputs[i], *want = first->inputs[i];
        size_t n = strcspn(have, "\t"), k = strcspn(want, "\t");
        if (strcmp(have, want) != 0)
            return til_fail(ctx, TIL_EINPUT,
                            "%s: counted with %.*s (%s): should be %.*s (%s), as "
                            "in %s: count all samples with one annotation",
                            t->path, (int)n, have, have + n + (have[n] != '\0'), (int)k, want,
                            want + k + (want[k] != '\0'), first->path);
    }
    return TIL_OK;
}

static til_status_t check_facts(til_ctx_t *ctx, const til_counts_tsv_t *first,
                                const til_counts_tsv_t *t)
{
    bool same = t->n_facts == first->n_facts;

    for (size_t i = 0; same && i < t->n_facts; i++)
        same = strcmp(t->facts[i], first->facts[i]) == 0;
    if (same) return TIL_OK;
    return til_fail(ctx, TIL_EINPUT,
                    "%s: other facts in its ##tilseq lines than %s has: should be the same",
                    t->path, first->path);
}

static til_status_t check_origin(til_ctx_t *ctx, til_partials_t *p, size_t i)
{
    til_status_t status = TIL_OK;
    const til_counts_tsv_t *first = &p->tables[0], *t = &p->tables[i];
    const recorded_t *wanted = &p->commands[0];
    recorded_t *r = &p->commands[i];

    if ((t->command == NULL) != (first->command == NULL))
        TIL_TRY(til_fail(ctx, TIL_EINPUT,
                         "%s: %s ##tilseq lines: should have %s, as %s has: count "
                         "all samples with --no-provenance or none",
                         t->path, t->command == NULL ? "no" : "has",
                         t->command == NULL ? "them" : "none", first->path));
    if (t->command == NULL) goto done;
    if (strcmp(t->version, first->version) != 0)
        TIL_TRY(til_fail(ctx, TIL_EINPUT,
                         "%s: counted by tilseq %s: should be %s, as in %s: count "
                         "all samples with one version",
                         t->path, t->version, first->version, first->path));
    TIL_TRY(take_apart(ctx, p->arena, t, r));
    if (strcmp(r->options, wanted->options) != 0)
        TIL_TRY(til_fail(ctx, TIL_EINPUT,
                         "%s: counted with '%s': should be '%s', as in %s: count "
                         "all samples with the same options",
                         t->path, r->options, wanted->options, first->path));
    p->strands_differ |= strcmp(r->strand, wanted->strand) != 0;
    TIL_TRY(check_files(ctx, first, t));
    TIL_TRY(check_facts(ctx, first, t));
done:
    return status;
}

static til_status_t check_samples(til_ctx_t *ctx, const til_partials_t *p)
{
    til_status_t status = TIL_OK;
    til_names_t *seen = til_names_new();
    size_t *table_of = til_array(p->n_samples, sizeof *table_of);

    if (seen == NULL || table_of == NULL) TIL_TRY(til_no_memory(ctx, p->n_samples, "samples"));
    for (size_t i = 0; i < p->n; i++)
        for (size_t s = 0; s < p->tables[i].n_samples; s++) {
            int is_new;
            ptrdiff_t id = til_names_add(seen, p->tables[i].samples[s], &is_new);
            if (id < 0) TIL_TRY(til_no_memory(ctx, p->n_samples, "samples"));
            if (is_new) table_of[id] = i;
            else
                TIL_TRY(til_fail(ctx, TIL_EINPUT,
                                 "%s: sample '%s': should be another one, %s has it: give each "
                                 "table once, or name all samples with --sample-names",
                                 p->tables[i].path, p->tables[i].samples[s],
                                 p->tables[table_of[id]].path));
        }
done:
    til_names_free(seen);
    free(table_of);
    return status;
}

/* ---- the strand ---------------------------------------------------------------------------- */

/* Finds FILE.summary, for FILE.gz also that of FILE; leaves `path` empty where there is none. */
static til_status_t find_summary(til_ctx_t *ctx, const char *table, til_strbuf_t *path)
{
    static const char *const endings[] = { ".summary", ".summary.gz" };
    size_t n = strlen(table);
    bool is_gz = n > 3 && strcmp(table + n - 3, ".gz") == 0;

    til_strbuf_reset(path);
    if (strcmp(table, "-") == 0) return TIL_OK;
    for (int cut = 0; cut <= is_gz; cut++)
        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
            til_strbuf_reset(path);
            til_strbuf_add_n(path, table, n - 3 * (size_t)cut);
            til_strbuf_add(path, endings[i]);
            if (path->failed) return til_no_memory(ctx, n, "bytes");
            if (access(path->text, F_OK) == 0) return TIL_OK;
        }
    til_strbuf_reset(path);
    return TIL_OK;
}

/* What is recorded of the strand of sample `s` of table `i`, as a text; NULL where nothing is. */
static const char *strand_of(const til_partials_t *p, size_t i, size_t s)
{
    const til_counts_tsv_t *t = &p->tables[i];
    const char *blank = t->n_strands == t->n_samples ? strrchr(t->strands[s], ' ') : NULL;
    return blank == NULL ? NULL : blank + 1;
}

/* The Strand row of FILE.summary into t, where it has one of these samples. */
static til_status_t strands_of_summary(til_ctx_t *ctx, til_counts_tsv_t *t)
{
    til_strbuf_t path = { 0 }, word = { 0 };
    til_text_t text = { 0 };
    til_counts_summary_t summary = { 0 };
    til_ctx_t quiet = TIL_CTX_INIT; /* what is wrong with the summary is told when it is merged */
    til_status_t status;

    TIL_TRY(find_summary(ctx, t->path, &path));
    if (path.length == 0 || til_text_read(&quiet, path.text, &text) != TIL_OK ||
        til_counts_summary_parse(&quiet, &text, &summary) != TIL_OK || summary.strands == NULL ||
        summary.n_samples != t->n_samples)
        goto done;
    for (size_t s = 0; s < t->n_samples; s++)
        if (strcmp(summary.samples[s], t->samples[s]) != 0) goto done;
    free(t->strands);
    t->strands = til_array_zero(t->n_samples, sizeof *t->strands);
    if (t->strands == NULL) TIL_TRY(til_no_memory(ctx, t->n_samples, "samples"));
    for (size_t s = 0; s < t->n_samples; s++) {
        til_strbuf_reset(&word);
        til_strbuf_printf(&word, "%s %s", t->samples[s], summary.strands[s]);
        TIL_TRY(til_keep_strbuf(ctx, t->arena, &word, &t->strands[s]));
    }
    t->n_strands = t->n_samples;
done:
    til_strbuf_clear(&path);
    til_strbuf_clear(&word);
    til_text_clear(&text);
    til_counts_summary_clear(&summary);
    return status;
}

/* Takes for table i what tilseq count --each-strand wrote of its sample under the setting that the
 * others have. */
static til_status_t take_way(til_ctx_t *ctx, til_partials_t *p, til_quant_table_t *inputs, size_t i,
                             const til_strand_record_t *record, til_stranded_t setting)
{
    til_counts_tsv_t *t = &p->tables[i], way = { 0 };
    til_quant_table_t table = { 0 };
    til_strand_record_t of_way;
    til_strbuf_t path = { 0 };
    const char *word = til_strand_setting_word(setting), *blank = NULL;
    til_status_t status = TIL_OK;

    til_strbuf_printf(&path, "%s.%s", t->path, word);
    if (path.failed) TIL_TRY(til_no_memory(ctx, 1, "path"));
    if (t->n_samples != 1 || access(path.text, F_OK) != 0)
        TIL_TRY(til_fail(ctx, TIL_EINPUT,
                         "%s was counted as %s, for want of evidence: the other samples say %s: "
                         "count it again with --strand %s, or each file with --each-strand",
                         t->samples[0], til_strand_setting_word(record->setting), word, word));
    TIL_TRY(til_quant_table_read(ctx, path.text, &table));
    if (table.text.data != NULL) {
        TIL_TRY(til_counts_tsv_head(ctx, &table.text, &way));
        if (way.is_own) TIL_TRY(strands_of_summary(ctx, &way));
    }
    if (way.n_strands == 1) blank = strrchr(way.strands[0], ' ');
    if (blank == NULL || way.n_samples != 1 || strcmp(way.samples[0], t->samples[0]) != 0 ||
        !til_strand_parse(blank + 1, &of_way) || of_way.given || of_way.setting != setting ||
        of_way.sense != record->sense || of_way.antisense != record->antisense)
        TIL_TRY(til_fail(ctx, TIL_EINPUT,
                         "%s: should be %s of %s counted as %s, with its summary: count it again "
                         "with --each-strand",
                         path.text, t->samples[0], t->path, word));
    til_say(ctx, TIL_LOG_NOTICE, "%s: counted as %s, as the other samples say", t->samples[0],
            word);
    TIL_TRY(til_keep_strbuf(ctx, t->arena, &path, &t->path));
    TIL_TRY(til_keep_text(ctx, t->arena, way.strands[0], &t->strands[0]));
    t->body = way.body;
    t->body_line = way.body_line;
    til_quant_table_clear(&inputs[i]);
    inputs[i] = table;
    table = (til_quant_table_t){ 0 };
done:
    til_counts_tsv_clear(&way);
    if (table.path != NULL) til_quant_table_clear(&table);
    til_strbuf_clear(&path);
    return status;
}

/* A matrix of several settings is what its samples were declared to be, which is said. */
static void warn_of_mixture(til_ctx_t *ctx, const til_strand_record_t *records,
                            const char *const *names, size_t n)
{
    til_strbuf_t b = { 0 };
    size_t n_settings = 0;

    for (int setting = 0; setting < TIL_STRANDED_AUTO; setting++) {
        size_t n_of = 0;
        const char *example = NULL;
        for (size_t k = 0; k < n; k++)
            if ((int)records[k].setting == setting && n_of++ == 0) example = names[k];
        if (n_of == 0) continue;
        til_strbuf_printf(&b, "%s%zu %s (%s%s)", n_settings++ > 0 ? ", " : "", n_of,
                          til_strand_setting_word((til_stranded_t)setting), example,
                          n_of > 1 ? ", ..." : "");
    }
    if (n_settings > 1)
        til_say(ctx, TIL_LOG_WARNING,
                "samples were counted under different strands, as was given: %s: genes with others "
                "on the opposite strand differ by it: let the design know",
                til_strbuf_text(&b));
    til_strbuf_clear(&b);
}

/* Samples counted apart each have the setting of their own reads: put together they must have one,
 * that of one call over all. */
static til_status_t check_strands(til_ctx_t *ctx, til_partials_t *p, til_quant_table_t *inputs)
{
    til_status_t status = TIL_OK;
    til_strand_record_t *records = til_array(p->n_samples, sizeof *records);
    const char **names = til_array(p->n_samples, sizeof *names);
    size_t *table_of = til_array(p->n_samples, sizeof *table_of);
    til_stranded_t setting;
    size_t n = 0;

    if (records == NULL || names == NULL || table_of == NULL)
        TIL_TRY(til_no_memory(ctx, p->n_samples, "samples"));
    for (size_t i = 0; i < p->n; i++) {
        if (!is_marked(p)) TIL_TRY(strands_of_summary(ctx, &p->tables[i]));
        for (size_t s = 0; s < p->tables[i].n_samples; s++) {
            const char *text = strand_of(p, i, s);
            if (text == NULL) continue;
            if (!til_strand_parse(text, &records[n]))
                TIL_TRY(misfit(ctx, &p->tables[i], "the strand of a sample is not legible"));
            table_of[n] = i;
            names[n++] = p->tables[i].samples[s];
        }
    }
    TIL_TRY(til_strand_of_cohort(ctx, records, names, n, &setting));
    for (size_t k = 0; k < n; k++) {
        if (records[k].given || records[k].setting == setting) continue;
        TIL_TRY(take_way(ctx, p, inputs, table_of[k], &records[k], setting));
        records[k].setting = setting;
    }
    warn_of_mixture(ctx, records, names, n);
done:
    free(records);
    free(names);
    free(table_of);
    return status;
}

/* Reads heads; *all_own is false as soon as one is no table of tilseq count. */
static til_status_t read_heads(til_ctx_t *ctx, const til_quant_table_t *inputs, til_partials_t *p,
                               bool *all_own)
{
    til_status_t status = TIL_OK;

    *all_own = true;
    for (size_t i = 0; i < p->n && *all_own; i++) {
        TIL_TRY(til_counts_tsv_head(ctx, &inputs[i].text, &p->tables[i]));
        *all_own = p->tables[i].is_own;
        p->n_samples += p->tables[i].n_samples;
    }
done:
    return status;
}

/* The rows, which must be those of the first table; the samples, which must not. */
static til_status_t read_rows(til_ctx_t *ctx, const til_quant_table_t *inputs, til_partials_t *p)
{
    til_status_t status = TIL_OK;
    for (size_t i = 0; i < p->n; i++)
        TIL_TRY(til_counts_tsv_rows(ctx, &inputs[i].text, i == 0 ? NULL : &p->tables[0],
                                    &p->tables[i]));
    if (!p->renamed) TIL_TRY(check_samples(ctx, p));
done:
    return status;
}

til_status_t til_partials_read(til_ctx_t *ctx, til_quant_table_t *inputs, size_t n, bool renamed,
                               til_partials_t **out)
{
    til_status_t status = TIL_OK;
    til_partials_t *p = NULL;
    bool all_own = false;

    *out = NULL;
    if (n < 2) return TIL_OK;
    for (size_t i = 0; i < n; i++)
        if (inputs[i].text.data == NULL) return TIL_OK;
    p = til_array_zero(1, sizeof *p);
    if (p == NULL) TIL_TRY(til_no_memory(ctx, n, "tables"));
    *p = (til_partials_t){ .n = n,
                           .renamed = renamed,
                           .arena = til_arena_new(),
                           .tables = til_array_zero(n, sizeof *p->tables),
                           .commands = til_array_zero(n, sizeof *p->commands) };
    if (p->arena == NULL || p->tables == NULL || p->commands == NULL)
        TIL_TRY(til_no_memory(ctx, n, "tables"));
    TIL_TRY(read_heads(ctx, inputs, p, &all_own));
    if (!all_own) goto done;
    for (size_t i = 0; i < n; i++) TIL_TRY(check_origin(ctx, p, i));
    TIL_TRY(check_strands(ctx, p, inputs));
    status = read_rows(ctx, inputs, p);
    if (status == TIL_EINPUT && !is_marked(p)) {
        /* nothing says that tilseq wrote them: tables of genes by name, then */
        til_ctx_forgive(ctx);
        status = TIL_OK;
        all_own = false;
    }
    if (status != TIL_OK || !all_own) goto done;
    /* a table of genes that has one twice was changed: the reader of matrices refuses it */
    all_own = !p->tables[0].repeats || !is_marked(p) || p->commands[0].by_feature;
done:
    if (status == TIL_OK && all_own) *out = p;
    else til_partials_free(p);
    return status;
}

void til_partials_free(til_partials_t *p)
{
    if (p == NULL) return;
    for (size_t i = 0; p->tables != NULL && i < p->n; i++) til_counts_tsv_clear(&p->tables[i]);
    free(p->tables);
    free(p->commands);
    til_arena_free(p->arena);
    free(p);
}

size_t til_partials_n_rows(const til_partials_t *p) { return p->tables[0].n_rows; }
bool til_partials_repeat_ids(const til_partials_t *p) { return p->tables[0].repeats; }

size_t til_partials_samples(const til_partials_t *p, size_t i, char *const **names)
{
    *names = p->tables[i].samples;
    return p->tables[i].n_samples;
}

/* ---- the table ----------------------------------------------------------------------------- */

/* The words of one call: the operands of all tables stand where those of the first begin. */
static void add_command(const til_partials_t *p, char *const *names, til_strbuf_t *b)
{
    const recorded_t *first = &p->commands[0];
    til_strbuf_t word = { 0 };

    if (first->names >= 0) til_strbuf_add_n(&word, first->words[first->names], first->names_at);
    for (size_t s = 0; s < p->n_samples; s++)
        til_strbuf_printf(&word, "%s%s", s > 0 ? "," : "", names[s]);
    til_strbuf_add(b, "tilseq count");
    if (first->names < 0 && p->renamed) {
        til_strbuf_printf(b, " %s ", SAMPLE_NAMES);
        til_shell_add_word(b, til_strbuf_text(&word));
    }
    for (size_t i = 2; i < first->n; i++) {
        size_t n_strand = strand_words(first, i);
        if (n_strand > 0 && (p->strands_differ || strcmp(first->words[i], "--each-strand") == 0)) {
            i += n_strand - 1;
            continue;
        }
        if ((ptrdiff_t)i == first->names) {
            til_strbuf_add_char(b, ' ');
            til_shell_add_word(b, til_strbuf_text(&word));
        } else if (!first->is_operand[i]) til_strbuf_printf(b, " %s", first->raw[i]);
        if (i != first->first) continue;
        for (size_t k = 0; k < p->n; k++)
            for (size_t w = 0; w < p->commands[k].n; w++)
                if (p->commands[k].is_operand[w])
                    til_strbuf_printf(b, " %s", p->commands[k].raw[w]);
    }
    b->failed |= word.failed;
    til_strbuf_clear(&word);
}

/* What til_job_provenance would have written in one call. */
static void put_provenance(const til_partials_t *p, char *const *names, til_out_t *out)
{
    const til_counts_tsv_t *first = &p->tables[0];
    til_strbuf_t b = { 0 };

    til_strbuf_printf(&b, "##tilseq\tversion\t%s\n##tilseq\tcommand\t", first->version);
    add_command(p, names, &b);
    til_strbuf_add_char(&b, '\n');
    for (size_t i = 0; i < p->n; i++) {
        const til_counts_tsv_t *t = &p->tables[i];
        for (size_t k = i == 0 ? 0 : t->n_inputs - t->n_samples; k < t->n_inputs; k++)
            til_strbuf_printf(&b, "##tilseq\tinput\t%s\n", t->inputs[k]);
    }
    for (size_t i = 0; i < first->n_facts; i++) til_strbuf_printf(&b, "%s\n", first->facts[i]);
    for (size_t i = 0, at = 0; i < p->n; i++)
        for (size_t s = 0; s < p->tables[i].n_samples; s++, at++)
            if (strand_of(p, i, s) != NULL)
                til_strbuf_printf(&b, "##tilseq\tstrand\t%s %s\n", names[at], strand_of(p, i, s));
    til_out_strbuf(out, &b);
    til_strbuf_clear(&b);
}

static void put_names(const til_partials_t *p, char *const *names, til_out_t *out)
{
    for (size_t s = 0; s < p->n_samples; s++) {
        til_out_char(out, '\t');
        til_out_text(out, names[s]);
    }
    til_out_char(out, '\n');
}

/* Writes a line of `text` from *at on, without its end, and passes over it. */
static void put_line(til_out_t *out, const til_strbuf_t *text, size_t *at)
{
    const char *line = text->text + *at;
    size_t n = (size_t)((const char *)memchr(line, '\n', text->length - *at) - line);

    til_out_write(out, line, n);
    *at += n + 1;
}

static til_status_t write_table(til_ctx_t *ctx, til_job_t *job, const til_partials_t *p,
                                const char *path, char *const *names)
{
    til_status_t status = TIL_OK;
    size_t *at = til_array_zero(p->n, sizeof *at), head = 0;
    til_out_t *out;

    if (at == NULL) TIL_TRY(til_no_memory(ctx, p->n, "tables"));
    TIL_TRY(til_job_open(ctx, job, path, &out));
    if (is_marked(p) && job->common->provenance != TIL_PROVENANCE_NONE)
        put_provenance(p, names, out);
    til_out_text(out, "gene_id\tgene_name\tlength");
    put_names(p, names, out);
    for (size_t row = 0; row < p->tables[0].n_rows; row++) {
        put_line(out, &p->tables[0].heads, &head);
        for (size_t i = 0; i < p->n; i++) put_line(out, &p->tables[i].cells, &at[i]);
        til_out_char(out, '\n');
    }
    TIL_TRY(til_out_close(ctx, out));
done:
    free(at);
    return status;
}

/* ---- the summary --------------------------------------------------------------------------- */

/* *paths: a summary for each table; when one is missing *complete is false and a notice says so. */
static til_status_t find_summaries(til_ctx_t *ctx, const til_partials_t *p, const char *output,
                                   til_arena_t *arena, char ***paths, bool *complete)
{
    til_status_t status = TIL_OK;
    til_strbuf_t path = { 0 }, lacking = { 0 };
    size_t n_missing = 0;

    TIL_TRY(til_keep_array(ctx, arena, p->n, sizeof **paths, paths));
    for (size_t i = 0; i < p->n; i++) {
        TIL_TRY(find_summary(ctx, p->tables[i].path, &path));
        TIL_TRY(til_keep_strbuf(ctx, arena, &path, &(*paths)[i]));
        if (path.length > 0 || n_missing++ > 0) continue;
        if (strcmp(p->tables[i].path, "-") == 0) til_strbuf_add(&lacking, "that of standard input");
        else til_strbuf_printf(&lacking, "%s.summary", p->tables[i].path);
    }
    *complete = n_missing == 0;
    if (*complete) goto done;
    if (n_missing > 1) til_strbuf_printf(&lacking, " and %zu more are", n_missing - 1);
    else til_strbuf_add(&lacking, " is");
    til_say(ctx, TIL_LOG_NOTICE,
            "%s.summary is not written: %s missing: put what tilseq count "
            "wrote beside each table and merge again",
            output, til_strbuf_text(&lacking));
done:
    til_strbuf_clear(&path);
    til_strbuf_clear(&lacking);
    return status;
}

/* A summary, and which of its rows stands for each row of one call; NULL where it has none. */
typedef struct {
    til_counts_summary_t table;
    const char *cells[TIL_N_FATES];
} summary_t;

static til_status_t place_rows(til_ctx_t *ctx, const char *path, bool htseq, summary_t *s)
{
    til_fate_t rows[TIL_N_FATES];
    size_t n_always, at = 0;

    til_count_summary_rows(htseq, rows, &n_always);
    for (size_t i = 0; i < TIL_N_FATES; i++) {
        const char *want = til_count_summary_name(htseq, rows[i]);
        const char *have = at < s->table.n_rows ? s->table.names[at] : "";
        if (strcmp(have, want) == 0) s->cells[i] = s->table.cells[at++];
        else if (i < n_always)
            return til_fail(ctx, TIL_EINPUT,
                            "%s: row %zu is '%s': should be '%s', as tilseq count "
                            "writes it beside this table",
                            path, at + 1, have, want);
    }
    if (at < s->table.n_rows)
        return til_fail(ctx, TIL_EINPUT,
                        "%s: row %zu is '%s': should not be there beside this table", path, at + 1,
                        s->table.names[at]);
    return TIL_OK;
}

static til_status_t check_columns(til_ctx_t *ctx, const char *path, const til_counts_tsv_t *t,
                                  const til_counts_summary_t *s)
{
    if (s->n_samples != t->n_samples)
        return til_fail(ctx, TIL_EINPUT, "%s: %zu samples: should be the %zu of %s", path,
                        s->n_samples, t->n_samples, t->path);
    for (size_t i = 0; i < t->n_samples; i++)
        if (strcmp(s->samples[i], t->samples[i]) != 0)
            return til_fail(ctx, TIL_EINPUT, "%s: sample '%s': should be '%s', as in %s", path,
                            s->samples[i], t->samples[i], t->path);
    return TIL_OK;
}

/* Tables without ##tilseq lines do not say their mode: the first summary does. */
static bool is_htseq(const til_partials_t *p, const til_counts_summary_t *first)
{
    if (is_marked(p)) return p->commands[0].htseq;
    return first->n_rows > 1 && strncmp(first->names[1], "__", 2) == 0;
}

static til_status_t read_summaries(til_ctx_t *ctx, til_job_t *job, const til_partials_t *p,
                                   char *const *paths, summary_t *summaries)
{
    til_status_t status = TIL_OK;
    til_text_t text = { 0 };

    for (size_t i = 0; i < p->n; i++) {
        til_counts_summary_t *s = &summaries[i].table;
        TIL_TRY(til_text_read(ctx, paths[i], &text));
        TIL_TRY(til_job_input(ctx, job, paths[i], text.sha256, 0));
        TIL_TRY(til_counts_summary_parse(ctx, &text, s));
        TIL_TRY(check_columns(ctx, paths[i], &p->tables[i], s));
        TIL_TRY(place_rows(ctx, paths[i], is_htseq(p, &summaries[0].table), &summaries[i]));
        til_text_clear(&text);
    }
done:
    til_text_clear(&text);
    return status;
}

/* The row of texts, where some summary has it. */
static void put_strands(const til_partials_t *p, const summary_t *summaries, til_out_t *out)
{
    bool any = false;
    for (size_t k = 0; k < p->n; k++) any |= summaries[k].table.strands != NULL;
    if (!any) return;
    til_out_text(out, TIL_STRAND_ROW);
    for (size_t k = 0; k < p->n; k++)
        for (size_t s = 0; s < p->tables[k].n_samples; s++)
            til_out_printf(out, "\t%s",
                           summaries[k].table.strands == NULL ? "NA"
                                                              : summaries[k].table.strands[s]);
    til_out_char(out, '\n');
}

static void put_summaries(const til_partials_t *p, const summary_t *summaries, char *const *names,
                          til_out_t *out)
{
    til_fate_t rows[TIL_N_FATES];
    size_t n_always;
    bool htseq = is_htseq(p, &summaries[0].table);

    til_count_summary_rows(htseq, rows, &n_always);
    til_out_text(out, "Status");
    put_names(p, names, out);
    for (size_t i = 0; i < TIL_N_FATES; i++) {
        bool any = false;
        for (size_t k = 0; k < p->n; k++) any |= summaries[k].cells[i] != NULL;
        if (!any) continue;
        til_out_text(out, til_count_summary_name(htseq, rows[i]));
        for (size_t k = 0; k < p->n; k++) {
            if (summaries[k].cells[i] != NULL) til_out_text(out, summaries[k].cells[i]);
            for (size_t s = 0; s < p->tables[k].n_samples && summaries[k].cells[i] == NULL; s++)
                til_out_text(out, "\t0");
        }
        til_out_char(out, '\n');
    }
    put_strands(p, summaries, out);
}

static til_status_t write_summary(til_ctx_t *ctx, til_job_t *job, const til_partials_t *p,
                                  const char *output, char *const *names)
{
    til_status_t status = TIL_OK;
    til_arena_t *arena = til_arena_new();
    summary_t *summaries = til_array_zero(p->n, sizeof *summaries);
    til_strbuf_t path = { 0 };
    char **paths = NULL;
    bool complete;
    til_out_t *out;

    til_strbuf_printf(&path, "%s.summary", output);
    if (arena == NULL || summaries == NULL || path.failed)
        TIL_TRY(til_no_memory(ctx, p->n, "summaries"));
    TIL_TRY(find_summaries(ctx, p, output, arena, &paths, &complete));
    if (!complete) goto done;
    TIL_TRY(read_summaries(ctx, job, p, paths, summaries));
    TIL_TRY(til_job_open(ctx, job, path.text, &out));
    put_summaries(p, summaries, names, out);
    TIL_TRY(til_out_close(ctx, out));
done:
    for (size_t i = 0; summaries != NULL && i < p->n; i++)
        til_counts_summary_clear(&summaries[i].table);
    free(summaries);
    til_strbuf_clear(&path);
    til_arena_free(arena);
    return status;
}

til_status_t til_partials_write(til_ctx_t *ctx, til_job_t *job, const til_partials_t *p,
                                const char *prefix, char *const *names)
{
    til_status_t status = TIL_OK;
    til_strbuf_t path = { 0 };

    til_strbuf_printf(&path, "%s.counts.tsv", prefix);
    if (path.failed) TIL_TRY(til_no_memory(ctx, strlen(prefix), "bytes"));
    TIL_TRY(write_table(ctx, job, p, path.text, names));
    TIL_TRY(write_summary(ctx, job, p, path.text, names));
done:
    til_strbuf_clear(&path);
    return status;
}
