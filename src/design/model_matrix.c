/* model_matrix.c -- the columns that a formula stands for.
 *
 * A term's columns are all products of one column of each of its variables, the first variable
 * running fastest. A covariate has one column. A factor has one per level, or, coded by
 * treatment contrasts, one per level but the first; which of the two is R's rule: variable v of
 * term T is coded by contrasts when T without v is empty or part of an earlier term. (The
 * empty T counts as part of the model even where there is no intercept; then the first
 * factor of the first term that has one gets all its levels.)
 *
 * Source:  Chambers & Hastie (1992), Statistical Models in S, 2.4; R's terms.formula "factors".
 * Agrees:  R 4.2.2 model.matrix() with contr.treatment, names, order and values exactly
 *          (tests/golden/design, 200 random formulas).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "design/model_matrix.h"

static bool is_by_contrasts(const til_formula_t *f, size_t t, size_t v)
{
    uint64_t rest = f->terms[t] & ~((uint64_t)1 << v);

    if (rest == 0) return true;
    for (size_t earlier = 0; earlier < t; earlier++)
        if ((rest & ~f->terms[earlier]) == 0) return true;
    return false;
}

/* Without an intercept: is v the first factor of term t, and no earlier term has a factor? */
static bool is_first_factor(const til_model_column_t *c, size_t t, size_t v)
{
    for (size_t i = 0; i <= t; i++)
        for (size_t w = 0; w < c->formula->n_variables; w++)
            if ((c->formula->terms[i] >> w & 1) && c->variables[w]->is_factor)
                return i == t && w == v;
    return false;
}

static size_t width(const til_model_column_t *c, size_t i)
{
    const til_variable_t *v = c->variables[c->variable[i]];

    return !v->is_factor ? 1 : c->is_full[i] ? v->n_levels : v->n_levels - 1;
}

/* Sets the column to the first of term t (from 1); false when there is no such term. */
static bool enter_term(til_model_column_t *c, size_t t)
{
    const til_formula_t *f = c->formula;

    if (t > f->n_terms) return false;
    c->term = t;
    c->n = 0;
    for (size_t v = 0; v < f->n_variables; v++) {
        if (!(f->terms[t - 1] >> v & 1)) continue;
        c->variable[c->n] = (unsigned char)v;
        c->is_full[c->n] = !is_by_contrasts(f, t - 1, v) ||
                           (!f->has_intercept && is_first_factor(c, t - 1, v));
        c->at[c->n++] = 0;
    }
    for (size_t i = 0; i < c->n; i++)
        if (width(c, i) == 0) return enter_term(c, t + 1);
    return true;
}

bool til_model_first(til_model_column_t *column, const til_formula_t *formula,
                     const til_variable_t *const *variables)
{
    *column = (til_model_column_t){ .formula = formula, .variables = variables };
    return formula->has_intercept || enter_term(column, 1);
}

bool til_model_next(til_model_column_t *column)
{
    for (size_t i = 0; i < column->n; i++) {
        if (++column->at[i] < width(column, i)) return true;
        column->at[i] = 0;
    }
    return enter_term(column, column->term + 1);
}

double til_model_value(const til_model_column_t *column, size_t s)
{
    double product = 1;

    for (size_t i = 0; i < column->n; i++) {
        const til_variable_t *v = column->variables[column->variable[i]];
        size_t level = column->at[i] + (column->is_full[i] ? 0 : 1);
        product *= v->is_factor ? (v->level[s] == level ? 1 : 0) : v->value[s];
    }
    return product;
}

/* ---- names --------------------------------------------------------------------------- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool is_syntactic(const char *name)
{
    static const char *const reserved[] = {
        "if",          "else",     "repeat",        "while", "function", "for", "next",
        "break",       "TRUE",     "FALSE",         "NULL",  "Inf",      "NaN", "NA",
        "NA_integer_", "NA_real_", "NA_character_", "in",    "..."
    };
    size_t i = 0;

    if (!is_letter(name[0]) && name[0] != '.') return false;
    if (name[0] == '.' && name[1] >= '0' && name[1] <= '9') return false;
    for (; name[i] != '\0'; i++)
        if (!is_letter(name[i]) && !(name[i] >= '0' && name[i] <= '9') && name[i] != '.' &&
            name[i] != '_')
            return false;
    for (i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(name, reserved[i]) == 0) return false;
    return true;
}

void til_model_variable_name(til_strbuf_t *b, const char *name)
{
    const char *quote = is_syntactic(name) ? "" : "`";

    til_strbuf_add(b, quote);
    til_strbuf_add(b, name);
    til_strbuf_add(b, quote);
}

void til_model_name(const til_model_column_t *column, til_strbuf_t *b)
{
    if (column->term == 0) til_strbuf_add(b, "(Intercept)");
    for (size_t i = 0; i < column->n; i++) {
        const til_variable_t *v = column->variables[column->variable[i]];
        if (i > 0) til_strbuf_add_char(b, ':');
        til_model_variable_name(b, v->name);
        if (v->is_factor)
            til_strbuf_add(b, v->levels[column->at[i] + (column->is_full[i] ? 0 : 1)]);
    }
}

void til_model_variables(const til_formula_t *formula, const til_design_t *design,
                         const til_variable_t **by_bit)
{
    for (size_t v = 0; v < TIL_MAX_VARIABLES; v++)
        by_bit[v] = v < formula->n_variables ? til_design_variable(design, formula->variables[v])
                                             : NULL;
}
