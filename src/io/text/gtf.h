/* gtf.h -- annotation files: GTF (Ensembl, GENCODE, RefSeq, StringTie), GFF3 and featureCounts'
 * SAF (gene, contig, start, end, strand), plain or gzip.
 *
 * One pass; the dialect is told from the first feature line. Lines of another type than the one
 * asked for are passed over, but gene lines give names and types to their genes. Every line of a
 * SAF is a feature, and its first column the gene, whatever is asked for.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_GTF_H
#define TIL_IO_GTF_H

#include <stdbool.h>
#include <tilseq/annot.h>

#include "io/text/digest.h"

typedef struct {
    const char *feature;   /* third column: "exon", or a list: "exon,CDS"              */
    const char *attribute; /* what names the gene of a feature: "gene_id"              */
    bool once_a_gene;      /* GFF3: a line of several transcripts is one feature of a gene */
} til_gtf_options_t;

#define TIL_GTF_OPTIONS                                                                            \
    {                                                                                              \
        .feature = "exon", .attribute = "gene_id"                                                  \
    }

/* Reads `path` ("-" is standard input); sha256 takes the file's digest ("" for what is no regular
 * file) or is NULL. In GFF3 a feature without the attribute belongs to the
 * topmost feature its Parent (or Derives_from) leads to; one with several parents is several exons;
 * %XX are decoded; a Parent that no line defines is a warning.
 *
 * TIL_EINPUT naming file and line for a feature line with fewer than nine columns (SAF: five), a
 * start beyond its end, a position that is no number, a strand other than + - . ?, or no gene;
 * naming the feature types seen when none is the one asked for. TIL_EIO when it cannot be read. A
 * gene on several contigs or strands is a notice. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_gtf_read(til_ctx_t *ctx, const char *path, const til_gtf_options_t *options,
                          char sha256[TIL_SHA256_TEXT], til_annot_t *out);

/* The same from text in memory; `name` is for messages. */
TIL_MUST_USE
til_status_t til_gtf_read_text(til_ctx_t *ctx, const char *name, const char *text, size_t size,
                               const til_gtf_options_t *options, til_annot_t *out);

#endif
