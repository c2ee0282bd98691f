#!/bin/sh
# layers.sh -- every #include points down the house, never up or sideways, and each outside library
# comes in by one door. Table: a room, then the rooms it may see.
set -eu
cd "${srcdir:-.}/src"
failed=0

room_of_header() {
    case $1 in
        status|context)                       echo base ;;
        matrix|annot|design|geneset|ranking|table)    echo data ;;
        *)                                    echo "$1" ;;
    esac
}

rooms_seen_by() {
    sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$1"/*.[ch]
    for header in $(sed -n 's/^#include <tilseq\/\([a-z]*\)\.h>.*/\1/p' "$1"/*.[ch]); do
        room_of_header "$header"
    done
}

while read -r room may_see; do
    [ -d "$room" ] && ls "$room"/*.[ch] >/dev/null 2>&1 || continue
    for seen in $(rooms_seen_by "$room" | sort -u); do
        case " $room $may_see " in
            *" $seen "*) ;;
            *) echo "layers: src/$room must not include $seen" >&2; failed=1 ;;
        esac
    done
done <<'ROOMS'
base
data    base
math    base
io      base data
model   base data math
qc      base data io math
count   base data io math
quant   base data io math
norm    base data math model
de      base data math model
gsea    base data math model
score   base data math model
sim     base data math model
report  base data
cli     base data math io model qc count quant norm de gsea score sim report
ROOMS

for room in *; do
    case $room in
        base|data|math|io|model|qc|count|quant|norm|de|gsea|score|sim|report|cli) ;;
        *) echo "layers: src/$room is not in the table" >&2; failed=1 ;;
    esac
done

# header, then the only files that may include it
while read -r header doors; do
    for file in $(grep -l "^#include <$header" ./*/*.[ch] 2>/dev/null | sed 's/^\.\///'); do
        case " $doors " in
            *" $file "*) ;;
            *) echo "layers: $file must not include <$header>: its door is $doors" >&2; failed=1 ;;
        esac
    done
done <<'DOORS'
htslib/        io/reads/bam.c
lapacke.h      math/linalg.c
cblas.h        math/linalg.c
Rmath.h        math/dist.c
pthread.h      base/parallel.c
zlib.h         io/reads/inflate.c
libdeflate.h   io/reads/inflate.c io/reads/bgzf.c
isa-l          io/reads/inflate.c
igzip_lib.h    io/reads/inflate.c
jansson.h      io/text/json.c
yaml.h         io/text/yaml.c
nettle/        io/text/digest.c
DOORS

# printing, exiting and locale-bound number reading stay out of the library
for room in base data math io model qc count quant norm de gsea score sim report; do
    [ -d "$room" ] || continue
    if grep -nE '(^|[^_a-zA-Z>.])(exit|abort|printf|puts|perror|atoi|atof|strtod|sscanf|setlocale)\(' "$room"/*.c 2>/dev/null |
        grep -vE 'base/number\.c.*strtod|base/parallel\.c.*strtol'; then
        echo "layers: src/$room prints, exits or reads numbers by the locale" >&2; failed=1
    fi
done
exit $failed
