/* gene_key.c -- what part of a gene's name it is known by. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "genes/gene_key.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

enum { ENSEMBL_DIGITS = 11 }; /* in every stable id */

/* Length of the stable id at the start of `name` (ENS, letters of the species, G T or P, 11
 * digits); 0 when there is none. */
static size_t stable_id_length(const char *name)
{
    size_t at = 3, digits = 0;

    if (strncmp(name, "ENS", 3) != 0) return 0;
    while (is_upper(name[at])) at++;
    if (strchr("GTP", name[at - 1]) == NULL || at == 3) return 0;
    while (is_digit(name[at + digits])) digits++;
    return digits == ENSEMBL_DIGITS ? at + digits : 0;
}

size_t til_gene_key_length(const char *name)
{
    size_t id = stable_id_length(name), at = id + 1;

    if (id == 0 || name[id] != '.' || !is_digit(name[at])) return strlen(name);
    while (is_digit(name[at])) at++;
    return name[at] == '\0' ? id : strlen(name); /* not "..._PAR_Y": another locus */
}

bool til_gene_is_ensembl(const char *name)
{
    size_t id = stable_id_length(name);
    return id > 0 && (name[id] == '\0' || name[id] == '.');
}

bool til_gene_is_entrez(const char *name)
{
    size_t n = 0;

    while (is_digit(name[n])) n++;
    return n > 0 && name[n] == '\0';
}
