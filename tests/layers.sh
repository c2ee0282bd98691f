#!/bin/sh
# layers.sh -- every #include points down the house, never up or sideways, and each outside library
# comes in by one door. Table: a room, then the rooms it may see.
set -eu
cd "${srcdir:-.}/src"
failed=0

room_of_header() {
    case $1 in
        status|context|words)                  echo base ;;
        matrix|annot|geneset|ranking|table)    echo data ;;
        *)                                     echo "$1" ;;
    esac
}

# io is one room with two folders
files_of() {
    find "$1" -name '*.[ch]'
}

rooms_seen_by() {
    files_of "$1" | xargs sed -n 's/^#include "\([a-z]*\)\/.*/\1/p'
    for header in $(files_of "$1" | xargs sed -n 's/^#include <tilseq\/\([a-z]*\)\.h>.*/\1/p'); do
        room_of_header "$header"
    done
}

rooms=
while read -r room may_see; do
    rooms="$rooms $room"
    [ -d "$room" ] || continue
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
design  base data math
genes   base data
io      base data design genes
glm     base data design math
norm    base data design math glm
qc      base data genes math io
count   base data genes math io
quant   base data genes math io
de      base data genes design math glm norm
gsea    base data genes design math glm norm
score   base data genes design math glm norm
trial   base data genes design math glm norm
sim     base data genes design math glm norm
report  base data
tasks   base data math design genes io glm norm qc count quant de gsea score trial sim report
cli     base data math design genes io glm norm qc count quant de gsea score trial sim report tasks
ROOMS

for room in *; do
    case " $rooms " in
        *" $room "*) ;;
        *) echo "layers: src/$room is not in the table" >&2; failed=1 ;;
    esac
done

# header, then the only files that may include it
while read -r header doors; do
    for file in $(grep -rl "^#include <$header" --include='*.[ch]' . | sed 's/^\.\///'); do
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
for room in $rooms; do
    [ -d "$room" ] && [ "$room" != cli ] || continue
    if files_of "$room" | grep '\.c$' |
        xargs grep -nE '(^|[^_a-zA-Z>.])(exit|abort|printf|puts|perror|atoi|atof|strtod|sscanf|setlocale)\(' |
        grep -vE 'base/number\.c.*strtod|base/parallel\.c.*strtol'; then
        echo "layers: src/$room prints, exits or reads numbers by the locale" >&2; failed=1
    fi
done
exit $failed
