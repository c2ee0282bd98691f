/* version.c -- tilseq --version. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/context.h>

#include "cli/version.h"
#include "io/reads/bam.h"
#include "io/reads/inflate.h"
#include "math/linalg.h"

void til_version_print(FILE *out)
{
    fprintf(out, "tilseq %s\n", til_version());
    fprintf(out, "libraries: htslib %s, %s; %s\n", til_bam_versions(), til_inflate_versions(),
            til_linalg_version());
    fputs("Licence GPL-3.0-or-later. There is no warranty, to the extent the law permits.\n", out);
}
