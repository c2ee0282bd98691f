/* test_options.c -- the option tables of all commands: choices stand for what their words say; the parser at work. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/count.h>
#include <tilseq/quant.h>

#include "base/words.h"
#include "cli/driver.h"
#include "support/golden.h"

/* Calls `use` for each row of each command. */
static void each_option(void (*use)(const til_command_t *, const til_opt_t *))
{
    for (size_t i = 0; til_commands[i] != NULL; i++)
        for (const til_opt_t *opt = til_commands[i]->options; opt->name != NULL; opt++)
            use(til_commands[i], opt);
}

static int n_choices;

static void check_choice(const til_command_t *command, const til_opt_t *opt)
{
    const til_words_t *list = opt->value;
    int given;

    if (opt->kind != TIL_OPT_CHOICE) return;
    n_choices++;
    ck_assert_uint_ge(list->n, 2);
    for (size_t v = 0; v < list->n; v++) {
        char word[64];
        ck_assert_msg(list->words[v] != NULL, "%s --%s: value %zu has no word", command->name,
                      opt->name, v);
        for (const char *p = list->words[v]; *p != '\0'; p += strcspn(p, "|"), p += *p == '|') {
            snprintf(word, sizeof word, "%.*s", (int)strcspn(p, "|"), p);
            ck_assert_msg(til_words_find(list, word) == (int)v, "%s --%s: '%s' is value %d",
                          command->name, opt->name, word, til_words_find(list, word));
        }
    }
    memcpy(&given, (const char *)command->defaults + opt->offset, sizeof given);
    ck_assert_int_ge(given, TIL_NOT_CHOSEN);
    ck_assert_int_lt(given, (int)list->n);
}

START_TEST(every_choice_has_its_words)
{
    each_option(check_choice);
    ck_assert_int_ge(n_choices, 20);
}
END_TEST

START_TEST(words_are_of_their_values)
{
    ck_assert_int_eq(til_words_find(&til_pairs_words, "no"), TIL_PAIRS_NO);
    ck_assert_int_eq(til_words_find(&til_stranded_words, "auto"), TIL_STRANDED_AUTO);
    ck_assert_int_eq(til_words_find(&til_stranded_words, "reverse"), TIL_STRANDED_REVERSE);
    ck_assert_int_eq(til_words_find(&til_library_words, "A"), TIL_LIBRARY_AUTO);
    ck_assert_int_eq(til_words_find(&til_library_words, "auto"), TIL_LIBRARY_AUTO);
    ck_assert_int_eq(til_words_find(&til_library_words, "ISR"), TIL_LIBRARY_ISR);
    ck_assert_int_eq(til_words_find(&til_library_words, "IS"), -1);
    ck_assert_int_eq(til_words_find(&til_library_words, "auto|A"), -1);
    ck_assert_int_eq(til_words_find(&til_library_words, ""), -1);
}
END_TEST

/* ---- parsing ----------------------------------------------------------------------------- */

typedef struct {
    const char *design, *output, *file, *other_file, *curves;
    til_multi_t multi;
    int64_t n;
    til_list_t contrasts;
    til_common_t common;
} args_t;

static const args_t defaults = { .multi = TIL_MULTI_NONE };

static const til_opt_t options[] = {
    { 0, "design", TIL_OPT_TEXT, offsetof(args_t, design), "FORMULA", 0, 0, "a text" },
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(args_t, output), "FILE", 0, 0, "a place" },
    { 0, "curves", TIL_OPT_OUTPUT, offsetof(args_t, curves), "FILE", 0, 0, "another place" },
    { 0, "multi-file", TIL_OPT_FILE, offsetof(args_t, file), "FILE", 0, 0, "a file" },
    { 0, "threads-file", TIL_OPT_FILE, offsetof(args_t, other_file), "FILE", 0, 0, "a file" },
    { 'n', "number", TIL_OPT_INT, offsetof(args_t, n), "INT", 0, 10, "a number" },
    { 'c', "contrast", TIL_OPT_EXPRESSIONS, offsetof(args_t, contrasts), "C", 0, 0, "questions" },
    TIL_CHOICE('M', "multi", args_t, multi, &til_multi_words, "a choice"),
    TIL_COMMON_OPTIONS(args_t)
};

static const til_command_t command = { .name = "test",
                                       .operands = "FILE...",
                                       .options = options,
                                       .defaults = &defaults,
                                       .args_size = sizeof(args_t),
                                       .common_offset = offsetof(args_t, common),
                                       .max_operands = -1 };

/* Parses words separated by blanks. */
static til_status_t parse(til_ctx_t *ctx, const char *line, args_t *args, int *n_operands)
{
    static char text[256];
    char *argv[32];
    const char *operands[32];
    int argc = 0;

    snprintf(text, sizeof text, "%s", line);
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " "))
        argv[argc++] = word;
    *args = defaults;
    *ctx = (til_ctx_t)TIL_CTX_INIT;
    return til_options_parse(ctx, &command, argc, argv, args, operands, n_operands, NULL);
}

START_TEST(values_are_stored)
{
    til_ctx_t ctx;
    args_t args;
    int n;

    ck_assert_int_eq(parse(&ctx, "a -M fraction -n3 b --design=~x -c x:b:a y=z -q -q", &args, &n),
                     TIL_OK);
    ck_assert_int_eq((int)args.multi, TIL_MULTI_FRACTION);
    ck_assert_int_eq((int)args.n, 3);
    ck_assert_str_eq(args.design, "~x");
    ck_assert_uint_eq(args.contrasts.n, 2);
    ck_assert_int_eq(n, 2);
    til_options_clear(&command, &args);
}
END_TEST

static const struct {
    const char *line, *message;
} refused[] = {
    { "-M some", "--multi: 'some' is not one of none|all|fraction|primary" },
    { "-M", "--multi needs a value (none|all|fraction|primary)" },
    { "-n 11", "--number: '11' is not a whole number from 0 to 10" },
    { "--design ~a --design ~b", "--design is given twice: '~a', then '~b'" },
    { "-n 1 -n 1", "--number is given twice: '1', then '1'" },
    { "-M all --multi=none", "--multi is given twice: 'all', then 'none'" },
};

START_TEST(nothing_is_replaced_in_silence)
{
    til_ctx_t ctx;
    args_t args;
    int n;

    ck_assert_int_eq(parse(&ctx, refused[_i].line, &args, &n), TIL_EUSAGE);
    ck_assert_str_eq(ctx.message, refused[_i].message);
    til_options_clear(&command, &args);
}
END_TEST

/* ---- the record of the command ------------------------------------------------------------ */

/* Words of a command line and what is kept of them; a NULL ends the words. */
static const struct {
    const char *words[10], *record;
} recorded[] = {
    { { "/a/b/counts.tsv", "-", "../x y/it's.tsv", NULL },
      "tilseq test counts.tsv - 'it'\\''s.tsv'" },
    { { "--design", "~ site + X/Y", "-c", "half=armb/2", "q=b - a/2", "arm:b:a", NULL },
      "tilseq test --design '~ site + X/Y' -c half=armb/2 'q=b - a/2' arm:b:a" },
    { { "--design=~ a", "-n3", "-Mall", "--multi-file=/d/f.tsv", NULL },
      "tilseq test --design='~ a' -n3 -Mall --multi-file=f.tsv" },
    { { "-c", "/data/trial/contrasts.csv", NULL }, "tilseq test -c contrasts.csv" },
    { { "-qo", "/out/x", "-@", "4", "-v", "--threads-file", "/d/-@", NULL },
      "tilseq test --threads-file -@" },
    { { "--curves", "/d/c.tsv", "-qn3", NULL }, "tilseq test --curves c.tsv -n3" },
    { { "--design", "", "--", "-n", NULL }, "tilseq test --design '' -- -n" },
    { { "--design", "a\tb", "$(rm)", "*", NULL }, "tilseq test --design 'a\tb' '$(rm)' '*'" },
};

START_TEST(commands_are_recorded_as_typed)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    args_t args = defaults;
    const char *operands[10];
    char *argv[10];
    int argc = 0, n;
    til_strbuf_t b = { 0 };

    while (recorded[_i].words[argc] != NULL) {
        argv[argc] = (char *)recorded[_i].words[argc];
        argc++;
    }
    ck_assert_int_eq(til_options_parse(&ctx, &command, argc, argv, &args, operands, &n, &b),
                     TIL_OK);
    ck_assert_str_eq(til_strbuf_text(&b), recorded[_i].record);
    til_strbuf_clear(&b);
    til_options_clear(&command, &args);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("options");
    TCase *tcase = tcase_create("tables");
    tcase_add_test(tcase, every_choice_has_its_words);
    tcase_add_test(tcase, words_are_of_their_values);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("parsing");
    tcase_add_test(tcase, values_are_stored);
    tcase_add_loop_test(tcase, nothing_is_replaced_in_silence, 0,
                        (int)(sizeof refused / sizeof *refused));
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("record");
    tcase_add_loop_test(tcase, commands_are_recorded_as_typed, 0,
                        (int)(sizeof recorded / sizeof *recorded));
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
