#!/bin/sh
# library_manual.sh VERSION HEADER... -- tilseq(3), the manual page of the library, from the public
# headers: the plate of each, then its declarations with their comments as they stand.
set -eu
version=$1
shift
printf '.TH TILSEQ 3 "" "tilseq %s" "Library"\n.SH NAME\ntilseq \\- RNA-seq gene-expression analysis as a C library\n' "$version"
printf '.SH SYNOPSIS\n.nf\n#include <tilseq/tilseq.h>\n\ncc program.c $(pkg-config --cflags --libs tilseq)\n.fi\n'
for header in "$@"; do
    awk '
        function verbatim(line) { gsub(/\\/, "\\e", line); gsub(/-/, "\\-", line); sub(/^[.\047]/, "\\\\\\&&", line); print line }
        NR == 1 { sub(/^\/\* /, ""); sub(/ *\*\/$/, ""); name = $1; sub(/^[^ ]* -- /, ""); about = $0
                  printf ".SH %s\n%s\n.nf\n", toupper(name), about; plate = 1; next }
        plate   { if (/\*\/$/) plate = 0; if ($0 == " */") next; sub(/^ \* ?/, ""); sub(/ *\*\/$/, ""); verbatim($0); next }
        /SPDX|^#if defined|^#(ifndef|define|endif|ifdef|else|include)|^extern "C"|^}$/ && !/define TIL_[A-Z_]*(INIT|MAX|DEFAULT)/ { skipping = /\\$/; next }
        skipping { skipping = /\\$/; next }
        /^ *$/  { if (blank++) next; print ""; next }
                { blank = 0; verbatim($0) }
        END     { print ".fi" }' "$header"
done
printf '.SH SEE ALSO\n.BR tilseq (1)\n'
