/* shipped.c -- the gene sets, scores and gene names that the program carries. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "base/words.h"
#include "tasks/shipped.h"
#include "genes/set_match.h"
#include "io/text/builtin.h"
#include "io/text/gene_ids_tsv.h"
#include "io/text/gmt.h"
#include "io/text/tsv.h"

static const struct {
    const char *name, *sets, *ids;
} SPECIES[TIL_N_SPECIES] = { { "human", "human.gmt", "ids_human.tsv.gz" },
                             { "mouse", "mouse.gmt", "ids_mouse.tsv.gz" } };

TIL_DEFINE_WORDS(til_species_words, TIL_N_SPECIES + 1, [TIL_SPECIES_UNKNOWN] = "auto",
                 [TIL_HUMAN] = "human", [TIL_MOUSE] = "mouse");

const char *til_species_name(til_species_t species)
{
    return species < TIL_N_SPECIES ? SPECIES[species].name : "unknown";
}

til_status_t til_shipped_sets(til_ctx_t *ctx, til_species_t species, til_genesets_t *out)
{
    til_text_t text;
    til_status_t status = til_builtin_text(ctx, SPECIES[species].sets, &text);

    *out = (til_genesets_t){ 0 };
    if (status == TIL_OK) status = til_gmt_read(ctx, &text, out);
    til_text_clear(&text);
    return status;
}

til_status_t til_shipped_ids(til_ctx_t *ctx, til_species_t species, til_gene_ids_t *out)
{
    til_text_t text;
    til_status_t status;

    *out = (til_gene_ids_t){ 0 };
    if (species == TIL_SPECIES_UNKNOWN) return TIL_OK;
    status = til_builtin_text(ctx, SPECIES[species].ids, &text);
    if (status == TIL_OK) status = til_gene_ids_read(ctx, &text, out);
    til_text_clear(&text);
    return status;
}

/* ---- species ---------------------------------------------------------------------------- */

/* How many genes of the sets are names of rows. */
static til_status_t count_found(til_ctx_t *ctx, const til_genesets_t *sets,
                                const til_gene_rows_t *rows, size_t *n_found)
{
    til_gene_index_t index;
    til_status_t status = til_gene_index_init(ctx, rows, NULL, NULL, NULL, &index);

    if (status == TIL_OK) status = til_set_count_found(ctx, &index, sets, n_found);
    til_gene_index_clear(&index);
    return status;
}

static til_status_t count_evidence(til_ctx_t *ctx, til_species_t species,
                                   const til_gene_rows_t *rows, size_t *n)
{
    til_genesets_t sets = { 0 };
    til_gene_ids_t ids = { 0 };
    til_status_t status;

    *n = 0;
    if (til_gene_rows_are_ids(rows)) {
        TIL_TRY(til_shipped_ids(ctx, species, &ids));
        for (size_t g = 0; g < rows->n; g++) *n += til_gene_ids_symbol(&ids, rows->ids[g]) != NULL;
    } else {
        TIL_TRY(til_shipped_sets(ctx, species, &sets));
        TIL_TRY(count_found(ctx, &sets, rows, n));
    }
done:
    til_genesets_clear(&sets);
    til_gene_ids_clear(&ids);
    return status;
}

til_status_t til_species_of(til_ctx_t *ctx, til_species_t asked, const til_gene_rows_t *rows,
                            til_species_t *species)
{
    size_t n[TIL_N_SPECIES];

    *species = asked;
    if (asked != TIL_SPECIES_UNKNOWN) return TIL_OK;
    for (til_species_t s = 0; s < TIL_N_SPECIES; s++) {
        til_status_t status = count_evidence(ctx, s, rows, &n[s]);
        if (status != TIL_OK) return status;
    }
    if (n[TIL_HUMAN] == n[TIL_MOUSE]) return TIL_OK; /* nothing, or no telling: unknown */
    *species = n[TIL_HUMAN] > n[TIL_MOUSE] ? TIL_HUMAN : TIL_MOUSE;
    til_say(ctx, TIL_LOG_DETAIL, "species: %s, by %zu gene names (human %zu, mouse %zu)",
            SPECIES[*species].name, n[*species], n[TIL_HUMAN], n[TIL_MOUSE]);
    return TIL_OK;
}

/* ---- names of rows ---------------------------------------------------------------------- */

til_status_t til_symbols_of_ids(til_ctx_t *ctx, til_species_t species, const til_gene_ids_t *ids,
                                const til_genesets_t *sets, const til_gene_rows_t *rows,
                                const char ***symbols)
{
    size_t n_found;
    til_status_t status;

    *symbols = NULL;
    if (ids->symbols == NULL || !til_gene_rows_are_ids(rows)) return TIL_OK;
    status = count_found(ctx, sets, rows, &n_found);
    if (status != TIL_OK || n_found > 0) return status;
    *symbols = til_array(rows->n, sizeof **symbols);
    if (*symbols == NULL) return til_no_memory(ctx, rows->n, "gene names");
    size_t n_named = til_gene_ids_name_rows(ids, rows, *symbols);
    til_say(ctx, TIL_LOG_NOTICE,
            "%s: rows are gene ids: %zu of %zu get their %s symbols from the table inside tilseq "
            "(--genes FILE gives others)",
            rows->origin, n_named, rows->n, til_species_name(species));
    return TIL_OK;
}

til_status_t til_name_rows(til_ctx_t *ctx, til_species_t species, const til_gene_ids_t *ids,
                           const til_genesets_t *sets, til_matrix_t *m)
{
    const til_gene_rows_t rows = til_matrix_gene_rows(m);
    const char **symbols = NULL;
    til_status_t status;

    TIL_TRY(til_symbols_of_ids(ctx, species, ids, sets, &rows, &symbols));
    for (size_t g = 0; symbols != NULL && g < m->n_rows; g++)
        if (symbols[g] != NULL) TIL_TRY(til_matrix_set_gene_name(ctx, m, g, symbols[g]));
done:
    free(symbols);
    return status;
}

/* ---- scores.tsv ------------------------------------------------------------------------- */

enum { NAME, TYPE, DEFINITION, SCALE, ORGANISM, N_COLUMNS };
static const char *const COLUMNS[N_COLUMNS] = { "name", "type", "definition", "scale", "species" };

static til_status_t find_columns(til_ctx_t *ctx, const til_text_t *text, char *const *fields,
                                 size_t n, ptrdiff_t *column)
{
    for (size_t c = 0; c < N_COLUMNS; c++) {
        column[c] = -1;
        for (size_t i = 0; i < n; i++)
            if (strcmp(fields[i], COLUMNS[c]) == 0) column[c] = (ptrdiff_t)i;
        if (column[c] < 0 && c <= DEFINITION)
            return til_fail(ctx, TIL_EINPUT,
                            "%s:%zu: no column %s: expected name, type and "
                            "definition (see genesets/README.md)",
                            text->path, text->line, COLUMNS[c]);
    }
    return TIL_OK;
}

static til_status_t check_row(til_ctx_t *ctx, const til_score_rows_t *rows,
                              const til_score_def_t *def, const char *scale)
{
    const char *path = rows->text.path;

    if (strcmp(scale, "linear") != 0 && strcmp(scale, "log") != 0)
        return til_fail(ctx, TIL_EINPUT, "%s:%zu: scale '%s' of score %s: expected log or linear",
                        path, def->line, scale, def->name);
    if (!til_score_type_is_known(def->type))
        return til_fail(ctx, TIL_EINPUT,
                        "%s:%zu: type '%s' of score %s is not known: see "
                        "genesets/README.md for the nine there are",
                        path, def->line, def->type, def->name);
    for (size_t i = 0; i < rows->n; i++)
        if (strcmp(rows->defs[i].name, def->name) == 0)
            return til_fail(ctx, TIL_EINPUT,
                            "%s:%zu: score %s is also on line %zu: names of scores must differ",
                            path, def->line, def->name, rows->defs[i].line);
    return TIL_OK;
}

til_status_t til_score_rows_read(til_ctx_t *ctx, til_text_t *text, til_species_t species,
                                 til_score_rows_t *out)
{
    til_status_t status = TIL_OK;
    char *line, **fields = NULL;
    size_t length, capacity = 0, n, room = 0;
    ptrdiff_t column[N_COLUMNS] = { -1 };
    bool has_header = false;

    *out = (til_score_rows_t){ .text = *text };
    *text = (til_text_t){ 0 };
    while (til_text_next_data(&out->text, &line, &length)) {
        if (length == 0) continue;
        TIL_TRY(til_tsv_split(ctx, out->text.path, out->text.line, line, length, '\t', &fields,
                              &capacity, &n));
        if (!has_header) {
            TIL_TRY(find_columns(ctx, &out->text, fields, n, column));
            has_header = true;
            continue;
        }
        for (size_t c = 0; c < N_COLUMNS; c++)
            if (column[c] >= (ptrdiff_t)n) {
                status = til_fail(ctx, TIL_EINPUT, "%s:%zu: %zu fields: column %s is missing",
                                  out->text.path, out->text.line, n, COLUMNS[c]);
                goto done;
            }
        if (column[ORGANISM] >= 0 && species != TIL_SPECIES_UNKNOWN &&
            strcmp(fields[column[ORGANISM]], SPECIES[species].name) != 0)
            continue;
        const char *scale = column[SCALE] < 0 ? "log" : fields[column[SCALE]];
        til_score_def_t def = { fields[column[NAME]], fields[column[TYPE]],
                                fields[column[DEFINITION]], strcmp(scale, "linear") == 0,
                                out->text.line };
        TIL_TRY(check_row(ctx, out, &def, scale));
        TIL_TRY(til_grow(ctx, &out->defs, &room, out->n + 1, sizeof *out->defs));
        out->defs[out->n++] = def;
    }
    if (out->n == 0)
        status = til_fail(ctx, TIL_EINPUT, "%s: no score%s%s in the file", out->text.path,
                          species == TIL_SPECIES_UNKNOWN ? "" : " for ",
                          species == TIL_SPECIES_UNKNOWN ? "" : SPECIES[species].name);
done:
    free(fields);
    if (status != TIL_OK) til_score_rows_clear(out);
    return status;
}

void til_score_rows_clear(til_score_rows_t *rows)
{
    if (rows == NULL) return;
    free(rows->defs);
    til_text_clear(&rows->text);
    *rows = (til_score_rows_t){ 0 };
}
