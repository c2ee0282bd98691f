/* run_workflow.c -- the steps of a run as a Snakefile.
 *
 * Samples stand in a table by the stem of their file; their rule has one wildcard and looks words and
 * inputs up. Every text is a Python literal; in names of files braces are doubled, as Snakemake takes
 * them for wildcards.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/strbuf.h"
#include "cli/run_workflow.h"
#include "config.h"

/* A Python literal; with `braces`, one that is a name of a file to Snakemake. */
static void add_literal(til_strbuf_t *b, const char *text, bool braces)
{
    til_strbuf_add_char(b, '"');
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') til_strbuf_printf(b, "\\%c", c);
        else if (c < 0x20 || c == 0x7f) til_strbuf_printf(b, "\\x%02x", c);
        else {
            if (braces && (c == '{' || c == '}')) til_strbuf_add_char(b, (char)c);
            til_strbuf_add_char(b, (char)c);
        }
    }
    til_strbuf_add_char(b, '"');
}

static void add_list(til_strbuf_t *b, char *const *texts, size_t n, bool braces)
{
    til_strbuf_add_char(b, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0) til_strbuf_add(b, ", ");
        add_literal(b, texts[i], braces);
    }
    til_strbuf_add_char(b, ']');
}

/* ---- samples ------------------------------------------------------------------------------- */

/* What stands before and after the stem in the first output of a sample's step, which the others of
 * its rule share: "out/quant/" and "/quant.sf". */
typedef struct {
    size_t n_before, n_after;
} frame_t;

static frame_t frame_of(const til_step_t *a, const char *folder)
{
    const char *path = a->outputs[0];
    size_t n_folder = strlen(folder), n = strlen(path);
    const char *stem = strchr(path + n_folder + 1, '/');
    frame_t frame = { stem == NULL ? 0 : (size_t)(stem + 1 - path), 0 };
    const char *end = strcmp(a->words[0], "quant") == 0 ? strrchr(path, '/')
                                                        : path + n - strlen(".counts.tsv");
    frame.n_after = n - (size_t)(end - path);
    return frame;
}

static void add_stem(til_strbuf_t *b, const til_step_t *step, frame_t frame)
{
    til_strbuf_t stem = { 0 };
    const char *path = step->outputs[0];
    til_strbuf_add_n(&stem, path + frame.n_before, strlen(path) - frame.n_before - frame.n_after);
    add_literal(b, til_strbuf_text(&stem), false);
    til_strbuf_clear(&stem);
}

/* The table of the samples first .. first + n - 1 and their rule. */
static void add_samples(til_strbuf_t *b, const til_steps_t *steps, size_t first, size_t n,
                        const char *folder)
{
    const til_step_t *one = &steps->steps[first];
    frame_t frame = frame_of(one, folder);
    til_strbuf_t part = { 0 };

    til_strbuf_printf(b, "\n%s_samples = {\n", one->words[0]);
    for (size_t i = first; i < first + n; i++) {
        const til_step_t *step = &steps->steps[i];
        til_strbuf_add(b, "    ");
        add_stem(b, step, frame);
        til_strbuf_add(b, ": {\n        \"words\": ");
        add_list(b, step->words, step->n_words, false);
        til_strbuf_add(b, ",\n        \"input\": ");
        add_list(b, step->inputs, step->n_inputs, true);
        til_strbuf_add(b, ",\n    },\n");
    }
    til_strbuf_printf(b, "}\n\nrule %s:\n", one->words[0]);
    til_strbuf_printf(b, "    input: lambda w: %s_samples[w.sample][\"input\"]\n", one->words[0]);
    til_strbuf_add(b, "    output: ");
    til_strbuf_add_n(&part, one->outputs[0], frame.n_before);
    add_literal(b, til_strbuf_text(&part), true);
    til_strbuf_printf(b, " + \"{sample}%s\"\n",
                      one->outputs[0] + strlen(one->outputs[0]) - frame.n_after);
    til_strbuf_printf(b,
                      "    wildcard_constraints: sample=\"|\".join(map(re.escape, %s_samples))\n"
                      "    params: words=lambda w: %s_samples[w.sample][\"words\"]\n"
                      "    threads: SAMPLE_THREADS\n"
                      "    resources: mem_mb=lambda w, attempt: SAMPLE_MB * attempt, "
                      "runtime=lambda w, attempt: MINUTES * attempt\n"
                      "    shell: \"tilseq {params.words:q} -q -@ {threads}\"\n",
                      one->words[0], one->words[0]);
    til_strbuf_clear(&part);
}

/* ---- other steps --------------------------------------------------------------------------- */

/* Linux takes 128 kB in one argument, and a shell command is one; a list of words may be longer. */
enum { MOST_SHELL_BYTES = 60000 };

static size_t n_bytes(const til_step_t *step)
{
    size_t n = 0;
    for (size_t i = 0; i < step->n_words; i++) n += strlen(step->words[i]) + 3;
    return n;
}

static void add_step(til_strbuf_t *b, const til_step_t *step, size_t number)
{
    til_strbuf_printf(b, "\nrule step_%zu_%s:\n    input: ", number, step->words[0]);
    add_list(b, step->inputs, step->n_inputs, true);
    til_strbuf_add(b, "\n    output: ");
    add_list(b, step->outputs, step->n_outputs, true);
    til_strbuf_add(b, "\n    params: words=");
    add_list(b, step->words, step->n_words, false);
    til_strbuf_add(b, "\n    threads: THREADS\n"
                      "    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, "
                      "runtime=lambda w, attempt: MINUTES * attempt\n");
    if (n_bytes(step) <= MOST_SHELL_BYTES)
        til_strbuf_add(b, "    shell: \"tilseq {params.words:q} -q -@ {threads}\"\n");
    else
        til_strbuf_add(b,
                       "    run:\n        import subprocess\n        subprocess.run([\"tilseq\", "
                       "*params.words, \"-q\", \"-@\", str(threads)], check=True)\n");
}

til_status_t til_workflow_write(til_ctx_t *ctx, const til_steps_t *steps, const char *folder,
                                const char *command, til_out_t *out)
{
    const til_step_t *last = &steps->steps[steps->n - 1];
    til_strbuf_t b = { 0 };

    til_strbuf_printf(&b, "# Made by tilseq %s: the steps of\n#   ", PACKAGE_VERSION);
    for (const char *c = command; *c != '\0'; c++)
        til_strbuf_add_char(&b, (unsigned char)*c < 0x20 ? '?' : *c);
    til_strbuf_add(&b,
                   "\n"
                   "# Run: snakemake -s THIS --cores N, or with a profile of workflow/profiles. "
                   "Settings: --config sample_threads=2 threads=4\n"
                   "# sample_mb=8000 joint_mb=16000 minutes=600. A job that fails for want of "
                   "memory or time gets more with --retries.\n"
                   "import re\n\n"
                   "SAMPLE_THREADS = int(config.get(\"sample_threads\", 1))\n"
                   "THREADS = int(config.get(\"threads\", 1))\n"
                   "SAMPLE_MB = int(config.get(\"sample_mb\", 1900))\n"
                   "JOINT_MB = int(config.get(\"joint_mb\", 1900))\n"
                   "MINUTES = int(config.get(\"minutes\", 240))\n\n"
                   "rule all:\n    input: ");
    add_list(&b, last->outputs, last->n_outputs, true);
    til_strbuf_add_char(&b, '\n');
    for (size_t i = 0, n; i < steps->n; i += n) {
        n = 1;
        if (steps->steps[i].sample == NULL) {
            add_step(&b, &steps->steps[i], i + 1);
            continue;
        }
        while (i + n < steps->n && steps->steps[i + n].sample != NULL &&
               strcmp(steps->steps[i + n].words[0], steps->steps[i].words[0]) == 0)
            n++;
        add_samples(&b, steps, i, n, folder);
    }
    til_status_t status = b.failed ? til_fail(ctx, TIL_ENOMEM, "out of memory") : TIL_OK;
    if (status == TIL_OK) til_out_strbuf(out, &b);
    til_strbuf_clear(&b);
    return status;
}
