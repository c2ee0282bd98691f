#!/bin/sh
# rooms.sh -- prints which room includes which, the lines of each, and how long functions are.
set -eu
lengths=$(mktemp)
cd "${srcdir:-.}/src"
rooms="base data math design genes io glm norm de gsea score trial sim qc count quant report tasks cli"

echo "room      files  lines  includes (headers taken)"
for room in $rooms; do
    [ -d "$room" ] || continue
    files=$(find "$room" -name '*.[ch]' ! -name '*_data.c')
    seen=$(cat $files | sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' | grep -vx "$room" | sort | uniq -c |
        sort -rn | awk '{ printf " %s:%s", $2, $1 }')
    printf '%-9s %5d %6d %s\n' "$room" "$(echo "$files" | wc -l)" "$(cat $files | wc -l)" "$seen"
done

# A body begins with "{" in column 1 and ends with "}" in column 1; functions of one line have 1.
echo
echo "functions: number, lines of the 50th, 90th, 99th percentile and the longest"
find . ../include -name '*.[ch]' ! -name '*_data.c' | xargs awk '
    FNR == 1 { start = 0 }
    /^[a-z].*\).*\{.*\}$/ && !/^(struct|enum|typedef)/ { print 1, FILENAME ":" FNR; next }
    /^\{/ { start = FNR; next }
    /^}/ && start { print FNR - start - 1, FILENAME ":" start; start = 0 }' | sort -n >"$lengths"
awk '{ n[NR] = $1; where[NR] = $2 }
     END { printf "%d  %d %d %d %d  (%s)\n", NR, n[int(NR * .5)], n[int(NR * .9)], n[int(NR * .99)], n[NR], where[NR] }' "$lengths"
rm -f "$lengths"
