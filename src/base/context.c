/* context.c -- the first failure is kept; remarks go to the caller's log. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stdio.h>

#include <tilseq/context.h>

int til_status_exit_code(til_status_t status)
{
    switch (status) {
    case TIL_OK: return 0;
    case TIL_EUSAGE: return 2;
    case TIL_EINPUT:
    case TIL_ENUMERIC: return 3;
    case TIL_EIO:
    case TIL_ENOMEM: return 4;
    case TIL_EINTERNAL: break;
    }
    return 70;
}

/* Names in the data may hold anything; a message is one line whatever they hold. */
static void one_line(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f) *text = '?';
}

til_status_t til_fail(til_ctx_t *ctx, til_status_t status, const char *format, ...)
{
    if (ctx != NULL && ctx->message[0] == '\0') {
        va_list args;
        va_start(args, format);
        vsnprintf(ctx->message, sizeof ctx->message, format, args);
        va_end(args);
        one_line(ctx->message);
    }
    return status;
}

void til_ctx_forgive(til_ctx_t *ctx)
{
    if (ctx != NULL) ctx->message[0] = '\0';
}

void til_say(til_ctx_t *ctx, til_log_level_t level, const char *format, ...)
{
    char text[TIL_MESSAGE_MAX];
    va_list args;

    if (ctx == NULL || ctx->log.write == NULL) return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    one_line(text);
    ctx->log.write(ctx->log.arg, level, text);
}
