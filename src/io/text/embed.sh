#!/bin/sh
# embed.sh -- writes the C file that carries FILES inside the program: embed.sh ARRAY FOLDER FILE... > data.c
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Eight bytes make a word, the first byte lowest, so that neither long string literals nor the byte
# order of a machine matter (src/io/text/builtin.c takes them apart by shifts).
set -eu
LC_ALL=C
export LC_ALL
array=$1 folder=$2
shift 2

cat <<HEAD
/* $array -- made by embed.sh; do not edit. */
#include "io/text/builtin.h"

HEAD
i=0
for file in "$@"; do
    echo "static const uint64_t file_$i[] = {"
    od -An -v -tx1 "$folder/$file" | awk '
        { for (f = 1; f <= NF; f++) {
              word = $f word
              if (++n % 8 == 0) { printf "0x%sU,%s", word, n % 48 == 0 ? "\n" : ""; word = "" } } }
        END { if (word != "") printf "0x%sU,", word
              if (n == 0) printf "0U"; print "" }'
    echo "};"
    i=$((i + 1))
done
echo "const til_builtin_t $array[] = {"
i=0
for file in "$@"; do
    printf '    { "%s", file_%d, %d },\n' "$file" "$i" "$(wc -c < "$folder/$file")"
    i=$((i + 1))
done
echo "    { 0, 0, 0 }"
echo "};"
