/* test_formula.c -- formulas and model matrices against R's, and what is said of wrong ones. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include <tilseq/design.h>

#include "base/strbuf.h"
#include "design/rank.h"
#include "support/golden.h"
#include "support/runner.h"
#include "support/sheet.h"

/* ---- 200 random formulas ------------------------------------------------------------- */

/* Turns the "col" lines of a block, already cut into fields, into a sheet. */
typedef struct {
    size_t n; /* samples   */
    size_t n_cols;
    char *names[16];
    char *cells[16][32];
} block_t;

static til_sheet_t sheet_of_block(const block_t *block)
{
    til_strbuf_t b = { 0 };

    til_strbuf_add(&b, "sample");
    for (size_t c = 0; c < block->n_cols; c++) til_strbuf_printf(&b, "|%s", block->names[c]);
    for (size_t s = 0; s < block->n; s++) {
        til_strbuf_printf(&b, "\nS%zu", s + 1);
        for (size_t c = 0; c < block->n_cols; c++) til_strbuf_printf(&b, "|%s", block->cells[c][s]);
    }
    til_strbuf_add_char(&b, '\n');
    til_sheet_t sheet = sheet_of(til_strbuf_text(&b));
    til_strbuf_clear(&b);
    return sheet;
}

static void compare_column(const til_design_t *design, size_t j, const char *name, char *values)
{
    ck_assert_msg(j < design->n_coef, "%s: %zu columns, want more", design->formula,
                  design->n_coef);
    ck_assert_msg(strcmp(design->coef_names[j], name) == 0, "%s: column %zu is '%s', want '%s'",
                  design->formula, j + 1, design->coef_names[j], name);
    bool is_digits = strchr(values, ' ') == NULL;
    for (size_t s = 0; s < design->n_samples; s++) {
        double want = is_digits ? values[s] - '0' : strtod(values, &values);
        double got = design->x[s + j * design->n_samples];
        ck_assert_msg(got == want, "%s: %s in sample %zu is %g, want %g", design->formula, name,
                      s + 1, got, want);
    }
}

static void compare_rank(const til_design_t *design, const char *rank, char *aliased)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_rank_t got;

    ck_assert_msg(til_rank_analyse(&ctx, design, &got) == TIL_OK, "%s", ctx.message);
    ck_assert_msg(got.rank == strtoul(rank, NULL, 10), "%s: rank %zu, want %s", design->formula,
                  got.rank, rank);
    for (size_t k = 0; k < got.n_aliased; k++) {
        size_t want = strtoul(aliased, &aliased, 10);
        ck_assert_msg(got.aliased[k] + 1 == want, "%s: column %zu is aliased, want %zu",
                      design->formula, got.aliased[k] + 1, want);
        ck_assert_ptr_nonnull(got.relations[k]);
    }
    til_rank_clear(&got);
}

START_TEST(random_formulas_as_model_matrix)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_typing_t typing = { 0 };
    til_design_t design = { 0 };
    til_sheet_t sheet = { 0 };
    block_t block = { 0 };
    char path[512], *line = NULL, *lines[32] = { NULL };
    size_t room = 0, n_formulas = 0, n_columns = 0;
    FILE *in = fopen(golden_path("design/formulas.txt", path, sizeof path), "r");

    ck_assert_msg(in != NULL, "cannot open %s", path);
    while (getline(&line, &room, in) > 0) {
        char *fields[40];
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "col\t", 4) == 0) {
            char *copy = strdup(line);
            sheet_fields(copy, '\t', fields, 40);
            block.names[block.n_cols] = fields[1];
            memcpy(block.cells[block.n_cols], fields + 2, block.n * sizeof *fields);
            lines[block.n_cols++] = copy;
            continue;
        }
        sheet_fields(line, '\t', fields, 40);
        if (strcmp(fields[0], "x") != 0)
            ck_assert_msg(design.formula == NULL || n_columns == design.n_coef,
                          "%s: %zu columns, want %zu", design.formula, design.n_coef, n_columns);
        if (strcmp(fields[0], "sheet") == 0) {
            for (size_t c = 0; c < block.n_cols; c++) free(lines[c]);
            til_sheet_clear(&sheet);
            block = (block_t){ .n = (size_t)strtoul(fields[1], NULL, 10) };
            ck_assert_uint_le(block.n, 32);
        } else if (strcmp(fields[0], "formula") == 0) {
            if (sheet.arena == NULL) sheet = sheet_of_block(&block);
            til_design_clear(&design);
            ck_assert_msg(til_design_build(&ctx, &sheet, fields[1], &typing, &design) == TIL_OK,
                          "%s: %s", fields[1], ctx.message);
            n_columns = 0;
            n_formulas++;
        } else if (strcmp(fields[0], "rank") == 0) {
            compare_rank(&design, fields[1], fields[2]);
        } else {
            compare_column(&design, n_columns++, fields[1], fields[2]);
        }
    }
    ck_assert_uint_eq(n_columns, design.n_coef);
    ck_assert_uint_eq(n_formulas, 200);
    for (size_t c = 0; c < block.n_cols; c++) free(lines[c]);
    free(line);
    fclose(in);
    til_design_clear(&design);
    til_sheet_clear(&sheet);
}
END_TEST

/* ---- wrong formulas ------------------------------------------------------------------ */

static const struct {
    const char *text, *says;
} wrong[] = {
    { "", "column 1: a formula begins with '~'" },
    { "arm", "column 1: a formula begins with '~'" },
    { "y ~ arm", "column 1: nothing stands before the '~'" },
    { "~", "column 2: ends where a variable should follow" },
    { "~ arm +", "column 8: ends where a variable should follow" },
    { "~ arm + * batch", "column 9: a variable should stand here" },
    { "~ (arm", "column 7: a ')' should stand here" },
    { "~ arm)", "column 6: there is no '(' for this ')'" },
    { "~ arm batch", "column 7: an operator" },
    { "~ log(age)", "column 3: functions are not understood" },
    { "~ arm + (1 | donor)", "column 12: random effects are not understood: --block" },
    { "~ .", "column 3: '.' is not understood" },
    { "~ `arm", "column 3: the backtick is not closed" },
    { "~ ``", "there is no name" },
    { "~ 2 + arm", "column 3: the only numbers" },
    { "~ 1arm", "column 3: the only numbers" },
    { "~ arm*1", "column 7: 0 and 1 stand alone" },
    { "~ 0:arm", "column 3: 0 and 1 stand alone" },
    { "~ arm^0", "column 7: a power" },
    { "~ arm^batch", "column 7: a power" },
    { "~ arm^99999999999999999999", "column 7: a power" },
    { "~ arm %in% batch", "column 7: %in% is not understood" },
    { "~ arm ~ batch", "column 7: an operator" },
    { "~ arm\nbatch", "column 7: an operator" },
    { "~ (a1+a2+a3+a4+a5+a6+a7+a8+a9)^9", "more than 256 terms" },
};

START_TEST(wrong_formulas_are_refused)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_formula_t formula;

    ck_assert_int_eq(til_formula_parse(&ctx, wrong[_i].text, &formula), TIL_EUSAGE);
    ck_assert_msg(strstr(ctx.message, wrong[_i].says) != NULL, "'%s' says: %s", wrong[_i].text,
                  ctx.message);
    ck_assert_ptr_null(formula.arena);
}
END_TEST

START_TEST(deep_parentheses_end)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_formula_t formula;
    til_strbuf_t b = { 0 };

    til_strbuf_add(&b, "~ ");
    for (int i = 0; i < 100000; i++) til_strbuf_add_char(&b, '(');
    ck_assert_int_eq(til_formula_parse(&ctx, til_strbuf_text(&b), &formula), TIL_EUSAGE);
    til_strbuf_clear(&b);
}
END_TEST

START_TEST(sixty_five_variables_are_too_many)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_formula_t formula;
    til_strbuf_t b = { 0 };

    til_strbuf_add(&b, "~ v0");
    for (int i = 1; i < 64; i++) til_strbuf_printf(&b, "+v%d", i);
    ck_assert_int_eq(til_formula_parse(&ctx, til_strbuf_text(&b), &formula), TIL_OK);
    ck_assert_uint_eq(formula.n_terms, 64);
    til_formula_clear(&formula);
    til_strbuf_add(&b, "+v64");
    ck_assert_int_eq(til_formula_parse(&ctx, til_strbuf_text(&b), &formula), TIL_EUSAGE);
    til_strbuf_clear(&b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("formula");
    TCase *tcase = tcase_create("formula");

    tcase_add_test(tcase, random_formulas_as_model_matrix);
    tcase_add_loop_test(tcase, wrong_formulas_are_refused, 0, (int)(sizeof wrong / sizeof *wrong));
    tcase_add_test(tcase, deep_parentheses_end);
    tcase_add_test(tcase, sixty_five_variables_are_too_many);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
