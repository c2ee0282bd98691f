/* strand.c -- the strand of a library, told from its reads, and of a cohort, told from its samples.
 *
 * One matrix has one setting: columns counted under several differ by genes on the other strand,
 * which no normalisation takes out. Samples whose reads speak clearly decide; those with too few
 * reads, or with shares in between, follow them unless their own lie on the other side.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/need.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "count/strand.h"

enum {
    EVIDENCE_MIN = 100, /* fragments below which nothing is said about the strand */
    NAMES_SHOWN = 4
};

/* A stranded library shows one strand in four fragments of five (RSeQC's and nf-core's line), an
 * unstranded one both alike. */
static const double STRANDED_SHARE = 0.8, EVEN_SHARE = 0.1;

static const char *const verdicts[] = { "forward", "reverse", "unstranded", "unclear" };

const char *til_strand_setting_word(til_stranded_t setting)
{
    return til_stranded_words.words[setting];
}

const char *til_strand_verdict_word(til_strand_verdict_t verdict) { return verdicts[verdict]; }

til_strand_verdict_t til_strand_judge(uint64_t sense, uint64_t antisense)
{
    uint64_t n = sense + antisense;
    if (n < EVIDENCE_MIN) return TIL_VERDICT_UNCLEAR;
    double share = (double)sense / (double)n;
    if (share >= STRANDED_SHARE) return TIL_VERDICT_FORWARD;
    if (share <= 1 - STRANDED_SHARE) return TIL_VERDICT_REVERSE;
    return share >= 0.5 - EVEN_SHARE && share <= 0.5 + EVEN_SHARE ? TIL_VERDICT_UNSTRANDED
                                                                  : TIL_VERDICT_UNCLEAR;
}

til_stranded_t til_strand_setting(til_strand_verdict_t verdict)
{
    return verdict == TIL_VERDICT_FORWARD   ? TIL_STRANDED_FORWARD
           : verdict == TIL_VERDICT_REVERSE ? TIL_STRANDED_REVERSE
                                            : TIL_STRANDED_UNSTRANDED;
}

/* ------------------------------------------------------------------- cohort */

/* Whether a sample that says nothing clear can be counted as the clear ones are. */
static bool can_follow(const til_strand_record_t *r, til_stranded_t setting)
{
    if (r->sense + r->antisense < EVIDENCE_MIN || setting == TIL_STRANDED_UNSTRANDED) return true;
    return (r->sense > r->antisense) == (setting == TIL_STRANDED_FORWARD);
}

/* Whether samples were given one setting that all others can follow. */
static bool follow_given(const til_strand_record_t *records, size_t n, til_stranded_t *setting)
{
    ptrdiff_t first = -1;

    for (size_t i = 0; i < n; i++) {
        if (!records[i].given) continue;
        if (first >= 0 && records[i].setting != records[first].setting) return false;
        if (first < 0) first = (ptrdiff_t)i;
    }
    for (size_t i = 0; i < n && first >= 0; i++)
        if (!records[i].given && !can_follow(&records[i], records[first].setting)) return false;
    if (first >= 0) *setting = records[first].setting;
    return first >= 0;
}

static void list_samples(til_strbuf_t *b, const til_strand_record_t *records,
                         const char *const *names, size_t n, til_strand_verdict_t verdict)
{
    size_t shown = 0;
    for (size_t i = 0; i < n; i++) {
        const til_strand_record_t *r = &records[i];
        uint64_t all = r->sense + r->antisense;
        if (r->given || til_strand_judge(r->sense, r->antisense) != verdict) continue;
        if (shown++ >= NAMES_SHOWN) continue;
        if (shown == 1)
            til_strbuf_printf(b, "%s%s: ", b->length > 0 ? "; " : "", verdicts[verdict]);
        else til_strbuf_add(b, ", ");
        til_strbuf_printf(b, "%s (%.1f%% of %llu fragments sense)", names[i],
                          all == 0 ? 0.0 : 100.0 * (double)r->sense / (double)all,
                          (unsigned long long)all);
    }
    if (shown > NAMES_SHOWN) til_strbuf_printf(b, " and %zu more", shown - NAMES_SHOWN);
}

static til_status_t disagree(til_ctx_t *ctx, const til_strand_record_t *records,
                             const char *const *names, size_t n)
{
    til_strbuf_t b = { 0 };
    for (int v = 0; v <= TIL_VERDICT_UNCLEAR; v++)
        list_samples(&b, records, names, n, (til_strand_verdict_t)v);
    til_status_t status = b.failed
                              ? til_no_memory(ctx, n, "names")
                              : til_fail(ctx, TIL_EINPUT,
                                         "the samples disagree on the strand: %s: one matrix has "
                                         "one setting: count them apart, or give --strand",
                                         til_strbuf_text(&b));
    til_strbuf_clear(&b);
    return status;
}

til_status_t til_strand_of_cohort(til_ctx_t *ctx, const til_strand_record_t *records,
                                  const char *const *names, size_t n, til_stranded_t *setting)
{
    TIL_NEED(ctx, records);
    TIL_NEED(ctx, setting);
    uint64_t sense = 0, antisense = 0;
    size_t n_clear = 0;
    bool differ = false;

    *setting = TIL_STRANDED_UNSTRANDED;
    for (size_t i = 0; i < n; i++) {
        if (records[i].given) continue;
        til_strand_verdict_t verdict = til_strand_judge(records[i].sense, records[i].antisense);
        sense += records[i].sense;
        antisense += records[i].antisense;
        if (verdict == TIL_VERDICT_UNCLEAR) continue;
        differ |= n_clear++ > 0 && til_strand_setting(verdict) != *setting;
        *setting = til_strand_setting(verdict);
    }
    if (n_clear == 0 && follow_given(records, n, setting)) return TIL_OK;
    if (n_clear == 0) {
        *setting = til_strand_setting(til_strand_judge(sense, antisense));
        for (size_t i = 0; i < n; i++)
            if (!records[i].given && !can_follow(&records[i], *setting))
                *setting = TIL_STRANDED_UNSTRANDED;
        return TIL_OK;
    }
    for (size_t i = 0; i < n && !differ; i++)
        differ = !records[i].given && !can_follow(&records[i], *setting);
    return differ ? disagree(ctx, records, names, n) : TIL_OK;
}

/* ------------------------------------------------------------------ settling */

til_strand_record_t til_count_strand(const til_count_t *c)
{
    return (til_strand_record_t){ .setting = c->stranded,
                                  .given = c->strand_given,
                                  .sense = c->sense,
                                  .antisense = c->antisense };
}

/* Takes the counts of one setting for those of the sample. */
static void choose(til_count_t *c, til_stranded_t setting)
{
    enum { WAYS = TIL_STRAND_WAYS };
    c->stranded = setting;
    if (c->ways == NULL) return;
    for (size_t row = 0; row < c->n_rows; row++)
        c->counts[row] = c->ways->counts[row * WAYS + (size_t)setting];
    memcpy(c->fates, c->ways->fates[setting], sizeof c->fates);
    memcpy(c->footer, c->ways->footer[setting], sizeof c->footer);
    til_count_drop_ways(c);
}

void til_count_drop_ways(til_count_t *c)
{
    if (c->ways != NULL) free(c->ways->counts);
    free(c->ways);
    c->ways = NULL;
}

til_status_t til_count_settle(til_ctx_t *ctx, til_count_t *counts, const char *const *names,
                              size_t n, til_stranded_t *setting)
{
    TIL_NEED(ctx, counts);
    TIL_NEED(ctx, setting);
    til_strand_record_t *records = til_array(n, sizeof *records);
    if (records == NULL) return til_no_memory(ctx, n, "samples");
    for (size_t i = 0; i < n; i++) records[i] = til_count_strand(&counts[i]);
    til_status_t status = til_strand_of_cohort(ctx, records, names, n, setting);
    for (size_t i = 0; i < n && status == TIL_OK; i++)
        if (!counts[i].strand_given) choose(&counts[i], *setting);
    free(records);
    return status;
}

/* ---------------------------------------------------------------- as a text */

void til_strand_print(const til_strand_record_t *r, char text[TIL_STRAND_TEXT])
{
    snprintf(text, TIL_STRAND_TEXT, "%s;%s;sense=%llu;antisense=%llu",
             til_strand_setting_word(r->setting), r->given ? "given" : "auto",
             (unsigned long long)r->sense, (unsigned long long)r->antisense);
}

/* Passes over `word`; false where the text does not begin so. */
static bool skip(const char **p, const char *word)
{
    size_t n = strlen(word);
    if (strncmp(*p, word, n) != 0) return false;
    *p += n;
    return true;
}

static bool take_number(const char **p, uint64_t *value)
{
    size_t n = strspn(*p, "0123456789");
    int64_t v;
    if (!til_number_parse_int(*p, n, 0, INT64_MAX, &v)) return false;
    *value = (uint64_t)v;
    *p += n;
    return true;
}

bool til_strand_parse(const char *text, til_strand_record_t *r)
{
    const char *p = text;
    int setting = 0;
    *r = (til_strand_record_t){ 0 };
    while (setting < TIL_STRANDED_AUTO &&
           !skip(&p, til_strand_setting_word((til_stranded_t)setting)))
        setting++;
    if (setting == TIL_STRANDED_AUTO) return false;
    r->setting = (til_stranded_t)setting;
    r->given = skip(&p, ";given");
    return (r->given || skip(&p, ";auto")) && skip(&p, ";sense=") && take_number(&p, &r->sense) &&
           skip(&p, ";antisense=") && take_number(&p, &r->antisense) && *p == '\0';
}
