/* formula.c -- R's model formulas, from text to terms.
 *
 *     formula := '~' sum
 *     sum     := ['+' | '-'] nest { ('+' | '-') nest }
 *     nest    := inter { ('*' | '/') inter }
 *     inter   := power { ':' power }
 *     power   := atom [ '^' number ]
 *     atom    := name | '`' name '`' | '0' | '1' | '(' sum ')'
 *
 * A term is a set of variables, kept as bits. The operators work on lists of terms, each term
 * once, in the order of first appearance; at the end they are sorted by degree, stably:
 *
 *     a + b   both lists                      a:b   every union of one of a and one of b
 *     a - b   those of a that are not in b    a*b   a + b + a:b
 *     a / b   a + (all of a):b                a^n   a:a:...:a
 *
 * 0 takes the intercept away and 1 puts it back, the other way round behind a minus; the last
 * one counts. All lists of a parse lie on one stack, the right operand above the left.
 *
 * Source:  Chambers & Hastie (1992), Statistical Models in S, 2.4.
 * Agrees:  R 4.2.2 terms.formula(), exactly (tests/golden/design).
 * Differs: functions, `.`, %in% and a left side are refused, and so is a number inside a product,
 *          an interaction or a power, which R passes over.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <tilseq/design.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/number.h"
#include "base/need.h"
#include "base/try.h"

enum { MAX_DEPTH = 100, MAX_POWER = 64 };

typedef struct {
    til_ctx_t *ctx;
    const char *text, *at;
    til_formula_t *formula;
    size_t variables_capacity;
    uint64_t *stack;
    size_t top, capacity;
    bool is_minus; /* inside the right operand of a minus */
    int depth;
} parser_t;

/* A list of terms: stack[begin .. top) at the time it was made. */
typedef struct {
    size_t begin;
    const char *where; /* its first byte in the text          */
    bool is_number;    /* a bare 0 or 1, which has no terms   */
} list_t;

static til_status_t parse_sum(parser_t *p, list_t *out);

static til_status_t refuse(const parser_t *p, const char *place, const char *what)
{
    return til_fail(p->ctx, TIL_EUSAGE, "formula '%s', column %zu: %s", p->text,
                    (size_t)(place - p->text) + 1, what);
}

/* ---- lists of terms ------------------------------------------------------------------ */

static bool holds(const uint64_t *terms, size_t n, uint64_t term)
{
    for (size_t i = 0; i < n; i++)
        if (terms[i] == term) return true;
    return false;
}

/* Puts `term` on the stack unless it is in stack[begin .. top) already. */
static til_status_t push_new(parser_t *p, size_t begin, uint64_t term)
{
    if (holds(p->stack + begin, p->top - begin, term)) return TIL_OK;
    if (p->top - begin >= TIL_MAX_TERMS)
        return til_fail(p->ctx, TIL_EUSAGE, "formula '%s' has more than %d terms", p->text,
                        TIL_MAX_TERMS);
    til_status_t status = til_grow(p->ctx, &p->stack, &p->capacity, p->top + 1, sizeof *p->stack);
    if (status == TIL_OK) p->stack[p->top++] = term;
    return status;
}

/* Moves stack[from .. top) down to `begin`. */
static void drop_below(parser_t *p, size_t begin, size_t from)
{
    memmove(p->stack + begin, p->stack + from, (p->top - from) * sizeof *p->stack);
    p->top = begin + (p->top - from);
}

/* Left [begin, right) and right [right, top) become one list without repeats. */
static til_status_t unite(parser_t *p, size_t begin, size_t right)
{
    size_t end = p->top;

    p->top = right;
    for (size_t i = right; i < end; i++) {
        uint64_t term = p->stack[i]; /* push_new writes at or below i */
        til_status_t status = push_new(p, begin, term);
        if (status != TIL_OK) return status;
    }
    return TIL_OK;
}

static void subtract(parser_t *p, size_t begin, size_t right)
{
    size_t kept = begin;

    for (size_t i = begin; i < right; i++)
        if (!holds(p->stack + right, p->top - right, p->stack[i])) p->stack[kept++] = p->stack[i];
    p->top = kept;
}

/* Appends the unions of pairs from [left, right) and [right, end) as a list above both. */
static til_status_t push_unions(parser_t *p, size_t left, size_t right, size_t end)
{
    size_t begin = p->top;

    for (size_t l = left; l < right; l++)
        for (size_t r = right; r < end; r++) {
            til_status_t status = push_new(p, begin, p->stack[l] | p->stack[r]);
            if (status != TIL_OK) return status;
        }
    return TIL_OK;
}

static til_status_t interact(parser_t *p, size_t begin, size_t right)
{
    size_t end = p->top;
    til_status_t status = push_unions(p, begin, right, end);

    if (status == TIL_OK) drop_below(p, begin, end);
    return status;
}

static til_status_t cross(parser_t *p, size_t begin, size_t right)
{
    size_t end = p->top;
    til_status_t status = push_unions(p, begin, right, end);

    return status == TIL_OK ? unite(p, begin, right) : status;
}

static til_status_t nest(parser_t *p, size_t begin, size_t right)
{
    uint64_t all = 0;

    for (size_t i = begin; i < right; i++) all |= p->stack[i];
    for (size_t i = right; i < p->top; i++) p->stack[i] |= all;
    return unite(p, begin, right);
}

/* The list from `begin` becomes its own n-fold interaction. The powers hold one another, so one
 * that is no longer than the last is the last there is. */
static til_status_t raise_to(parser_t *p, size_t begin, int64_t n)
{
    size_t power = p->top, length = 0;
    til_status_t status = TIL_OK;

    for (size_t i = begin; i < power && status == TIL_OK; i++)
        status = push_new(p, power, p->stack[i]);
    for (int64_t k = 1; k < n && status == TIL_OK && p->top - power > length; k++) {
        size_t end = p->top;
        length = end - power;
        for (size_t i = begin; i < power && status == TIL_OK; i++)
            for (size_t j = power; j < end && status == TIL_OK; j++)
                status = push_new(p, end, p->stack[i] | p->stack[j]);
        if (status == TIL_OK) drop_below(p, power, end);
    }
    if (status == TIL_OK) drop_below(p, begin, power);
    return status;
}

/* ---- the text ------------------------------------------------------------------------ */

static char peek(parser_t *p)
{
    while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r') p->at++;
    return *p->at;
}

static bool begins_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool continues_name(char c) { return begins_name(c) || is_digit(c) || c == '_'; }

/* Puts the term of the one variable called text[0..n) on the stack. */
static til_status_t push_variable(parser_t *p, const char *text, size_t n)
{
    til_formula_t *f = p->formula;
    til_status_t status = TIL_OK;
    size_t v = 0;

    while (v < f->n_variables &&
           !(strlen(f->variables[v]) == n && memcmp(f->variables[v], text, n) == 0))
        v++;
    if (v == f->n_variables) {
        if (v == TIL_MAX_VARIABLES)
            return til_fail(p->ctx, TIL_EUSAGE, "formula '%s' has more than %d variables", p->text,
                            TIL_MAX_VARIABLES);
        TIL_TRY(
            til_grow(p->ctx, &f->variables, &p->variables_capacity, v + 1, sizeof *f->variables));
        TIL_TRY(til_keep_text_n(p->ctx, f->arena, text, n, &f->variables[v]));
        f->n_variables++;
    }
    TIL_TRY(push_new(p, p->top, (uint64_t)1 << v));

done:
    return status;
}

static til_status_t parse_name(parser_t *p)
{
    const char *begin = p->at;

    if (*p->at == '`') {
        const char *end = strchr(++begin, '`');
        if (end == NULL) return refuse(p, p->at, "the backtick is not closed");
        if (end == begin) return refuse(p, p->at, "there is no name between the backticks");
        p->at = end + 1;
        return push_variable(p, begin, (size_t)(end - begin));
    }
    while (continues_name(*p->at)) p->at++;
    size_t n = (size_t)(p->at - begin);
    if (n == 1 && *begin == '.') return refuse(p, begin, "'.' is not understood: name the columns");
    if (peek(p) == '(')
        return refuse(p, begin,
                      "functions are not understood: put the values into a column of "
                      "the sheet (--factor COLUMN makes a factor of numbers)");
    return push_variable(p, begin, n);
}

static til_status_t parse_atom(parser_t *p, list_t *out)
{
    til_status_t status = TIL_OK;
    char c = peek(p);

    *out = (list_t){ .begin = p->top, .where = p->at };
    if (c == '(') {
        if (++p->depth > MAX_DEPTH) return refuse(p, p->at, "too many nested parentheses");
        p->at++;
        status = parse_sum(p, out);
        if (status != TIL_OK) return status;
        if (peek(p) == '|')
            return refuse(p, p->at,
                          "random effects are not understood: --block COLUMN names what "
                          "samples have in common");
        if (peek(p) != ')') return refuse(p, p->at, "a ')' should stand here");
        p->at++;
        p->depth--;
        return TIL_OK;
    }
    if (is_digit(c)) {
        if ((c != '0' && c != '1') || continues_name(p->at[1]))
            return refuse(p, p->at,
                          "the only numbers in a formula are 0 and 1 (a name that begins "
                          "with a digit stands in backticks)");
        p->at++;
        p->formula->has_intercept = (c == '1') != p->is_minus;
        out->is_number = true;
        return TIL_OK;
    }
    if (begins_name(c) || c == '`') return parse_name(p);
    if (c == '\0') return refuse(p, p->at, "ends where a variable should follow");
    return refuse(p, p->at, "a variable should stand here");
}

static til_status_t refuse_number(const parser_t *p, const list_t *list)
{
    if (!list->is_number) return TIL_OK;
    return refuse(p, list->where, "0 and 1 stand alone, as in '~ 0 + a'");
}

static til_status_t parse_power(parser_t *p, list_t *out)
{
    til_status_t status = TIL_OK;
    int64_t n;

    TIL_TRY(parse_atom(p, out));
    while (peek(p) == '^') {
        TIL_TRY(refuse_number(p, out));
        p->at++;
        (void)peek(p);
        size_t digits = strspn(p->at, "0123456789");
        if (!til_number_parse_int(p->at, digits, 1, MAX_POWER, &n))
            return refuse(p, p->at, "a power is a whole number from 1 to 64");
        p->at += digits;
        TIL_TRY(raise_to(p, out->begin, n));
    }

done:
    return status;
}

typedef til_status_t operation_t(parser_t *p, size_t begin, size_t right);
typedef til_status_t operand_t(parser_t *p, list_t *out);

/* operand { op operand } for the one or two operators of a level, joined from the left. */
static til_status_t parse_level(parser_t *p, operand_t *operand, const char *operators,
                                operation_t *const *operations, list_t *out)
{
    til_status_t status = TIL_OK;
    const char *op;
    list_t right;

    TIL_TRY(operand(p, out));
    while (peek(p) != '\0' && (op = strchr(operators, *p->at)) != NULL) {
        TIL_TRY(refuse_number(p, out));
        p->at++;
        TIL_TRY(operand(p, &right));
        TIL_TRY(refuse_number(p, &right));
        TIL_TRY(operations[op - operators](p, out->begin, right.begin));
    }

done:
    return status;
}

static til_status_t parse_inter(parser_t *p, list_t *out)
{
    static operation_t *const operations[] = { interact };
    return parse_level(p, parse_power, ":", operations, out);
}

static til_status_t parse_nest(parser_t *p, list_t *out)
{
    static operation_t *const operations[] = { cross, nest };
    return parse_level(p, parse_inter, "*/", operations, out);
}

static til_status_t parse_sum(parser_t *p, list_t *out)
{
    til_status_t status = TIL_OK;
    list_t right;
    char sign = peek(p);

    *out = (list_t){ .begin = p->top, .where = p->at };
    if (sign != '+' && sign != '-') {
        TIL_TRY(parse_nest(p, out));
        sign = peek(p);
    }
    while (sign == '+' || sign == '-') {
        bool was_minus = p->is_minus;
        p->at++;
        p->is_minus = was_minus != (sign == '-');
        TIL_TRY(parse_nest(p, &right));
        p->is_minus = was_minus;
        if (sign == '+') TIL_TRY(unite(p, out->begin, right.begin));
        else subtract(p, out->begin, right.begin);
        out->is_number = out->is_number && p->top == out->begin;
        sign = peek(p);
    }

done:
    return status;
}

/* ---- the formula --------------------------------------------------------------------- */

static int degree(uint64_t term)
{
    int n = 0;

    for (; term != 0; term &= term - 1) n++;
    return n;
}

/* Insertion sort: stable, and there are at most TIL_MAX_TERMS. */
static void sort_by_degree(uint64_t *terms, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t term = terms[i];
        size_t j = i;
        for (; j > 0 && degree(terms[j - 1]) > degree(term); j--) terms[j] = terms[j - 1];
        terms[j] = term;
    }
}

static til_status_t parse(parser_t *p)
{
    til_status_t status = TIL_OK;
    list_t all;

    if (peek(p) != '~')
        return refuse(p, p->at,
                      strchr(p->at, '~') == NULL
                          ? "a formula begins with '~'"
                          : "nothing stands before the '~': the counts are what is modelled");
    p->at++;
    TIL_TRY(parse_sum(p, &all));
    if (*p->at == ')') return refuse(p, p->at, "there is no '(' for this ')'");
    if (*p->at == '%') return refuse(p, p->at, "%in% is not understood: write a:b or a/b");
    if (*p->at == '|')
        return refuse(p, p->at,
                      "random effects are not understood: --block COLUMN names what "
                      "samples have in common");
    if (*p->at != '\0')
        return refuse(p, p->at,
                      "an operator (+ - * / : ^) should stand here; a name with other "
                      "characters than letters, digits, _ and . stands in backticks");
    sort_by_degree(p->stack, p->top);

done:
    return status;
}

til_status_t til_formula_parse(til_ctx_t *ctx, const char *text, til_formula_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_formula_t){ 0 };
    TIL_NEED(ctx, text);
    til_status_t status = TIL_OK;
    parser_t p = { .ctx = ctx, .text = text, .at = text, .formula = out };

    *out = (til_formula_t){ .has_intercept = true, .arena = til_arena_new() };
    if (out->arena == NULL) {
        status = til_no_memory(ctx, 1, "formula");
        goto done;
    }
    TIL_TRY(til_keep_text(ctx, out->arena, text, &out->text));
    TIL_TRY(til_grow(ctx, &p.stack, &p.capacity, 1, sizeof *p.stack));
    TIL_TRY(parse(&p));
    out->terms = p.stack;
    out->n_terms = p.top;
    p.stack = NULL;

done:
    free(p.stack);
    if (status != TIL_OK) til_formula_clear(out);
    return status;
}

void til_formula_clear(til_formula_t *formula)
{
    if (formula == NULL) return;
    free(formula->variables);
    free(formula->terms);
    til_arena_free(formula->arena);
    *formula = (til_formula_t){ 0 };
}
