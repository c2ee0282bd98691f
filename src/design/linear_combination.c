/* linear_combination.c -- arithmetic over coefficient names.
 *
 *     sum     := product { ('+' | '-') product }
 *     product := unary { ('*' | '/') unary }
 *     unary   := { '+' | '-' } atom
 *     atom    := number | name | '(' sum ')'
 *     name    := letters, digits, _ . : and parts in backticks, in any mixture
 *
 * Each value is a form: a weight per coefficient and a constant behind them. Of two factors
 * one must be a constant, and in the end the constant must be 0. The forms of a parse lie on one
 * stack.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "design/linear_combination.h"
#include "design/variable.h"

enum { MAX_DEPTH = 100 };

typedef struct {
    til_ctx_t *ctx;
    const char *text, *at, *where;
    const til_design_t *design;
    double *stack;        /* forms of n_coef + 1 doubles */
    size_t top, capacity; /* in forms; in doubles        */
    int depth;
} parser_t;

static til_status_t parse_sum(parser_t *p);

static til_status_t refuse(const parser_t *p, const char *place, const char *what)
{
    return til_fail(p->ctx, TIL_EUSAGE, "%s'%s', column %zu: %s", p->where, p->text,
                    (size_t)(place - p->text) + 1, what);
}

/* ---- names --------------------------------------------------------------------------- */

static bool begins_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' ||
           (unsigned char)c >= 0x80;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool continues_name(char c) { return begins_name(c) || is_digit(c) || c == ':'; }

/* The next byte of *text that is not a backtick; *left counts down with it. '\0' at the end. */
static char next_bare(const char **text, size_t *left)
{
    while (*left > 0 && **text == '`') ++*text, --*left;
    if (*left == 0) return '\0';
    --*left;
    return *(*text)++;
}

static bool same_bare(const char *name, const char *text, size_t n)
{
    size_t left = strlen(name);
    char a, b;

    do {
        a = next_bare(&name, &left);
        b = next_bare(&text, &n);
    } while (a == b && a != '\0');
    return a == b;
}

/* Is text[0..n) what make.names() makes of `name`? Letters beyond ASCII are kept there. */
static bool same_mangled(const char *name, const char *text, size_t n)
{
    size_t i = 0, length = strlen(name);
    bool needs_x = !begins_name(name[0]) || name[0] == '_' || (name[0] == '.' && is_digit(name[1]));

    if (needs_x && (n == 0 || text[i++] != 'X')) return false;
    if (n - i != length) return false;
    for (size_t k = 0; k < length; k++, i++) {
        bool is_kept = begins_name(name[k]) || is_digit(name[k]);
        if (text[i] != (is_kept ? name[k] : '.')) return false;
    }
    return true;
}

ptrdiff_t til_expression_coefficient(const til_design_t *design, const char *text, size_t n)
{
    ptrdiff_t found = -1;

    for (size_t j = 0; j < design->n_coef; j++)
        if (same_bare(design->coef_names[j], text, n)) return (ptrdiff_t)j;
    for (size_t j = 0; j < design->n_coef; j++) {
        bool is_intercept = strcmp(design->coef_names[j], "(Intercept)") == 0;
        if (!same_mangled(design->coef_names[j], text, n) &&
            !(is_intercept && n == 9 && memcmp(text, "Intercept", n) == 0))
            continue;
        if (found >= 0) return -1;
        found = (ptrdiff_t)j;
    }
    return found;
}

static til_status_t refuse_name(const parser_t *p, const char *name, size_t n)
{
    til_strbuf_t known = { 0 };
    til_status_t status;

    til_list_names(&known, p->design->coef_names, p->design->n_coef);
    status = til_fail(p->ctx, TIL_EUSAGE,
                      "%s'%s', column %zu: no coefficient '%.*s': there are %s (in backticks where "
                      "they hold other characters than letters, digits, _ . :)",
                      p->where, p->text, (size_t)(name - p->text) + 1, (int)(n < 200 ? n : 200),
                      name, til_strbuf_text(&known));
    til_strbuf_clear(&known);
    return status;
}

/* ---- forms --------------------------------------------------------------------------- */

static double *form(const parser_t *p, size_t from_top)
{
    return p->stack + (p->top - from_top) * (p->design->n_coef + 1);
}

static bool is_constant(const parser_t *p, const double *f)
{
    for (size_t j = 0; j < p->design->n_coef; j++)
        if (f[j] != 0) return false;
    return true;
}

static til_status_t push(parser_t *p)
{
    size_t size = p->design->n_coef + 1;
    til_status_t status = til_grow(p->ctx, &p->stack, &p->capacity, (p->top + 1) * size,
                                   sizeof *p->stack);

    if (status != TIL_OK) return status;
    p->top++;
    memset(form(p, 1), 0, size * sizeof *p->stack);
    return TIL_OK;
}

static void scale(const parser_t *p, double *f, double by)
{
    for (size_t j = 0; j <= p->design->n_coef; j++) f[j] *= by;
}

/* The two top forms become one. */
static til_status_t combine(parser_t *p, char op, const char *place)
{
    size_t constant = p->design->n_coef;
    double *left = form(p, 2), *right = form(p, 1);

    switch (op) {
    case '*':
        if (is_constant(p, left)) {
            double by = left[constant];
            memcpy(left, right, (constant + 1) * sizeof *left);
            scale(p, left, by);
        } else if (is_constant(p, right)) {
            scale(p, left, right[constant]);
        } else {
            return refuse(p, place, "a product of coefficients is not linear");
        }
        break;
    case '/':
        if (!is_constant(p, right)) return refuse(p, place, "a coefficient divides nothing");
        if (right[constant] == 0) return refuse(p, place, "division by zero");
        for (size_t j = 0; j <= constant; j++) left[j] /= right[constant];
        break;
    default:
        for (size_t j = 0; j <= constant; j++) left[j] += op == '-' ? -right[j] : right[j];
    }
    p->top--;
    return TIL_OK;
}

/* ---- the text ------------------------------------------------------------------------ */

static char peek(parser_t *p)
{
    while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r') p->at++;
    return *p->at;
}

static til_status_t parse_name(parser_t *p)
{
    static const char intercept[] = "(Intercept)";
    const char *begin = p->at;
    til_status_t status;

    if (*p->at == '(') p->at += sizeof intercept - 1;
    while (continues_name(*p->at) || *p->at == '`') {
        if (*p->at != '`') {
            p->at++;
            continue;
        }
        const char *end = strchr(p->at + 1, '`');
        if (end == NULL) return refuse(p, p->at, "the backtick is not closed");
        p->at = end + 1;
    }
    size_t n = (size_t)(p->at - begin);
    ptrdiff_t j = til_expression_coefficient(p->design, begin, n);
    if (j < 0) return refuse_name(p, begin, n);
    status = push(p);
    if (status == TIL_OK) form(p, 1)[j] = 1;
    return status;
}

static til_status_t parse_number(parser_t *p)
{
    size_t n = strspn(p->at, "0123456789.");
    double value;
    til_status_t status;

    if (p->at[n] == 'e' || p->at[n] == 'E') {
        size_t sign = p->at[n + 1] == '+' || p->at[n + 1] == '-';
        size_t digits = strspn(p->at + n + 1 + sign, "0123456789");
        if (digits > 0) n += 1 + sign + digits;
    }
    if (continues_name(p->at[n]))
        return refuse(p, p->at, "a name that begins with a digit stands in backticks");
    if (!til_number_parse(p->at, n, &value)) return refuse(p, p->at, "this is not a number");
    p->at += n;
    status = push(p);
    if (status == TIL_OK) form(p, 1)[p->design->n_coef] = value;
    return status;
}

static til_status_t parse_atom(parser_t *p)
{
    til_status_t status;
    char c = peek(p);

    if (is_digit(c) || (c == '.' && is_digit(p->at[1]))) return parse_number(p);
    if (begins_name(c) || c == '`' || strncmp(p->at, "(Intercept)", 11) == 0) return parse_name(p);
    if (c == '\0') return refuse(p, p->at, "ends where a coefficient should follow");
    if (c != '(') return refuse(p, p->at, "a coefficient or a number should stand here");
    if (++p->depth > MAX_DEPTH) return refuse(p, p->at, "too many nested parentheses");
    p->at++;
    status = parse_sum(p);
    if (status != TIL_OK) return status;
    if (peek(p) != ')') return refuse(p, p->at, "an operator or ')' should stand here");
    p->at++;
    p->depth--;
    return TIL_OK;
}

static til_status_t parse_unary(parser_t *p)
{
    bool is_negative = false;
    til_status_t status;

    while (peek(p) == '+' || *p->at == '-') is_negative = is_negative != (*p->at++ == '-');
    status = parse_atom(p);
    if (status == TIL_OK && is_negative) scale(p, form(p, 1), -1);
    return status;
}

static til_status_t parse_product(parser_t *p)
{
    til_status_t status = TIL_OK;

    TIL_TRY(parse_unary(p));
    while (peek(p) == '*' || *p->at == '/') {
        const char *op = p->at++;
        TIL_TRY(parse_unary(p));
        TIL_TRY(combine(p, *op, op));
    }

done:
    return status;
}

static til_status_t parse_sum(parser_t *p)
{
    til_status_t status = TIL_OK;

    TIL_TRY(parse_product(p));
    while (peek(p) == '+' || *p->at == '-') {
        const char *op = p->at++;
        TIL_TRY(parse_product(p));
        TIL_TRY(combine(p, *op, op));
    }

done:
    return status;
}

static til_status_t check_form(const parser_t *p)
{
    const double *f = form(p, 1);
    size_t n = p->design->n_coef;

    for (size_t j = 0; j <= n; j++)
        if (!isfinite(f[j])) return refuse(p, p->text, "a weight is too large");
    if (is_constant(p, f)) return refuse(p, p->text, "the coefficients cancel: nothing is asked");
    if (f[n] != 0) return refuse(p, p->text, "a constant is left over beside the coefficients");
    return TIL_OK;
}

til_status_t til_expression_weights(til_ctx_t *ctx, const char *text, const char *where,
                                    const til_design_t *design, double *weights)
{
    til_status_t status = TIL_OK;
    parser_t p = { .ctx = ctx, .text = text, .at = text, .where = where, .design = design };

    TIL_TRY(parse_sum(&p));
    if (peek(&p) != '\0') {
        status = refuse(&p, p.at, "an operator (+ - * /) should stand here");
        goto done;
    }
    TIL_TRY(check_form(&p));
    for (size_t j = 0; j < design->n_coef; j++) weights[j] = form(&p, 1)[j] + 0.0;

done:
    free(p.stack);
    return status;
}
