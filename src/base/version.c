/* version.c -- the version of the library that runs. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/context.h>

#include "config.h"

const char *til_version(void) { return PACKAGE_VERSION; }
