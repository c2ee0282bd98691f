/* strand.h -- what the reads say about the strand of a library, and one setting for a cohort. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_COUNT_STRAND_H
#define TIL_COUNT_STRAND_H

#include <tilseq/count.h>

/* The verdict of this much evidence. */
til_strand_verdict_t til_strand_judge(uint64_t sense, uint64_t antisense);

/* The setting a verdict asks for; unclear is counted as unstranded. */
til_stranded_t til_strand_setting(til_strand_verdict_t verdict);

#endif
