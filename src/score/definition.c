/* definition.c -- a row of scores.tsv, read into genes. The grammar is in genesets/README.md. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/try.h"
#include "score/definition.h"

static const struct {
    const char *name;
    til_score_formula_t type;
} TYPES[] = { { "mean", TIL_SCORE_MEAN },
              { "geomean", TIL_SCORE_GEOMEAN },
              { "geomean_log", TIL_SCORE_GEOMEAN_LOG },
              { "weighted_sum_hk", TIL_SCORE_WEIGHTED },
              { "log_ratio", TIL_SCORE_LOG_RATIO },
              { "ratio", TIL_SCORE_RATIO },
              { "residual", TIL_SCORE_RESIDUAL },
              { "pair_votes", TIL_SCORE_PAIRS },
              { "mean_rank_across_samples", TIL_SCORE_MEAN_RANK },
              { "pc1", TIL_SCORE_PC1 } };

enum { N_TYPES = sizeof TYPES / sizeof TYPES[0] };

/* What every step of the parse needs. */
typedef struct {
    const til_score_def_t *def;
    const char *origin;
    const til_genesets_t *sets;
    til_score_parsed_t *out;
} parse_t;

static til_status_t bad(til_ctx_t *ctx, const parse_t *p, const char *what)
{
    return til_fail(ctx, TIL_EINPUT, "%s:%zu: definition of score %s: '%s' is not %s", p->origin,
                    p->def->line, p->def->name, p->def->definition, what);
}

static til_status_t append(til_ctx_t *ctx, til_score_group_t *group, const char *gene)
{
    til_status_t status = til_grow(ctx, &group->genes, &group->capacity, group->n + 1,
                                   sizeof *group->genes);
    if (status == TIL_OK) group->genes[group->n++] = gene;
    return status;
}

/* Adds a gene, or the genes of a set, each once. */
static til_status_t add_word(til_ctx_t *ctx, const parse_t *p, til_score_group_t *group,
                             const char *word)
{
    const til_geneset_t *set = til_genesets_find(p->sets, word);
    size_t n = set == NULL ? 1 : set->n_genes;

    for (size_t i = 0; i < n; i++) {
        const char *gene = set == NULL ? word : set->genes[i];
        bool known = false;

        for (size_t j = 0; j < group->n && !known; j++) known = strcmp(group->genes[j], gene) == 0;
        if (known) continue;
        til_status_t status = append(ctx, group, gene);
        if (status != TIL_OK) return status;
    }
    return TIL_OK;
}

/* A copy without blanks at either end. */
static til_status_t copy_trimmed(til_ctx_t *ctx, const parse_t *p, const char *text, size_t n,
                                 char **out)
{
    while (n > 0 && text[0] == ' ') text++, n--;
    while (n > 0 && text[n - 1] == ' ') n--;
    *out = til_arena_text_n(p->out->arena, text, n);
    return *out == NULL ? til_no_memory(ctx, n, "bytes") : TIL_OK;
}

/* The next piece of *rest up to `separator`, trimmed; *rest is NULL after the last. */
static til_status_t next_piece(til_ctx_t *ctx, const parse_t *p, const char **rest, char separator,
                               char **piece)
{
    const char *end = strchr(*rest, separator);
    size_t n = end == NULL ? strlen(*rest) : (size_t)(end - *rest);
    til_status_t status = copy_trimmed(ctx, p, *rest, n, piece);

    *rest = end == NULL ? NULL : end + 1;
    if (status == TIL_OK && **piece == '\0') return bad(ctx, p, "complete: a name is empty");
    return status;
}

static til_status_t parse_list(til_ctx_t *ctx, const parse_t *p, const char *text,
                               til_score_group_t *group)
{
    til_status_t status = TIL_OK;

    for (const char *rest = text; rest != NULL && status == TIL_OK;) {
        char *word;
        status = next_piece(ctx, p, &rest, ',', &word);
        if (status == TIL_OK && strpbrk(word, " ()<>;:~") != NULL)
            status = bad(ctx, p, "a list of names by commas");
        if (status == TIL_OK) status = add_word(ctx, p, group, word);
    }
    return status;
}

static void remove_genes(til_score_group_t *from, const til_score_group_t *gone)
{
    size_t kept = 0;

    for (size_t i = 0; i < from->n; i++) {
        bool goes = false;
        for (size_t j = 0; j < gone->n && !goes; j++)
            goes = strcmp(from->genes[i], gone->genes[j]) == 0;
        if (!goes) from->genes[kept++] = from->genes[i];
    }
    from->n = kept;
}

/* TERM: a gene or set, or mean(A,B,... minus C,...) */
static til_status_t parse_term(til_ctx_t *ctx, const parse_t *p, const char *text, size_t n,
                               til_score_group_t *group)
{
    til_status_t status = TIL_OK;
    til_score_group_t gone = { 0 };
    char *term, *minus;

    TIL_TRY(copy_trimmed(ctx, p, text, n, &term));
    if (strncmp(term, "mean(", 5) != 0) return parse_list(ctx, p, term, group);
    n = strlen(term);
    if (term[n - 1] != ')') return bad(ctx, p, "closed: expected ) at the end of mean(...");
    term[n - 1] = '\0';
    term += 5;
    minus = strstr(term, " minus ");
    if (minus != NULL) *minus = '\0';
    TIL_TRY(parse_list(ctx, p, term, group));
    if (minus != NULL) {
        TIL_TRY(parse_list(ctx, p, minus + strlen(" minus "), &gone));
        remove_genes(group, &gone);
    }
done:
    free(gone.genes);
    return status;
}

static til_status_t parse_two_terms(til_ctx_t *ctx, const parse_t *p, const char *operator)
{
    const char *text = p->def->definition, *at = strstr(text, operator);
    char wanted[] = "TERM ? TERM";
    til_status_t status;

    wanted[5] = operator[1];
    if (at == NULL) return bad(ctx, p, wanted);
    status = parse_term(ctx, p, text, (size_t)(at - text), &p->out->a);
    at += strlen(operator);
    return status != TIL_OK ? status : parse_term(ctx, p, at, strlen(at), &p->out->b);
}

/* TERM ~ TERM or TERM - TERM ~ TERM */
static til_status_t parse_residual(til_ctx_t *ctx, const parse_t *p)
{
    const char *text = p->def->definition, *minus = strstr(text, " - "), *at = strstr(text, " ~ ");
    til_status_t status = TIL_OK;

    if (at == NULL || minus == NULL || minus > at) return parse_two_terms(ctx, p, " ~ ");
    TIL_TRY(parse_term(ctx, p, text, (size_t)(minus - text), &p->out->a));
    TIL_TRY(parse_term(ctx, p, minus + 3, (size_t)(at - minus - 3), &p->out->c));
    TIL_TRY(parse_term(ctx, p, at + 3, strlen(at + 3), &p->out->b));
done:
    return status;
}

/* A:w,B:w,...;HK=C,D,... */
static til_status_t parse_weighted(til_ctx_t *ctx, const parse_t *p)
{
    til_status_t status = TIL_OK;
    til_score_parsed_t *out = p->out;
    const char *text = p->def->definition, *end = strstr(text, ";HK=");
    char *list;

    if (end == NULL) return bad(ctx, p, "GENE:WEIGHT,...;HK=GENE,...");
    TIL_TRY(copy_trimmed(ctx, p, text, (size_t)(end - text), &list));
    for (const char *rest = list; rest != NULL;) {
        char *word, *colon;
        double weight;

        TIL_TRY(next_piece(ctx, p, &rest, ',', &word));
        colon = strchr(word, ':');
        if (colon == NULL || colon == word ||
            !til_number_parse(colon + 1, strlen(colon + 1), &weight))
            return bad(ctx, p, "GENE:WEIGHT,...;HK=GENE,...");
        *colon = '\0';
        TIL_TRY(til_grow(ctx, &out->weights, &out->weights_capacity, out->a.n + 1,
                         sizeof *out->weights));
        out->weights[out->a.n] = weight;
        TIL_TRY(append(ctx, &out->a, word));
    }
    TIL_TRY(parse_list(ctx, p, end + strlen(";HK="), &out->b));
done:
    return status;
}

/* A>B,C>D,... */
static til_status_t parse_pairs(til_ctx_t *ctx, const parse_t *p)
{
    til_status_t status = TIL_OK;

    for (const char *rest = p->def->definition; rest != NULL;) {
        char *pair, *high, *low, *sign;

        TIL_TRY(next_piece(ctx, p, &rest, ',', &pair));
        sign = strchr(pair, '>');
        if (sign == NULL || strchr(sign + 1, '>') != NULL) return bad(ctx, p, "GENE>GENE,...");
        TIL_TRY(copy_trimmed(ctx, p, pair, (size_t)(sign - pair), &high));
        TIL_TRY(copy_trimmed(ctx, p, sign + 1, strlen(sign + 1), &low));
        if (*high == '\0' || *low == '\0') return bad(ctx, p, "GENE>GENE,...");
        TIL_TRY(append(ctx, &p->out->a, high));
        TIL_TRY(append(ctx, &p->out->b, low));
    }
done:
    return status;
}

bool til_score_type_is_known(const char *type)
{
    for (size_t i = 0; type != NULL && i < N_TYPES; i++)
        if (strcmp(TYPES[i].name, type) == 0) return true;
    return false;
}

til_status_t til_score_parse(til_ctx_t *ctx, const til_score_def_t *def, const char *origin,
                             const til_genesets_t *sets, til_score_parsed_t *out)
{
    parse_t p = { def, origin, sets, out };
    size_t i = 0;

    *out = (til_score_parsed_t){ .arena = til_arena_new() };
    if (out->arena == NULL) return til_no_memory(ctx, 1, "score");
    while (i < N_TYPES && strcmp(TYPES[i].name, def->type) != 0) i++;
    if (i == N_TYPES)
        return til_fail(ctx, TIL_EINPUT,
                        "%s:%zu: type '%s' of score %s is not known: see "
                        "genesets/README.md for those there are",
                        origin, def->line, def->type, def->name);
    out->type = TYPES[i].type;
    switch (out->type) {
    case TIL_SCORE_WEIGHTED: return parse_weighted(ctx, &p);
    case TIL_SCORE_LOG_RATIO: return parse_two_terms(ctx, &p, " - ");
    case TIL_SCORE_RATIO: return parse_two_terms(ctx, &p, " / ");
    case TIL_SCORE_RESIDUAL: return parse_residual(ctx, &p);
    case TIL_SCORE_PAIRS: return parse_pairs(ctx, &p);
    default: return parse_list(ctx, &p, def->definition, &out->a);
    }
}

void til_score_parsed_clear(til_score_parsed_t *p)
{
    if (p == NULL) return;
    free(p->a.genes);
    free(p->b.genes);
    free(p->c.genes);
    free(p->weights);
    til_arena_free(p->arena);
    *p = (til_score_parsed_t){ 0 };
}
