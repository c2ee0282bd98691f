/* run_plan.c -- plan.yaml: written, read, laid under what was typed. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/nearest.h"
#include "base/try.h"
#include "cli/commands.h"
#include "cli/run_plan.h"
#include "config.h"
#include "io/text/yaml.h"
#include "tasks/job.h"

/* The sections, in order, and the options that always stand in a plan; others when they were given. */
static const struct {
    const char *section, *comment, *always;
} sections[] = {
    { "questions", "what is compared", " design contrast pair time arm adjust strata reference " },
    { "samples", "who takes part", " exclude include " },
    { "signatures", "gene sets and scores", " sets scores species min-size max-size " },
    { "engines", "how it is computed",
      " method test filter alpha gsea-method score-method norm-method " },
    { "other", "further settings", " title seed " }
};
enum { N_SECTIONS = sizeof sections / sizeof *sections };

static bool is_listed(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = list; (p = strstr(p, name)) != NULL; p += n)
        if (p[-1] == ' ' && p[n] == ' ') return true;
    return false;
}

bool til_is_planned(const til_opt_t *opt)
{
    return opt->kind != TIL_OPT_OUTPUT &&
           !is_listed(
               " counts lengths annotation index transcripts tx2gene jobs memory dry-run plan "
               "plan-sha256 threads quiet verbose provenance no-provenance help ",
               opt->name);
}

/* The section of an option that is not in any list: what it is about. */
static size_t section_of(const til_opt_t *opt)
{
    if (is_listed(" trend factor drop-na block collapse ", opt->name)) return 0;
    if (is_listed(" subset genes ", opt->name)) return 1;
    for (size_t k = 0; k < N_SECTIONS; k++)
        if (is_listed(sections[k].always, opt->name)) return k;
    return 3;
}

static const void *value_of(const til_opt_t *opt, const til_run_args_t *args)
{
    return (const char *)args + opt->offset;
}

/* ---- writing ------------------------------------------------------------------------------- */

/* A text as YAML in double quotes. */
static void add_quoted(til_strbuf_t *b, const char *text)
{
    til_strbuf_add_char(b, '"');
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') til_strbuf_printf(b, "\\%c", c);
        else if (c < 0x20 || c == 0x7f) til_strbuf_printf(b, "\\x%02x", c);
        else til_strbuf_add_char(b, (char)c);
    }
    til_strbuf_add_char(b, '"');
}

static void add_value(til_strbuf_t *b, const til_opt_t *opt, const void *value)
{
    const til_list_t *list;
    const char *text;

    switch (opt->kind) {
    case TIL_OPT_FLAG: til_strbuf_add(b, *(const bool *)value ? "yes" : "no"); break;
    case TIL_OPT_TEXT:
    case TIL_OPT_FILE:
    case TIL_OPT_OUTPUT:
        text = *(const char *const *)value;
        if (text == NULL) til_strbuf_add(b, "~");
        else add_quoted(b, opt->kind == TIL_OPT_FILE ? til_base_name(text) : text);
        break;
    case TIL_OPT_INT: til_strbuf_printf(b, "%lld", (long long)*(const int64_t *)value); break;
    case TIL_OPT_NUMBER: til_strbuf_add_number(b, *(const double *)value); break;
    case TIL_OPT_CHOICE:
        if (*(const int *)value < 0) til_strbuf_add(b, "~");
        else {
            text = ((const til_words_t *)opt->value)->words[*(const int *)value];
            til_strbuf_add_n(b, text, strcspn(text, "|"));
        }
        break;
    case TIL_OPT_LIST:
    case TIL_OPT_WORDS:
    case TIL_OPT_EXPRESSIONS:
        list = value;
        til_strbuf_add_char(b, '[');
        for (size_t i = 0; i < list->n; i++) {
            if (i > 0) til_strbuf_add(b, ", ");
            add_quoted(b, list->items[i]);
        }
        til_strbuf_add_char(b, ']');
        break;
    }
}

static bool same_value(const til_opt_t *opt, const til_run_args_t *a, const til_run_args_t *b)
{
    til_strbuf_t x = { 0 }, y = { 0 };

    add_value(&x, opt, value_of(opt, a));
    add_value(&y, opt, value_of(opt, b));
    bool same = strcmp(til_strbuf_text(&x), til_strbuf_text(&y)) == 0;
    til_strbuf_clear(&x);
    til_strbuf_clear(&y);
    return same;
}

static bool is_usual(const til_opt_t *opt, const til_run_args_t *args)
{
    return same_value(opt, args, til_cmd_run.defaults);
}

static til_status_t add_line(til_ctx_t *ctx, til_strbuf_t *b, const til_opt_t *opt,
                             const til_run_args_t *args)
{
    enum { COMMENT_AT = 44 };
    const char *path = opt->kind == TIL_OPT_FILE ? *(const char *const *)value_of(opt, args) : NULL;
    size_t start = b->length;
    til_status_t status = TIL_OK;

    til_strbuf_printf(b, "  %s: ", opt->name);
    add_value(b, opt, value_of(opt, args));
    while (!b->failed && b->length - start < COMMENT_AT) til_strbuf_add_char(b, ' ');
    til_strbuf_add(b, " # ");
    for (const char *c = opt->help; *c != '\0'; c++) til_strbuf_add_char(b, *c == '\n' ? ' ' : *c);
    til_strbuf_add_char(b, '\n');
    if (path != NULL) {
        char sha256[TIL_SHA256_TEXT];
        status = til_sha256_file(ctx, path, sha256);
        if (status == TIL_OK)
            til_strbuf_printf(b, "  %s-sha256: %s # digest of that file\n", opt->name, sha256);
    }
    return status;
}

til_status_t til_plan_write(til_ctx_t *ctx, const til_run_args_t *args, const char *about,
                            til_out_t *out)
{
    til_strbuf_t b = { 0 };
    til_status_t status = TIL_OK;

    til_strbuf_printf(
        &b,
        "# The plan of an analysis: tilseq run SHEET --plan THIS. What a run is asked "
        "beyond it is done and marked as not planned.\n%s"
        "tilseq: \"%s\" # the version it was made for\n",
        about, PACKAGE_VERSION);
    for (size_t k = 0; k < N_SECTIONS; k++) {
        til_strbuf_printf(&b, "%s: # %s\n", sections[k].section, sections[k].comment);
        for (const til_opt_t *opt = til_cmd_run.options; opt->name != NULL; opt++)
            if (til_is_planned(opt) && section_of(opt) == k &&
                (is_listed(sections[k].always, opt->name) || !is_usual(opt, args)))
                TIL_TRY(add_line(ctx, &b, opt, args));
    }
    til_out_strbuf(out, &b);
done:
    til_strbuf_clear(&b);
    return status;
}

/* ---- reading ------------------------------------------------------------------------------- */

typedef struct {
    til_ctx_t *ctx;
    til_plan_t *plan;
    til_arena_t *arena;
    char **words;
    size_t n_words, capacity;
} reader_t;

static til_status_t add_word(reader_t *r, const char *text)
{
    til_status_t status = til_grow(r->ctx, &r->words, &r->capacity, r->n_words + 2,
                                   sizeof *r->words);
    if (status == TIL_OK) status = til_keep_text(r->ctx, r->arena, text, &r->words[r->n_words]);
    if (status == TIL_OK) r->words[++r->n_words] = NULL;
    return status;
}

static til_status_t unknown_key(reader_t *r, const til_yaml_t *entry)
{
    enum { MOST = 512 };
    const char *names[MOST];
    til_strbuf_t hint = { 0 };
    size_t n = 0;

    for (const til_opt_t *o = til_cmd_run.options; o->name != NULL && n < MOST; o++)
        if (til_is_planned(o)) names[n++] = o->name;
    til_add_nearest(&hint, entry->key, names, n);
    til_status_t status = til_fail(r->ctx, TIL_EINPUT, "%s:%zu: a plan has no '%s'%s",
                                   r->plan->path, entry->line, entry->key, til_strbuf_text(&hint));
    til_strbuf_clear(&hint);
    return status;
}

/* A file of the plan: as named, else beside the plan; its digest must be the plan's. */
static til_status_t take_file(reader_t *r, const til_yaml_t *map, const til_yaml_t *entry)
{
    const char *slash = strrchr(r->plan->path, '/');
    til_strbuf_t path = { 0 }, key = { 0 };
    char sha256[TIL_SHA256_TEXT];
    const til_yaml_t *digest;
    til_status_t status;

    if (access(entry->text, R_OK) != 0 && slash != NULL && entry->text[0] != '/')
        til_strbuf_add_n(&path, r->plan->path, (size_t)(slash + 1 - r->plan->path));
    til_strbuf_add(&path, entry->text);
    til_strbuf_printf(&key, "%s-sha256", entry->key);
    TIL_TRY(til_sha256_file(r->ctx, til_strbuf_text(&path), sha256));
    digest = til_yaml_get(map, til_strbuf_text(&key));
    if (digest == NULL || digest->kind != TIL_YAML_TEXT || strcmp(digest->text, sha256) != 0) {
        status = til_fail(
            r->ctx, TIL_EINPUT,
            "%s:%zu: %s %s has the digest %s, the plan's is %s: it is not the file that "
            "was planned",
            r->plan->path, entry->line, entry->key, til_strbuf_text(&path), sha256,
            digest == NULL || digest->kind != TIL_YAML_TEXT ? "missing" : digest->text);
        goto done;
    }
    TIL_TRY(add_word(r, til_strbuf_text(&path)));
done:
    til_strbuf_clear(&key);
    til_strbuf_clear(&path);
    return status;
}

static til_status_t bad_value(reader_t *r, const til_yaml_t *entry, const char *wanted)
{
    return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: %s: %s is wanted", r->plan->path, entry->line,
                    entry->key, wanted);
}

static til_status_t take_option(reader_t *r, const til_yaml_t *map, const til_yaml_t *entry,
                                const til_opt_t *opt)
{
    til_strbuf_t name = { 0 };
    bool is_list = opt->kind == TIL_OPT_LIST || opt->kind == TIL_OPT_WORDS ||
                   opt->kind == TIL_OPT_EXPRESSIONS;
    til_status_t status = TIL_OK;

    til_strbuf_printf(&name, "--%s", opt->name);
    if (is_list) {
        if (entry->kind != TIL_YAML_LIST) status = bad_value(r, entry, "a list");
        for (const til_yaml_t *e = entry->first; e != NULL && status == TIL_OK; e = e->next) {
            if (e->kind != TIL_YAML_TEXT) status = bad_value(r, entry, "a list of texts");
            if (status == TIL_OK) status = add_word(r, til_strbuf_text(&name));
            if (status == TIL_OK) status = add_word(r, e->text);
        }
        goto done;
    }
    if (entry->kind != TIL_YAML_TEXT) {
        status = bad_value(r, entry, "one value");
        goto done;
    }
    if (opt->kind == TIL_OPT_FLAG) {
        bool yes = strcmp(entry->text, "yes") == 0 || strcmp(entry->text, "true") == 0;
        if (!yes && strcmp(entry->text, "no") != 0 && strcmp(entry->text, "false") != 0)
            status = bad_value(r, entry, "yes or no");
        else if (yes) status = add_word(r, til_strbuf_text(&name));
        goto done;
    }
    if (entry->text[0] == '\0') goto done; /* ~: not given */
    TIL_TRY(add_word(r, til_strbuf_text(&name)));
    if (opt->kind == TIL_OPT_FILE) status = take_file(r, map, entry);
    else status = add_word(r, entry->text);
done:
    til_strbuf_clear(&name);
    return status;
}

/* The digest of a file stands beside it and is asked for with it. */
static bool is_digest(const til_yaml_t *map, const char *key)
{
    static const char end[] = "-sha256";
    size_t n = strlen(key), m = sizeof end - 1;
    char name[64];

    if (n <= m || n - m >= sizeof name || strcmp(key + n - m, end) != 0) return false;
    memcpy(name, key, n - m);
    name[n - m] = '\0';
    return til_yaml_get(map, name) != NULL;
}

static til_status_t take_section(reader_t *r, const til_yaml_t *map)
{
    til_status_t status = TIL_OK;

    for (const til_yaml_t *e = map->first; e != NULL && status == TIL_OK; e = e->next) {
        const til_opt_t *opt = til_option_long(til_cmd_run.options, e->key, strlen(e->key));
        if (is_digest(map, e->key)) continue;
        if (opt == NULL || !til_is_planned(opt)) status = unknown_key(r, e);
        else status = take_option(r, map, e, opt);
    }
    return status;
}

static til_status_t take_document(reader_t *r, const til_yaml_t *root)
{
    til_status_t status = TIL_OK;

    if (root == NULL || root->kind != TIL_YAML_MAP || til_yaml_get(root, "tilseq") == NULL)
        return til_fail(r->ctx, TIL_EINPUT,
                        "%s: is no plan: `tilseq plan SHEET` writes one, which begins with tilseq: "
                        "and the version",
                        r->plan->path);
    for (const til_yaml_t *e = root->first; e != NULL && status == TIL_OK; e = e->next) {
        bool is_section = false;
        if (strcmp(e->key, "tilseq") == 0) {
            status = til_keep_text(r->ctx, r->arena, e->kind == TIL_YAML_TEXT ? e->text : "",
                                   &r->plan->version);
            continue;
        }
        for (size_t k = 0; k < N_SECTIONS; k++)
            is_section |= strcmp(sections[k].section, e->key) == 0;
        if (!is_section) status = unknown_key(r, e);
        else if (e->kind == TIL_YAML_MAP) status = take_section(r, e);
        else if (e->kind != TIL_YAML_TEXT || e->text[0] != '\0')
            status = bad_value(r, e, "a section with its options");
    }
    return status;
}

til_status_t til_plan_read(til_ctx_t *ctx, const char *path, til_plan_t *out)
{
    reader_t r = { .ctx = ctx, .plan = out, .arena = til_arena_new() };
    til_ctx_t quiet = TIL_CTX_INIT;
    til_text_t text = { 0 };
    til_yaml_file_t file = { 0 };
    const char **operands = NULL;
    til_status_t status;
    int n_operands;

    *out = (til_plan_t){ .kept = r.arena };
    memcpy(&out->args, til_cmd_run.defaults, sizeof out->args);
    if (r.arena == NULL) return til_no_memory(ctx, 1, "plan");
    TIL_TRY(til_keep_text(ctx, r.arena, path, &out->path));
    TIL_TRY(til_text_read(ctx, path, &text));
    memcpy(out->sha256, text.sha256, sizeof out->sha256);
    TIL_TRY(til_keep_text_n(ctx, r.arena, text.data + text.at, text.size - text.at, &out->text));
    TIL_TRY(til_yaml_read(ctx, &text, &file));
    TIL_TRY(take_document(&r, file.root));
    operands = til_array(r.n_words + 1, sizeof *operands);
    if (operands == NULL) TIL_TRY(til_no_memory(ctx, r.n_words, "words"));
    if (r.n_words > 0 && til_options_parse(&quiet, &til_cmd_run, (int)r.n_words, r.words,
                                           &out->args, operands, &n_operands, NULL) != TIL_OK)
        status = til_fail(ctx, TIL_EINPUT, "%s: %s", path, quiet.message);
done:
    free(operands);
    free(r.words);
    til_yaml_clear(&file);
    til_text_clear(&text);
    if (status != TIL_OK) til_plan_clear(out);
    return status;
}

void til_plan_clear(til_plan_t *plan)
{
    if (plan->kept == NULL) return;
    til_options_clear(&til_cmd_run, &plan->args);
    free(plan->not_planned);
    til_arena_free(plan->kept);
    *plan = (til_plan_t){ 0 };
}

/* ---- the plan and what was typed ----------------------------------------------------------- */

static til_status_t note_line(til_ctx_t *ctx, til_plan_t *plan, const til_strbuf_t *line)
{
    char **lines = realloc(plan->not_planned, (plan->n_not_planned + 1) * sizeof *lines);
    til_status_t status;

    if (lines == NULL) return til_no_memory(ctx, plan->n_not_planned, "lines");
    plan->not_planned = lines;
    status = til_keep_strbuf(ctx, plan->kept, line, &lines[plan->n_not_planned]);
    if (status == TIL_OK) plan->n_not_planned++;
    return status;
}

/* "option<tab>planned<tab>done" */
static til_status_t note(til_ctx_t *ctx, til_plan_t *plan, const til_opt_t *opt, const char *done)
{
    til_strbuf_t b = { 0 };
    til_status_t status;

    til_strbuf_printf(&b, "%s\t", opt->name);
    add_value(&b, opt, value_of(opt, &plan->args));
    til_strbuf_printf(&b, "\t%s", done);
    status = note_line(ctx, plan, &b);
    til_strbuf_clear(&b);
    return status;
}

/* Whether two files are the same, by their digests; their names may be anything. */
static til_status_t same_file(til_ctx_t *ctx, const char *a, const char *b, bool *same)
{
    char first[TIL_SHA256_TEXT], second[TIL_SHA256_TEXT];
    til_status_t status = TIL_OK;

    *same = a == b;
    if (a == NULL || b == NULL || *same) return TIL_OK;
    TIL_TRY(til_sha256_file(ctx, a, first));
    TIL_TRY(til_sha256_file(ctx, b, second));
    *same = strcmp(first, second) == 0;
done:
    return status;
}

/* The plan's items, then those typed that it has not. */
static til_status_t join_lists(til_ctx_t *ctx, til_plan_t *plan, const til_opt_t *opt,
                               til_list_t *typed)
{
    const til_list_t *planned = value_of(opt, &plan->args);
    til_list_t both = { til_array(planned->n + typed->n, sizeof *both.items), 0 };
    til_status_t status = TIL_OK;

    if (both.items == NULL) return til_no_memory(ctx, planned->n + typed->n, "words");
    for (size_t i = 0; i < planned->n; i++) both.items[both.n++] = planned->items[i];
    for (size_t i = 0; i < typed->n && status == TIL_OK; i++) {
        bool known = false;
        for (size_t k = 0; k < planned->n; k++)
            known |= strcmp(planned->items[k], typed->items[i]) == 0;
        if (known) continue;
        both.items[both.n++] = typed->items[i];
        status = note(ctx, plan, opt, typed->items[i]);
    }
    free(typed->items);
    *typed = both;
    return status;
}

static size_t size_of(const til_opt_t *opt)
{
    switch (opt->kind) {
    case TIL_OPT_FLAG: return sizeof(bool);
    case TIL_OPT_INT: return sizeof(int64_t);
    case TIL_OPT_NUMBER: return sizeof(double);
    case TIL_OPT_CHOICE: return sizeof(int);
    default: return sizeof(const char *);
    }
}

static til_status_t join_values(til_ctx_t *ctx, til_plan_t *plan, const til_opt_t *opt,
                                til_run_args_t *args)
{
    til_strbuf_t typed = { 0 };
    til_status_t status = TIL_OK;
    bool same = same_value(opt, args, &plan->args);

    if (is_usual(opt, args)) {
        memcpy((char *)args + opt->offset, value_of(opt, &plan->args), size_of(opt));
        return TIL_OK;
    }
    add_value(&typed, opt, value_of(opt, args));
    if (opt->kind == TIL_OPT_FILE)
        status = same_file(ctx, *(const char *const *)value_of(opt, args),
                           *(const char *const *)value_of(opt, &plan->args), &same);
    if (status == TIL_OK && !same) status = note(ctx, plan, opt, til_strbuf_text(&typed));
    til_strbuf_clear(&typed);
    return status;
}

til_status_t til_plan_apply(til_ctx_t *ctx, til_plan_t *plan, til_run_args_t *args)
{
    til_status_t status = TIL_OK;

    if (strcmp(plan->version, PACKAGE_VERSION) != 0) {
        til_strbuf_t line = { 0 };
        til_strbuf_printf(&line, "tilseq\t%s\t%s", plan->version, PACKAGE_VERSION);
        status = note_line(ctx, plan, &line);
        til_strbuf_clear(&line);
    }

    for (const til_opt_t *opt = til_cmd_run.options; opt->name != NULL && status == TIL_OK; opt++) {
        if (!til_is_planned(opt)) continue;
        bool is_list = opt->kind == TIL_OPT_LIST || opt->kind == TIL_OPT_WORDS ||
                       opt->kind == TIL_OPT_EXPRESSIONS;
        status = is_list ? join_lists(ctx, plan, opt, (til_list_t *)((char *)args + opt->offset))
                         : join_values(ctx, plan, opt, args);
    }
    return status;
}
