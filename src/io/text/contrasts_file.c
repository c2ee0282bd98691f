/* contrasts_file.c -- files of contrasts as nf-core/differentialabundance reads them.
 *
 * Both forms are first brought to the same record of texts, in which lists are cut by ';', and
 * then turned into a til_contrast_spec_t in one place.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/try.h"
#include "design/model_matrix.h"
#include "io/text/contrasts_file.h"
#include "io/text/tsv.h"
#include "io/text/yaml.h"

/* The columns of a table, and what the entries of a YAML item become. */
enum {
    ID,
    VARIABLE,
    REFERENCE,
    TARGET,
    BLOCKING,
    EXCLUDE_COLUMN,
    EXCLUDE_VALUES,
    FORMULA,
    EXPRESSION,
    N_PARTS
};

static const char *const part_names[N_PARTS] = { "id",
                                                 "variable",
                                                 "reference",
                                                 "target",
                                                 "blocking",
                                                 "exclude_samples_col",
                                                 "exclude_samples_values",
                                                 "formula",
                                                 "make_contrasts_str" };

typedef struct {
    til_ctx_t *ctx;
    const char *path;
    size_t line;
    const char *parts[N_PARTS]; /* "" where nothing is said */
    til_contrast_specs_t *specs;
} record_t;

static til_status_t wrong(const record_t *r, const char *what)
{
    return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: %s", r->path, r->line, what);
}

/* ---- one contrast -------------------------------------------------------------------- */

/* Cuts `text` at ';' into copies; blanks around each are dropped, empty ones left out. */
static til_status_t cut_list(til_ctx_t *ctx, til_arena_t *arena, const char *text, char ***items,
                             size_t *n)
{
    til_status_t status = TIL_OK;
    size_t room = 1;

    for (const char *c = text; *c != '\0'; c++) room += *c == ';';
    *n = 0;
    TIL_TRY(til_keep_array(ctx, arena, room, sizeof **items, items));
    while (*text != '\0') {
        size_t length = strcspn(text, ";"), end = length;
        const char *begin = text;
        text += text[length] == ';' ? length + 1 : length;
        while (end > 0 && (*begin == ' ' || *begin == '\t')) begin++, end--;
        while (end > 0 && (begin[end - 1] == ' ' || begin[end - 1] == '\t')) end--;
        if (end > 0) TIL_TRY(til_keep_text_n(ctx, arena, begin, end, &(*items)[(*n)++]));
    }

done:
    return status;
}

/* "~ block1 + block2 + variable". */
static til_status_t write_formula(const record_t *r, til_arena_t *arena, char **formula)
{
    til_status_t status = TIL_OK;
    til_strbuf_t b = { 0 };
    char **blocks;
    size_t n;

    TIL_TRY(cut_list(r->ctx, arena, r->parts[BLOCKING], &blocks, &n));
    til_strbuf_add(&b, "~ ");
    for (size_t i = 0; i < n; i++) {
        til_model_variable_name(&b, blocks[i]);
        til_strbuf_add(&b, " + ");
    }
    til_model_variable_name(&b, r->parts[VARIABLE]);
    TIL_TRY(til_keep_strbuf(r->ctx, arena, &b, formula));

done:
    til_strbuf_clear(&b);
    return status;
}

static til_status_t check_record(const record_t *r)
{
    const char *const *p = r->parts;
    bool has_all = p[VARIABLE][0] != '\0' && p[REFERENCE][0] != '\0' && p[TARGET][0] != '\0';
    bool has_any = p[VARIABLE][0] != '\0' || p[REFERENCE][0] != '\0' || p[TARGET][0] != '\0';

    if (p[EXPRESSION][0] == '\0' && !has_all)
        return wrong(r, has_any ? "a comparison is variable, reference and target: one is missing"
                                : "a contrast has variable, reference and target, or formula and "
                                  "make_contrasts_str");
    if (p[EXPRESSION][0] != '\0' && p[FORMULA][0] == '\0')
        return wrong(r, "make_contrasts_str needs a formula");
    if (p[EXPRESSION][0] != '\0' && p[ID][0] == '\0')
        return wrong(r, "a contrast by make_contrasts_str needs an id");
    if (p[FORMULA][0] != '\0' && p[BLOCKING][0] != '\0')
        return wrong(r, "formula and blocking factors exclude each other: write them into the "
                        "formula");
    if ((p[EXCLUDE_COLUMN][0] == '\0') != (p[EXCLUDE_VALUES][0] == '\0'))
        return wrong(r, "exclude_samples_col and exclude_samples_values stand together");
    return TIL_OK;
}

static char *or_null(const char *text) { return text[0] == '\0' ? NULL : (char *)text; }

static til_status_t add_record(const record_t *r)
{
    til_status_t status = TIL_OK;
    til_arena_t *arena = til_arena_new();
    til_strbuf_t where = { 0 };
    til_contrast_spec_t spec = { 0 };

    if (arena == NULL) return til_no_memory(r->ctx, 1, "contrasts");
    TIL_TRY(check_record(r));
    til_strbuf_printf(&where, "%s:%zu: ", r->path, r->line);
    TIL_TRY(til_keep_strbuf(r->ctx, arena, &where, &spec.where));
    spec.id = or_null(r->parts[ID]);
    spec.formula = or_null(r->parts[FORMULA]);
    spec.expression = or_null(r->parts[EXPRESSION]);
    if (spec.expression == NULL) {
        spec.variable = or_null(r->parts[VARIABLE]);
        spec.reference = or_null(r->parts[REFERENCE]);
        spec.target = or_null(r->parts[TARGET]);
    }
    if (r->parts[BLOCKING][0] != '\0') TIL_TRY(write_formula(r, arena, &spec.formula));
    if (r->parts[EXCLUDE_COLUMN][0] != '\0') {
        spec.exclude_column = or_null(r->parts[EXCLUDE_COLUMN]);
        TIL_TRY(cut_list(r->ctx, arena, r->parts[EXCLUDE_VALUES], &spec.exclude_values,
                         &spec.n_exclude_values));
    }
    TIL_TRY(til_contrast_specs_add(r->ctx, r->specs, &spec));

done:
    til_strbuf_clear(&where);
    til_arena_free(arena);
    return status;
}

/* ---- tables -------------------------------------------------------------------------- */

static int find_part(const char *name)
{
    if (strcmp(name, "blocking_factors") == 0) return BLOCKING;
    for (int i = 0; i < N_PARTS; i++)
        if (strcmp(part_names[i], name) == 0) return i;
    return -1;
}

/* Which part each of the n header fields is; the required ones must be there. */
static til_status_t read_header(record_t *r, char *const *fields, size_t n, int *part_of)
{
    bool has[N_PARTS] = { false };

    for (size_t i = 0; i < n; i++) {
        int part = part_of[i] = find_part(fields[i]);
        if (part < 0) {
            til_say(r->ctx, TIL_LOG_NOTICE, "%s:%zu: column '%s' is not used", r->path, r->line,
                    fields[i]);
            continue;
        }
        if (has[part])
            return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: column %s stands twice", r->path, r->line,
                            part_names[part]);
        has[part] = true;
    }
    if (has[VARIABLE] && has[REFERENCE] && has[TARGET]) return TIL_OK;
    if (has[FORMULA] && has[EXPRESSION]) return TIL_OK;
    return wrong(r, "a table of contrasts has the columns id,variable,reference,target or "
                    "id,formula,make_contrasts_str");
}

static til_status_t read_table(record_t *r, til_text_t *text)
{
    til_status_t status = TIL_OK;
    char **fields = NULL, *line;
    int *part_of = NULL;
    size_t capacity = 0, n, n_header = 0, length;
    char delimiter = '\t';

    while (til_text_next_data(text, &line, &length)) {
        if (length == 0) continue;
        r->line = text->line;
        if (part_of == NULL) delimiter = til_tsv_delimiter(line, length);
        TIL_TRY(til_tsv_split(r->ctx, r->path, r->line, line, length, delimiter, &fields, &capacity,
                              &n));
        if (part_of == NULL) {
            part_of = til_array(n, sizeof *part_of);
            if (part_of == NULL) {
                status = til_no_memory(r->ctx, n, "columns");
                goto done;
            }
            n_header = n;
            TIL_TRY(read_header(r, fields, n, part_of));
            continue;
        }
        if (n > n_header) {
            status = til_fail(r->ctx, TIL_EINPUT, "%s:%zu: %zu fields where the header has %zu",
                              r->path, r->line, n, n_header);
            goto done;
        }
        for (int i = 0; i < N_PARTS; i++) r->parts[i] = "";
        for (size_t i = 0; i < n; i++)
            if (part_of[i] >= 0 && strcmp(fields[i], "NA") != 0) r->parts[part_of[i]] = fields[i];
        TIL_TRY(add_record(r));
    }

done:
    free(part_of);
    free(fields);
    return status;
}

/* ---- YAML ---------------------------------------------------------------------------- */

/* A text, or the texts of a list with ';' between them. */
static til_status_t join_texts(record_t *r, const til_yaml_t *node, til_arena_t *arena,
                               const char **out)
{
    til_status_t status = TIL_OK;
    til_strbuf_t b = { 0 };
    char *kept;

    r->line = node->line;
    if (node->kind == TIL_YAML_MAP) return wrong(r, "text or a list should stand here");
    if (node->kind == TIL_YAML_TEXT) til_strbuf_add(&b, node->text);
    for (const til_yaml_t *item = node->first; item != NULL; item = item->next) {
        if (item->kind != TIL_YAML_TEXT) {
            status = wrong(r, "the items of this list should be text");
            goto done;
        }
        til_strbuf_printf(&b, "%s%s", b.length > 0 ? ";" : "", item->text);
    }
    TIL_TRY(til_keep_strbuf(r->ctx, arena, &b, &kept));
    *out = kept;

done:
    til_strbuf_clear(&b);
    return status;
}

/* comparison: [variable, reference, target] */
static til_status_t read_comparison(record_t *r, const til_yaml_t *list)
{
    static const int order[] = { VARIABLE, REFERENCE, TARGET };
    const til_yaml_t *item = list->first;

    r->line = list->line;
    for (size_t i = 0; i < 3; i++, item = item->next) {
        if (list->kind != TIL_YAML_LIST || item == NULL || item->kind != TIL_YAML_TEXT)
            return wrong(r, "comparison is a list of three: [variable, reference, target]");
        r->parts[order[i]] = item->text;
    }
    return item == NULL ? TIL_OK
                        : wrong(r, "comparison is a list of three: [variable, reference, target]");
}

static til_status_t read_item(record_t *r, const til_yaml_t *item, til_arena_t *arena)
{
    til_status_t status = TIL_OK;

    r->line = item->line;
    if (item->kind != TIL_YAML_MAP)
        return wrong(r, "a contrast is a map with id and comparison, or id, formula and "
                        "make_contrasts_str");
    for (int i = 0; i < N_PARTS; i++) r->parts[i] = "";
    for (const til_yaml_t *entry = item->first; entry != NULL; entry = entry->next) {
        int part = find_part(entry->key);
        if (strcmp(entry->key, "comparison") == 0) TIL_TRY(read_comparison(r, entry));
        else if (part >= 0) TIL_TRY(join_texts(r, entry, arena, &r->parts[part]));
        else
            til_say(r->ctx, TIL_LOG_NOTICE, "%s:%zu: '%s' is not used", r->path, entry->line,
                    entry->key);
    }
    r->line = item->line;
    TIL_TRY(add_record(r));

done:
    return status;
}

static til_status_t read_yaml(record_t *r, const til_text_t *text)
{
    til_status_t status = TIL_OK;
    til_yaml_file_t file = { 0 };

    TIL_TRY(til_yaml_read(r->ctx, text, &file));
    const til_yaml_t *list = til_yaml_get(file.root, "contrasts");
    if (list == NULL) list = file.root;
    r->line = list == NULL ? 1 : list->line;
    if (list == NULL || list->kind != TIL_YAML_LIST) {
        status = wrong(r, "a list should stand below 'contrasts:'");
        goto done;
    }
    for (const til_yaml_t *item = list->first; item != NULL; item = item->next)
        TIL_TRY(read_item(r, item, file.arena));

done:
    til_yaml_clear(&file);
    return status;
}

/* ---- both ---------------------------------------------------------------------------- */

/* YAML when the first line that is neither empty nor a remark is "---", a list item, or ends its
 * first word with a colon; a header of a table has no colon. */
static bool looks_like_yaml(const til_text_t *text)
{
    const char *at = text->data, *end = text->data + text->size;

    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t n = (size_t)((stop == NULL ? end : stop) - at);
        while (n > 0 && (*at == ' ' || *at == '\t' || *at == '\r')) at++, n--;
        if (n > 0 && *at != '#') {
            size_t word = 0;
            while (word < n && strchr(" \t\r,;:", at[word]) == NULL) word++;
            return *at == '-' || *at == '[' || *at == '{' || (word < n && at[word] == ':');
        }
        at += n + 1;
    }
    return false;
}

til_status_t til_contrasts_read(til_ctx_t *ctx, til_text_t *text, til_contrast_specs_t *specs)
{
    record_t r = { .ctx = ctx, .path = text->path, .line = 1, .specs = specs };
    size_t before = specs->n_specs;
    til_status_t status = looks_like_yaml(text) ? read_yaml(&r, text) : read_table(&r, text);

    if (status == TIL_OK && specs->n_specs == before)
        status = til_fail(ctx, TIL_EINPUT, "%s: no contrasts in this file", text->path);
    return status;
}
