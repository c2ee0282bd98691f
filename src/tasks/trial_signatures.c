/* trial_signatures.c -- what a trial is asked about: sets, scores, genes and measured values. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/names.h"
#include "base/try.h"
#include "io/text/builtin.h"
#include "io/text/gmt.h"
#include "io/text/table_tsv.h"
#include "math/order.h"
#include "score/definition.h"
#include "score/universe.h"
#include "tasks/trial_signatures.h"

/* What the steps below share. */
typedef struct {
    til_job_t *job;
    const til_trial_asked_t *asked;
    til_matrix_t *m;
    bool is_log;
    til_species_t species;
    til_genesets_t shipped; /* sets of the species; none where it is not known   */
    til_score_rows_t rows;  /* scores that ship                                  */
    til_table_t index;      /* genesets/INDEX.tsv                                */
    til_gene_ids_t ids;     /* other names of genes                              */
    til_score_universe_t genes;
    til_genesets_t words; /* what definitions may name                         */
    til_trial_signatures_t *out;
} gathering_t;

static void gathering_clear(gathering_t *g)
{
    til_genesets_clear(&g->shipped);
    til_score_rows_clear(&g->rows);
    til_table_clear(&g->index);
    til_score_universe_clear(&g->genes);
    til_gene_ids_clear(&g->ids);
    til_genesets_clear(&g->words);
}

/* ---- adding ------------------------------------------------------------------------------- */

static til_trial_signature_t *find(const til_trial_signatures_t *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->items[i].name, name) == 0) return &s->items[i];
    return NULL;
}

/* What genesets/INDEX.tsv says that a set or score reads out; "" where it says nothing. */
static const char *readout_of(const gathering_t *g, const char *name)
{
    const til_column_t *names = til_table_column(&g->index, "name");
    const til_column_t *readout = til_table_column(&g->index, "readout");

    for (size_t i = 0; readout != NULL && i < g->index.n_rows; i++)
        if (strcmp(names->text[i], name) == 0)
            return readout->text[i] == NULL ? "" : readout->text[i];
    return "";
}

/* The rows of genes, each once, in `rows`; how many were found. */
static til_status_t find_rows(til_ctx_t *ctx, const gathering_t *g, size_t n,
                              const char *const *genes, const size_t **rows, size_t *n_rows)
{
    size_t *list, n_found = 0;
    til_status_t status = TIL_OK;

    TIL_TRY(til_keep_array(ctx, g->out->arena, n, sizeof *list, &list));
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t gene = til_score_universe_find(&g->genes, genes[i]);
        bool is_new = gene >= 0;
        for (size_t k = 0; k < n_found && is_new; k++) is_new = list[k] != g->genes.rows[gene];
        if (is_new) list[n_found++] = g->genes.rows[gene];
    }
    *rows = list;
    *n_rows = n_found;
done:
    return status;
}

static til_status_t add(til_ctx_t *ctx, gathering_t *g, til_trial_signature_t *what)
{
    til_trial_signatures_t *out = g->out;
    char *name, *readout;
    til_status_t status = TIL_OK;

    if (find(out, what->name) != NULL)
        return til_fail(
            ctx, TIL_EINPUT,
            "two signatures are called %s: names of sets, scores and values must differ",
            what->name);
    TIL_TRY(til_keep_text(ctx, out->arena, what->name, &name));
    TIL_TRY(til_keep_text(ctx, out->arena, readout_of(g, what->name), &readout));
    what->name = name;
    what->readout = readout;
    TIL_TRY(til_grow(ctx, &out->items, &out->capacity, out->n + 1, sizeof *out->items));
    out->items[out->n++] = *what;
done:
    return status;
}

static til_status_t add_set(til_ctx_t *ctx, gathering_t *g, const char *name, size_t n,
                            const char *const *genes, bool is_reference)
{
    til_trial_signature_t what = { .name = name, .kind = TIL_TRIAL_SET, .n_genes = n };
    til_status_t status = TIL_OK;

    TIL_TRY(find_rows(ctx, g, n, genes, &what.a, &what.n_a));
    what.n_found = what.n_a;
    what.is_reference = is_reference;
    if (n == 1) what.kind = TIL_TRIAL_GENE;
    if (is_reference && what.n_a == 0) goto done;
    TIL_TRY(add(ctx, g, &what));
done:
    return status;
}

static til_status_t add_geneset(til_ctx_t *ctx, gathering_t *g, const til_geneset_t *set,
                                bool is_reference)
{
    return add_set(ctx, g, set->name, set->n_genes, (const char *const *)set->genes, is_reference);
}

static til_status_t add_row(til_ctx_t *ctx, gathering_t *g, const char *name, const double *values)
{
    til_trial_signature_t what = { .name = name, .kind = TIL_TRIAL_VALUE, .values = values };
    return add(ctx, g, &what);
}

/* ---- scores ------------------------------------------------------------------------------- */

/* Scores that are more than genes: computed per sample from log values, added as values. */
static til_status_t compute_scores(til_ctx_t *ctx, gathering_t *g, const til_score_def_t *defs,
                                   size_t n, const char *origin)
{
    til_matrix_t logs = { 0 };
    til_table_t coverage = { 0 };
    til_status_t status = TIL_OK;

    if (n == 0) return TIL_OK;
    double *per_read = til_array(g->m->n_cols, sizeof *per_read);
    if (per_read == NULL) return til_no_memory(ctx, g->m->n_cols, "samples");
    TIL_TRY(til_matrix_select(ctx, g->m, NULL, 0, NULL, 0, &logs));
    TIL_TRY(til_score_to_log(ctx, g->is_log ? TIL_SCORE_INPUT_LOG : TIL_SCORE_INPUT_COUNTS, &logs,
                             per_read));
    const til_score_values_t values = { &logs, NULL, g->is_log ? NULL : per_read };
    TIL_TRY(til_score_defs(ctx, defs, n, origin, &g->words, &values, &g->ids, &g->out->scores,
                           &coverage, NULL));
    for (size_t i = 0; i < n; i++) {
        TIL_TRY(add_row(ctx, g, defs[i].name, til_matrix_row(&g->out->scores, i)));
        til_trial_signature_t *what = &g->out->items[g->out->n - 1];
        what->n_genes = (size_t)til_table_column(&coverage, "n_genes")->number[i];
        what->n_found = (size_t)til_table_column(&coverage, "n_found")->number[i];
    }
done:
    free(per_read);
    til_matrix_clear(&logs);
    til_table_clear(&coverage);
    return status;
}

/* A ratio or a set where the definition is one; *taken says whether it was. */
static til_status_t add_score(til_ctx_t *ctx, gathering_t *g, const til_score_def_t *def,
                              const char *origin, bool *taken)
{
    til_score_parsed_t parsed;
    til_trial_signature_t what = { .name = def->name, .kind = TIL_TRIAL_RATIO };
    til_status_t status;

    *taken = true;
    TIL_TRY(til_score_parse(ctx, def, origin, &g->words, &parsed));
    switch (parsed.type) {
    case TIL_SCORE_MEAN:
    case TIL_SCORE_GEOMEAN:
    case TIL_SCORE_GEOMEAN_LOG:
        TIL_TRY(add_set(ctx, g, def->name, parsed.a.n, parsed.a.genes, false));
        break;
    case TIL_SCORE_LOG_RATIO:
    case TIL_SCORE_RATIO:
        what.n_genes = parsed.a.n + parsed.b.n;
        TIL_TRY(find_rows(ctx, g, parsed.a.n, parsed.a.genes, &what.a, &what.n_a));
        TIL_TRY(find_rows(ctx, g, parsed.b.n, parsed.b.genes, &what.b, &what.n_b));
        what.n_found = what.n_a + what.n_b;
        TIL_TRY(add(ctx, g, &what));
        break;
    default: *taken = false;
    }
done:
    til_score_parsed_clear(&parsed);
    return status;
}

static til_status_t add_scores(til_ctx_t *ctx, gathering_t *g, const til_score_rows_t *rows)
{
    til_score_def_t *rest = til_array(rows->n, sizeof *rest);
    size_t n_rest = 0;
    til_status_t status = TIL_OK;

    if (rest == NULL) return til_no_memory(ctx, rows->n, "scores");
    for (size_t i = 0; i < rows->n; i++) {
        bool taken;
        TIL_TRY(add_score(ctx, g, &rows->defs[i], rows->text.path, &taken));
        if (!taken) rest[n_rest++] = rows->defs[i];
    }
    TIL_TRY(compute_scores(ctx, g, rest, n_rest, rows->text.path));
done:
    free(rest);
    return status;
}

/* ---- files -------------------------------------------------------------------------------- */

static til_status_t read_sets(til_ctx_t *ctx, gathering_t *g, til_genesets_t *sets)
{
    til_text_t text = { 0 };
    til_genesets_t more = { 0 };
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < g->asked->sets.n; i++) {
        TIL_TRY(til_text_read(ctx, g->asked->sets.items[i], &text));
        TIL_TRY(til_job_input(ctx, g->job, g->asked->sets.items[i], text.sha256, 0));
        TIL_TRY(til_gmt_read(ctx, &text, &more));
        if (i == 0) TIL_TRY(til_genesets_set_origin(ctx, sets, more.origin));
        for (size_t k = 0; k < more.n_sets; k++)
            TIL_TRY(til_genesets_add(ctx, sets, more.sets[k].name, more.sets[k].about,
                                     more.sets[k].genes, more.sets[k].n_genes, more.sets[k].line,
                                     NULL));
        til_genesets_clear(&more);
        til_text_clear(&text);
    }
done:
    til_genesets_clear(&more);
    til_text_clear(&text);
    return status;
}

static til_status_t read_scores(til_ctx_t *ctx, gathering_t *g, til_score_rows_t *rows)
{
    til_text_t text = { 0 };
    til_status_t status = TIL_OK;

    if (g->asked->scores == NULL) return TIL_OK;
    TIL_TRY(til_text_read(ctx, g->asked->scores, &text));
    TIL_TRY(til_job_input(ctx, g->job, g->asked->scores, text.sha256, 0));
    TIL_TRY(til_score_rows_read(ctx, &text, g->species, rows));
done:
    til_text_clear(&text);
    return status;
}

/* The rows of --values in the order of the sheet; a sample without a column has no value. */
static til_status_t read_values(til_ctx_t *ctx, gathering_t *g, const til_sheet_t *sheet)
{
    const til_input_args_t plain = { 0 };
    til_matrix_t file = { 0 };
    til_names_t *columns = NULL;
    size_t n_absent = 0;
    til_status_t status = TIL_OK;

    if (g->asked->values == NULL) return TIL_OK;
    TIL_TRY(til_load_matrix(ctx, g->job, g->asked->values, TIL_VALUES_ANY, &plain, &file));
    TIL_TRY(til_names_index(ctx, file.col_names, file.n_cols, &columns));
    TIL_TRY(til_matrix_init(ctx, file.n_rows, sheet->n_samples, &g->out->values));
    for (size_t s = 0; s < sheet->n_samples; s++) {
        ptrdiff_t column = til_names_find(columns, sheet->samples[s]);
        n_absent += column < 0;
        for (size_t i = 0; i < file.n_rows; i++)
            til_matrix_row(&g->out->values, i)[s] = column < 0 ? NAN
                                                               : til_matrix_row(&file, i)[column];
    }
    if (n_absent == sheet->n_samples)
        TIL_TRY(
            til_fail(ctx, TIL_EINPUT,
                     "%s: no column is a sample of %s: the matrix has %s, ..., the sheet %s, ...",
                     file.origin, sheet->origin, file.n_cols > 0 ? file.col_names[0] : "none",
                     sheet->samples[0]));
    if (n_absent > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%s: %zu of %zu samples have no column: their values are missing", file.origin,
                n_absent, sheet->n_samples);
    for (size_t i = 0; i < file.n_rows; i++)
        TIL_TRY(add_row(ctx, g, file.row_names[i], til_matrix_row(&g->out->values, i)));
done:
    til_names_free(columns);
    til_matrix_clear(&file);
    return status;
}

/* ---- what ships --------------------------------------------------------------------------- */

static til_status_t load_shipped(til_ctx_t *ctx, gathering_t *g)
{
    til_text_t text = { 0 };
    til_status_t status = TIL_OK;

    TIL_TRY(til_builtin_text(ctx, "INDEX.tsv", &text));
    TIL_TRY(til_table_read(ctx, &text, &g->index));
    const til_gene_rows_t rows = til_matrix_gene_rows(g->m);
    TIL_TRY(til_species_of(ctx, g->asked->species, &rows, &g->species));
    TIL_TRY(til_shipped_ids(ctx, g->species, &g->ids));
    if (g->species == TIL_SPECIES_UNKNOWN) goto done;
    til_text_clear(&text);
    TIL_TRY(til_shipped_sets(ctx, g->species, &g->shipped));
    TIL_TRY(til_builtin_text(ctx, "scores.tsv", &text));
    TIL_TRY(til_score_rows_read(ctx, &text, g->species, &g->rows));
done:
    til_text_clear(&text);
    return status;
}

static const til_score_def_t *find_shipped_score(const gathering_t *g, const char *name)
{
    for (size_t i = 0; i < g->rows.n; i++)
        if (strcmp(g->rows.defs[i].name, name) == 0) return &g->rows.defs[i];
    return NULL;
}

/* Adds what ships under a name; *known says whether anything does. */
static til_status_t add_shipped(til_ctx_t *ctx, gathering_t *g, const char *name, bool *known)
{
    const til_geneset_t *set = til_genesets_find(&g->shipped, name);
    const til_score_def_t *def = find_shipped_score(g, name);
    bool taken = true;
    til_status_t status = TIL_OK;

    *known = set != NULL || def != NULL;
    if (set != NULL) return add_geneset(ctx, g, set, false);
    if (def == NULL) return TIL_OK;
    TIL_TRY(add_score(ctx, g, def, g->rows.text.path, &taken));
    if (!taken) TIL_TRY(compute_scores(ctx, g, def, 1, g->rows.text.path));
done:
    return status;
}

/* The signatures of the headline, in its order. */
static til_status_t add_headline(til_ctx_t *ctx, gathering_t *g)
{
    const til_column_t *names = til_table_column(&g->index, "name");
    const til_column_t *species = til_table_column(&g->index, "species");
    const til_column_t *place = til_table_column(&g->index, "headline");
    size_t *order = til_array(g->index.n_rows, sizeof *order);
    til_status_t status = TIL_OK;

    if (order == NULL) return til_no_memory(ctx, g->index.n_rows, "signatures");
    if (place == NULL || place->type != TIL_COLUMN_NUMBER)
        TIL_TRY(til_fail(ctx, TIL_EINTERNAL, "INDEX.tsv: no numbers in column headline"));
    TIL_TRY(til_order(ctx, g->index.n_rows, place->number, false, order));
    for (size_t k = 0; k < g->index.n_rows; k++) {
        size_t i = order[k];
        bool known;
        if (isnan(place->number[i]) || strcmp(species->text[i], til_species_name(g->species)) != 0)
            continue;
        TIL_TRY(add_shipped(ctx, g, names->text[i], &known));
        g->out->items[g->out->n - 1].is_primary = true;
    }
done:
    free(order);
    return status;
}

static til_status_t add_references(til_ctx_t *ctx, gathering_t *g)
{
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < g->shipped.n_sets; i++)
        if (find(g->out, g->shipped.sets[i].name) == NULL)
            TIL_TRY(add_geneset(ctx, g, &g->shipped.sets[i], true));
done:
    return status;
}

/* ---- primary ------------------------------------------------------------------------------ */

static til_status_t make_primary(til_ctx_t *ctx, gathering_t *g, const char *name)
{
    til_trial_signature_t *what = find(g->out, name);
    bool known = what != NULL;
    til_status_t status = TIL_OK;

    if (!known && g->m != NULL) TIL_TRY(add_shipped(ctx, g, name, &known));
    if (!known && g->m != NULL && til_score_universe_find(&g->genes, name) >= 0) {
        TIL_TRY(add_set(ctx, g, name, 1, &name, false));
        known = true;
    }
    if (!known)
        return til_fail(ctx, TIL_EUSAGE,
                        "--primary: '%s' is no signature of -g, --scores or --values, no set or "
                        "score that ships (tilseq sets list) and no gene of the matrix",
                        name);
    find(g->out, name)->is_primary = true;
done:
    return status;
}

static til_status_t choose_primary(til_ctx_t *ctx, gathering_t *g)
{
    til_status_t status = TIL_OK;
    char *name = NULL;

    for (size_t i = 0; i < g->asked->primary.n; i++)
        for (const char *at = g->asked->primary.items[i]; at != NULL;) {
            const char *end = strchr(at, ',');
            TIL_TRY(til_keep_text_n(ctx, g->out->arena, at,
                                    end == NULL ? strlen(at) : (size_t)(end - at), &name));
            TIL_TRY(make_primary(ctx, g, name));
            at = end == NULL ? NULL : end + 1;
        }
done:
    return status;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static til_status_t name_genes(til_ctx_t *ctx, gathering_t *g, const til_genesets_t *sets)
{
    til_status_t status = TIL_OK;

    TIL_TRY(til_genesets_set_origin(ctx, &g->words, sets->n_sets > 0 ? sets->origin : "tilseq"));
    for (int shipped = 0; shipped < 2; shipped++) {
        const til_genesets_t *from = shipped ? &g->shipped : sets;
        for (size_t i = 0; i < from->n_sets; i++)
            if (!shipped || til_genesets_find(&g->words, from->sets[i].name) == NULL)
                TIL_TRY(til_genesets_add(ctx, &g->words, from->sets[i].name, "",
                                         from->sets[i].genes, from->sets[i].n_genes, 0, NULL));
    }
    TIL_TRY(til_name_rows(ctx, g->species, &g->ids, &g->words, g->m));
    TIL_TRY(til_score_universe_init(ctx, g->m, &g->ids, false, &g->genes));
done:
    return status;
}

static til_status_t say_coverage(til_ctx_t *ctx, const gathering_t *g)
{
    size_t n_wanted = 0, n_found = 0;

    for (size_t i = 0; i < g->out->n; i++)
        if (!g->out->items[i].is_reference) {
            n_wanted += g->out->items[i].n_genes;
            n_found += g->out->items[i].n_found;
        }
    if (n_wanted > 0 && n_found == 0)
        return til_fail(ctx, TIL_EINPUT,
                        "%s: not one of %zu genes of the signatures is in the matrix, whose rows "
                        "are called %s, ...: give their symbols with --genes",
                        g->m->origin, n_wanted, til_matrix_label(g->m, 0));
    if (n_found < n_wanted)
        til_say(ctx, TIL_LOG_NOTICE,
                "%zu of %zu genes of the signatures are in the matrix: n_found says of which",
                n_found, n_wanted);
    return TIL_OK;
}

til_status_t til_trial_signatures_gather(til_ctx_t *ctx, til_job_t *job,
                                         const til_trial_asked_t *asked, const til_sheet_t *sheet,
                                         til_matrix_t *m, bool is_log, til_trial_signatures_t *out)
{
    gathering_t g = { .job = job, .asked = asked, .m = m, .is_log = is_log, .out = out };
    bool is_default = asked->sets.n == 0 && asked->scores == NULL && asked->values == NULL;
    til_genesets_t sets = { 0 };
    til_score_rows_t rows = { 0 };
    til_status_t status = TIL_OK;

    *out = (til_trial_signatures_t){ .arena = til_arena_new() };
    if (out->arena == NULL) TIL_TRY(til_no_memory(ctx, 1, "signatures"));
    g.species = TIL_SPECIES_UNKNOWN;
    if (m != NULL) {
        TIL_TRY(load_shipped(ctx, &g));
        TIL_TRY(read_sets(ctx, &g, &sets));
        TIL_TRY(read_scores(ctx, &g, &rows));
        TIL_TRY(name_genes(ctx, &g, &sets));
        for (size_t i = 0; i < sets.n_sets; i++)
            TIL_TRY(add_geneset(ctx, &g, &sets.sets[i], false));
        TIL_TRY(add_scores(ctx, &g, &rows));
    }
    TIL_TRY(read_values(ctx, &g, sheet));
    if (is_default && g.species == TIL_SPECIES_UNKNOWN && asked->primary.n == 0)
        TIL_TRY(
            til_fail(ctx, TIL_EINPUT,
                     "%s: no row (%s, ...) is named like a human or mouse gene: give names with "
                     "--genes, sets with -g, or --species",
                     m->origin, m->n_rows > 0 ? til_matrix_label(m, 0) : "none"));
    if (is_default && asked->primary.n == 0) TIL_TRY(add_headline(ctx, &g));
    TIL_TRY(choose_primary(ctx, &g));
    for (size_t i = 0; i < out->n && asked->primary.n == 0; i++) out->items[i].is_primary = true;
    if (m != NULL) {
        TIL_TRY(add_references(ctx, &g));
        TIL_TRY(say_coverage(ctx, &g));
        TIL_TRY(til_job_remark(ctx, job, "species", "%s", til_species_name(g.species)));
    }
done:
    gathering_clear(&g);
    til_genesets_clear(&sets);
    til_score_rows_clear(&rows);
    if (status != TIL_OK) til_trial_signatures_clear(out);
    return status;
}

void til_trial_signatures_clear(til_trial_signatures_t *signatures)
{
    if (signatures == NULL) return;
    free(signatures->items);
    til_matrix_clear(&signatures->values);
    til_matrix_clear(&signatures->scores);
    til_arena_free(signatures->arena);
    *signatures = (til_trial_signatures_t){ 0 };
}
