/* cmd_sets.c -- tilseq sets: what ships, what is in it, what of a collection a matrix has. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "cli/commands.h"
#include "cli/input_options.h"
#include "tasks/coverage_file.h"
#include "tasks/inputs.h"
#include "tasks/shipped.h"
#include "io/text/builtin.h"
#include "io/text/gmt.h"
#include "io/text/table_tsv.h"

typedef struct {
    til_species_t species;
    const char *output;
    til_input_args_t input;
    til_common_t common;
} sets_args_t;

static const sets_args_t defaults = { .species = TIL_SPECIES_UNKNOWN, .output = "-" };

static const til_opt_t options[] = { TIL_SPECIES_OPTION(sets_args_t),
                                     TIL_GENES_OPTION(sets_args_t),
                                     { 'o', "output", TIL_OPT_OUTPUT, offsetof(sets_args_t, output),
                                       "FILE", 0, 0, "write here; - is stdout" },
                                     TIL_COMMON_OPTIONS(sets_args_t) };

/* ---- list ------------------------------------------------------------------------------- */

/* INDEX.tsv as a table. */
static til_status_t read_index(til_ctx_t *ctx, til_table_t *index)
{
    til_text_t text;
    til_status_t status = til_builtin_text(ctx, "INDEX.tsv", &text);

    *index = (til_table_t){ 0 };
    if (status == TIL_OK) status = til_table_read(ctx, &text, index);
    til_text_clear(&text);
    return status;
}

static const char *cell(const til_table_t *t, const char *column, size_t row)
{
    const til_column_t *c = til_table_column(t, column);
    return c == NULL || c->type != TIL_COLUMN_TEXT || c->text[row] == NULL ? "NA" : c->text[row];
}

static bool is_of_species(const til_table_t *index, size_t row, til_species_t species)
{
    return species == TIL_SPECIES_UNKNOWN ||
           strcmp(cell(index, "species", row), til_species_name(species)) == 0;
}

static til_status_t list(til_ctx_t *ctx, til_species_t species, til_out_t *out)
{
    til_text_t text;
    char *line;
    size_t length;
    til_status_t status = til_builtin_text(ctx, "INDEX.tsv", &text);
    til_strbuf_t wanted = { 0 };

    if (status != TIL_OK) return status;
    til_strbuf_printf(&wanted, "\t%s\t", til_species_name(species));
    while (!wanted.failed && til_text_next(&text, &line, &length))
        if (text.line == 1 || species == TIL_SPECIES_UNKNOWN || strstr(line, wanted.text) != NULL)
            til_out_printf(out, "%s\n", line);
    if (wanted.failed) status = til_no_memory(ctx, 1, "species");
    til_strbuf_clear(&wanted);
    til_text_clear(&text);
    return status;
}

/* ---- show ------------------------------------------------------------------------------- */

static til_status_t print_definition(til_ctx_t *ctx, til_species_t species, const char *kind,
                                     const char *name, til_out_t *out)
{
    til_genesets_t sets = { 0 };
    til_score_rows_t rows = { 0 };
    til_text_t text = { 0 };
    til_status_t status;

    if (strcmp(kind, "set") == 0) {
        TIL_TRY(til_shipped_sets(ctx, species, &sets));
        const til_geneset_t *set = til_genesets_find(&sets, name);
        for (size_t i = 0; set != NULL && i < set->n_genes; i++)
            til_out_printf(out, "%s%s", i == 0 ? "" : ",", set->genes[i]);
    } else {
        TIL_TRY(til_builtin_text(ctx, "scores.tsv", &text));
        TIL_TRY(til_score_rows_read(ctx, &text, species, &rows));
        for (size_t i = 0; i < rows.n; i++)
            if (strcmp(rows.defs[i].name, name) == 0)
                til_out_printf(out, "%s: %s", rows.defs[i].type, rows.defs[i].definition);
    }
done:
    til_text_clear(&text);
    til_genesets_clear(&sets);
    til_score_rows_clear(&rows);
    return status;
}

static til_status_t show(til_ctx_t *ctx, const char *name, til_species_t species, til_out_t *out)
{
    static const char *const columns[] = { "name", "species",    "kind",    "source",
                                           "doi",  "doi_status", "licence", "verify" };
    til_table_t index;
    bool found = false;
    til_status_t status;

    TIL_TRY(read_index(ctx, &index));
    for (size_t i = 0; i < index.n_rows; i++) {
        if (strcmp(cell(&index, "name", i), name) != 0 || !is_of_species(&index, i, species))
            continue;
        if (!found) {
            for (size_t c = 0; c < 8; c++) til_out_printf(out, "%s\t", columns[c]);
            til_out_text(out, "definition\n");
        }
        found = true;
        for (size_t c = 0; c < 8; c++) til_out_printf(out, "%s\t", cell(&index, columns[c], i));
        bool mouse = strcmp(cell(&index, "species", i), "mouse") == 0;
        TIL_TRY(print_definition(ctx, mouse ? TIL_MOUSE : TIL_HUMAN, cell(&index, "kind", i), name,
                                 out));
        til_out_char(out, '\n');
    }
    if (!found)
        status = til_fail(ctx, TIL_EUSAGE,
                          "no set or score '%s'%s%s ships with tilseq; see tilseq sets list", name,
                          species == TIL_SPECIES_UNKNOWN ? "" : " for ",
                          species == TIL_SPECIES_UNKNOWN ? "" : til_species_name(species));
done:
    til_table_clear(&index);
    return status;
}

/* ---- check ------------------------------------------------------------------------------ */

static til_status_t check(til_ctx_t *ctx, til_job_t *job, const sets_args_t *args, til_out_t *out)
{
    til_text_t text = { 0 };
    til_genesets_t sets = { 0 };
    til_matrix_t m = { 0 };
    til_gene_ids_t ids = { 0 };
    til_table_t coverage = { 0 };
    til_species_t species;
    til_status_t status;

    TIL_TRY(til_text_read(ctx, job->operands[1], &text));
    TIL_TRY(til_job_input(ctx, job, job->operands[1], text.sha256, 0));
    TIL_TRY(til_gmt_read(ctx, &text, &sets));
    TIL_TRY(til_load_matrix(ctx, job, job->operands[2], TIL_VALUES_ANY, &args->input, &m));
    const til_gene_rows_t rows = til_matrix_gene_rows(&m);
    TIL_TRY(til_species_of(ctx, args->species, &rows, &species));
    TIL_TRY(til_shipped_ids(ctx, species, &ids));
    TIL_TRY(til_name_rows(ctx, species, &ids, &sets, &m));
    TIL_TRY(til_score_check(ctx, &m, &sets, &ids, &coverage));
    til_job_provenance(job, out);
    til_table_write(out, &coverage);
    til_coverage_say(ctx, "sets", &coverage, 1, true);
done:
    til_text_clear(&text);
    til_genesets_clear(&sets);
    til_matrix_clear(&m);
    til_gene_ids_clear(&ids);
    til_table_clear(&coverage);
    return status;
}

/* ---- path ------------------------------------------------------------------------------- */

static bool has_index(const char *folder)
{
    til_strbuf_t b = { 0 };
    til_strbuf_printf(&b, "%s/INDEX.tsv", folder);
    bool found = !b.failed && access(b.text, R_OK) == 0;
    til_strbuf_clear(&b);
    return found;
}

/* The folder of the files: beside the program in a build tree, below its prefix once installed,
 * else where make install put it. */
static til_status_t print_path(til_ctx_t *ctx, til_out_t *out)
{
    static const char *const places[] = { "genesets", "../genesets", "../share/tilseq/genesets" };
    char program[PATH_MAX], folder[PATH_MAX + 64], real[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);

    if (n > 0) {
        program[n] = '\0';
        char *slash = strrchr(program, '/');
        if (slash != NULL) *slash = '\0';
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            snprintf(folder, sizeof folder, "%s/%s", program, places[i]);
            if (!has_index(folder)) continue;
            til_out_printf(out, "%s\n", realpath(folder, real) == NULL ? folder : real);
            return TIL_OK;
        }
    }
    if (has_index(TIL_GENESETS_DIR)) {
        til_out_printf(out, "%s\n", TIL_GENESETS_DIR);
        return TIL_OK;
    }
    return til_fail(ctx, TIL_EIO,
                    "%s: the folder is not there (the sets are inside the program "
                    "all the same: tilseq sets list, show)",
                    TIL_GENESETS_DIR);
}

/* ---- run -------------------------------------------------------------------------------- */

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    const sets_args_t *args = job->args;
    static const struct {
        const char *verb;
        int n_operands;
        const char *usage;
    } verbs[] = { { "list", 1, "sets list" },
                  { "show", 2, "sets show NAME" },
                  { "check", 3, "sets check FILE.gmt MATRIX" },
                  { "path", 1, "sets path" } };
    size_t verb = 0;
    til_out_t *out;
    til_status_t status;

    while (verb < 4 && strcmp(job->operands[0], verbs[verb].verb) != 0) verb++;
    if (verb == 4)
        return til_fail(ctx, TIL_EUSAGE, "'%s' is not one of list, show, check, path",
                        job->operands[0]);
    if (job->n_operands != verbs[verb].n_operands)
        return til_fail(ctx, TIL_EUSAGE, "expected tilseq %s, got %d operands", verbs[verb].usage,
                        job->n_operands);
    if (verb != 2 && args->input.genes != NULL)
        return til_fail(ctx, TIL_EUSAGE, "--genes: only sets check reads a matrix");
    if (verb == 2) {
        const char *inputs[] = { job->operands[1], job->operands[2], args->input.genes };
        TIL_TRY(til_job_refuse_input(ctx, args->output, inputs, 3));
    }
    TIL_TRY(til_job_open(ctx, job, args->output, &out));
    switch (verb) {
    case 0: status = list(ctx, args->species, out); break;
    case 1: status = show(ctx, job->operands[1], args->species, out); break;
    case 2: status = check(ctx, job, args, out); break;
    default: status = print_path(ctx, out); break;
    }
    if (status == TIL_OK) status = til_out_close(ctx, out);
done:
    return status;
}

const til_command_t til_cmd_sets = {
    .name = "sets",
    .operands = "list | show NAME | check FILE.gmt MATRIX | path",
    .summary = "List the gene sets and scores that ship, or check a collection against a matrix.",
    .details = "list prints a row per set, score and species with source, DOI and how it was "
               "verified; show prints the genes or the definition; check says which genes of "
               "each set a matrix has; path prints the folder of the files.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(sets_args_t),
    .common_offset = offsetof(sets_args_t, common),
    .min_operands = 1,
    .max_operands = 3,
    .run = run
};
