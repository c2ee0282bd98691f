/* test_contrasts_file.c -- nf-core's files of contrasts, as tables and as YAML. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/strbuf.h"
#include "io/text/contrasts_file.h"
#include "support/golden.h"
#include "support/runner.h"

/* The specs of a file, one per line: id|variable|target|reference|expression|formula|column|values.
 */
static til_status_t read(til_ctx_t *ctx, const char *bytes, til_strbuf_t *out)
{
    til_text_t text;
    til_contrast_specs_t specs = { 0 };
    til_status_t status;

    ck_assert_int_eq(til_text_from_bytes(ctx, "c.csv", bytes, strlen(bytes), &text), TIL_OK);
    status = til_contrasts_read(ctx, &text, &specs);
    for (size_t i = 0; i < specs.n_specs; i++) {
        const til_contrast_spec_t *s = &specs.specs[i];
        const char *parts[] = { s->id,         s->variable, s->target,        s->reference,
                                s->expression, s->formula,  s->exclude_column };
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
            til_strbuf_printf(out, "%s%s", k == 0 ? "" : "|", parts[k] == NULL ? "" : parts[k]);
        for (size_t k = 0; k < s->n_exclude_values; k++)
            til_strbuf_printf(out, "|%s", s->exclude_values[k]);
        til_strbuf_add_char(out, '\n');
    }
    til_contrast_specs_clear(&specs);
    til_text_clear(&text);
    return status;
}

static const struct {
    const char *file, *specs;
} good[] = {
    { "id,variable,reference,target\na,arm,R,NR\n,arm,R,CR\n", "a|arm|NR|R|||\n|arm|CR|R|||\n" },
    { "id\tvariable\treference\ttarget\tblocking\na\tarm\tR\tNR\tbatch;my sex\n",
      "a|arm|NR|R||~ batch + `my sex` + arm|\n" },
    { "\"target\",\"id\",\"reference\",\"variable\",\"extra\"\r\n\"N,R\",\"a\",\"R\",\"arm\",1\r\n",
      "a|arm|N,R|R|||\n" },
    { "id,variable,reference,target,blocking,exclude_samples_col,exclude_samples_values\n"
      "a,arm,R,NR,,batch,b1; b2\nb,arm,R,NR,NA,NA,NA\nc,arm,R,NR\n",
      "a|arm|NR|R|||batch|b1|b2\nb|arm|NR|R|||\nc|arm|NR|R|||\n" },
    { "id,variable,reference,target,formula,make_contrasts_str\n"
      "a,,,,~ arm + batch,armNR - armCR\nb,arm,R,NR,~ batch + arm,\n",
      "a||||armNR - armCR|~ arm + batch|\nb|arm|NR|R||~ batch + arm|\n" },
    { "contrasts:\n  - id: a\n    comparison: [arm, R, NR]\n"
      "  - id: b\n    comparison: ['arm', \"R\", 'N''R']\n    blocking_factors: [batch, sex]\n"
      "  - id: c\n    formula: '~ arm + sex'\n    make_contrasts_str: \"armNR\"\n",
      "a|arm|NR|R|||\nb|arm|N'R|R||~ batch + sex + arm|\nc||||armNR|~ arm + sex|\n" },
    { "# made by hand\n---\n- {id: a, comparison: [arm, R, NR], blocking_factors: null,\n"
      "   exclude_samples_col: batch, exclude_samples_values: [b1, b2]}\n",
      "a|arm|NR|R|||batch|b1|b2\n" },
};

START_TEST(files_are_read)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_strbuf_t b = { 0 };

    ck_assert_msg(read(&ctx, good[_i].file, &b) == TIL_OK, "%s", ctx.message);
    ck_assert_str_eq(til_strbuf_text(&b), good[_i].specs);
    til_strbuf_clear(&b);
}
END_TEST

static const struct {
    const char *file, *says;
} bad[] = {
    { "variable,target\narm,R\n", "c.csv:1: a table of contrasts has the columns" },
    { "id,variable,reference,target,id\n", "c.csv:1: column id stands twice" },
    { "id,variable,reference,target\n", "no contrasts in this file" },
    { "id,variable,reference,target\na,arm,R\n", "c.csv:2: a comparison is variable" },
    { "id,variable,reference,target\na,arm,R,NR,x\n", "c.csv:2: 5 fields where the header has 4" },
    { "id,variable,reference,target,exclude_samples_col\na,arm,R,NR,batch\n", "stand together" },
    { "id,variable,reference,target,blocking,formula\na,arm,R,NR,b,~ arm\n", "exclude each other" },
    { "contrasts:\n  - id: a\n    comparison: [arm, R]\n",
      "c.csv:3: comparison is a list of three" },
    { "contrasts:\n  - id: a\n    comparison: arm\n", "c.csv:3: comparison is a list of three" },
    { "contrasts:\n  - id: a\n", "c.csv:2: a contrast has variable" },
    { "contrasts:\n  - id: a\n    make_contrasts_str: x\n", "needs a formula" },
    { "contrasts:\n  - a\n", "c.csv:2: a contrast is a map" },
    { "contrasts: 3\n", "a list should stand below" },
    { "contrasts:\n", "a list should stand below" },
    { "contrasts: [a\n", "not YAML" },
    { "contrasts:\n  - &x {id: a}\n  - *x\n", "aliases" },
    { "contrasts:\n  - {id: a, id: b}\n", "key 'id' stands twice" },
    { "- {id: a, comparison: [arm, R, NR]}\n---\n- b\n", "a second document" },
    { "- [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "nested too deep" },
    { "- {id: a, blocking_factors: {a: b}}\n", "text or a list" },
    { "- {id: a, blocking_factors: [[b]]}\n", "should be text" },
};

START_TEST(wrong_files_are_refused)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_strbuf_t b = { 0 };

    ck_assert_int_eq(read(&ctx, bad[_i].file, &b), TIL_EINPUT);
    ck_assert_msg(strstr(ctx.message, bad[_i].says) != NULL, "%s: %s", bad[_i].file, ctx.message);
    til_strbuf_clear(&b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("contrasts_file");
    TCase *tcase = tcase_create("contrasts_file");

    tcase_add_loop_test(tcase, files_are_read, 0, (int)(sizeof good / sizeof *good));
    tcase_add_loop_test(tcase, wrong_files_are_refused, 0, (int)(sizeof bad / sizeof *bad));
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
