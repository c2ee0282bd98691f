/* version.h -- tilseq --version. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_VERSION_H
#define TIL_CLI_VERSION_H

#include <stdio.h>

/* Line 1 is "tilseq X.Y.Z"; the libraries follow. */
void til_version_print(FILE *out);

#endif
