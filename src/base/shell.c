/* shell.c -- quoting for the shell. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/shell.h"

void til_shell_add_inside(til_strbuf_t *b, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'') til_strbuf_add(b, "'\\''");
        else til_strbuf_add_char(b, *text);
    }
}

void til_shell_add_word(til_strbuf_t *b, const char *word)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./=:,+@%";

    if (word[0] != '\0' && strspn(word, plain) == strlen(word)) {
        til_strbuf_add(b, word);
        return;
    }
    til_strbuf_add_char(b, '\'');
    til_shell_add_inside(b, word);
    til_strbuf_add_char(b, '\'');
}
