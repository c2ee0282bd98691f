/* tilseq/tilseq.h -- all of the library.
 *
 * Read nouns (io.h), ask a room (norm.h, de.h, gsea.h, score.h ...), write what comes back. Every
 * function that can fail takes a context first, returns a til_status_t and leaves the text of the
 * first failure in ctx.message:
 *
 *     til_ctx_t ctx = TIL_CTX_INIT;
 *     til_matrix_t counts;
 *     if (til_io_read_matrix(&ctx, "counts.tsv", NULL, &counts) != TIL_OK)
 *         fprintf(stderr, "%s\n", ctx.message);
 *
 * til_version() (context.h) is the version of the library that runs. A NULL or a value out of range is TIL_EUSAGE; what _clear and _free are given may be NULL. Nothing
 * here prints, exits or keeps global state.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_TILSEQ_H
#define TILSEQ_TILSEQ_H

#include <tilseq/annot.h>
#include <tilseq/context.h>
#include <tilseq/count.h>
#include <tilseq/de.h>
#include <tilseq/design.h>
#include <tilseq/geneset.h>
#include <tilseq/gsea.h>
#include <tilseq/io.h>
#include <tilseq/matrix.h>
#include <tilseq/norm.h>
#include <tilseq/qc.h>
#include <tilseq/quant.h>
#include <tilseq/ranking.h>
#include <tilseq/report.h>
#include <tilseq/score.h>
#include <tilseq/sim.h>
#include <tilseq/status.h>
#include <tilseq/table.h>
#include <tilseq/trial.h>
#include <tilseq/words.h>

#endif
