#!/bin/sh
# exports.sh [-d] HEADER... -- the functions and arrays that public headers declare, one name a line:
# what libtilseq exports; with -d whole declarations of functions. Types, macros and inline functions
# are no symbols.
set -eu
whole=0
[ "$1" != -d ] || { whole=1; shift; }
cat "$@" | sed -e 's|/\*[^*]*\*/||g' | awk -v whole=$whole '
    /^[ \t]*\/\*/ { comment = 1 }
    comment       { if (index($0, "*/")) comment = 0; next }
    /^#/          { while (/\\$/) if ((getline) <= 0) break; next }
                  { text = text " " $0 }
    END {
        # bodies of structs, enums and inline functions: innermost braces first; extern "C" { has no end here
        gsub(/extern "C" \{/, "", text)
        while (gsub(/\{[^{}]*\}/, "@", text)) { }
        n = split(text, part, ";")
        for (i = 1; i <= n; i++) {
            sub(/.*@/, "", part[i])    # what follows a body
            if (part[i] ~ /typedef/) continue
            if (match(part[i], /[ *]til_[a-z0-9_]+\(/))
                print whole ? part[i] : substr(part[i], RSTART + 1, RLENGTH - 2)
            else if (!whole && part[i] ~ /extern/) {
                m = split(part[i], item, ",")
                for (k = 1; k <= m; k++) {
                    gsub(/\[[^]]*\]/, "", item[k])
                    sub(/[ \t]+$/, "", item[k])
                    sub(/.*[ *]/, "", item[k])
                    if (item[k] ~ /^til_/) print item[k]
                }
            }
        }
    }' | LC_ALL=C sort -u
