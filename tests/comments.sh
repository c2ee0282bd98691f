#!/bin/sh
# comments.sh -- comments and documents name only what exists: a til_ word in a comment is a name in the
# code (or the beginning of one), a file name in a comment or a document is a file of the tree (but for
# docs/UPSTREAM.md, which names those of peers).
set -eu
cd "${srcdir:-.}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sources=$(find src include tests -name '*.[ch]' ! -name '*_data.c' | LC_ALL=C sort)

# each line as "c FILE:LINE text" for comment and "k text" for code
awk '
    FNR == 1 { inside = 0 }
    {
        line = $0; code = ""; comment = ""
        while (line != "") {
            if (inside) {
                end = index(line, "*/")
                if (end == 0) { comment = comment " " line; line = "" }
                else { comment = comment " " substr(line, 1, end - 1); line = substr(line, end + 2); inside = 0 }
            } else {
                start = index(line, "/*")
                if (start == 0) { code = code " " line; line = "" }
                else { code = code " " substr(line, 1, start - 1); line = substr(line, start + 2); inside = 1 }
            }
        }
        if (comment != "") print "c", FILENAME ":" FNR, comment
        if (code != "") print "k", code
    }' $sources >"$work/lines"

sed -n 's/^k //p' "$work/lines" | grep -oE '\btil_[a-z0-9_]+' | LC_ALL=C sort -u >"$work/names"
find . -type f -not -path './.git/*' | sed 's|^\./||' >"$work/files"
{ sed -n 's/^c //p' "$work/lines"
  grep -nE "[a-z]" README.md CONTRIBUTING.md $(ls docs/*.md | grep -v UPSTREAM) | sed 's/^\([^:]*:[0-9]*\):/\1 /'; } >"$work/comments"

# names of files of other programs, and of files that commands write
others=' x.c CASE.sh tests/unit/test_hello.c test_hello.c cmd_x.c config.h check.h sam.h Rmath.h '

awk -v others="$others" '
    FILENAME ~ /names$/ { name[$1] = 1; for (i = 5; i < length($1); i++) prefix[substr($1, 1, i)] = 1; next }
    FILENAME ~ /files$/ { file[$1] = 1; n = split($1, part, "/"); base[part[n]] = 1
                          tail = part[n]; for (i = n - 1; i > 0; i--) { tail = part[i] "/" tail; file[tail] = 1 }; next }
    {
        where = $1; rest = $0; is_code = where !~ /\.md:/
        while (is_code && match(rest, /til_[a-z0-9_]+/)) {
            word = substr(rest, RSTART, RLENGTH); before = RSTART > 1 ? substr(rest, RSTART - 1, 1) : " "
            rest = substr(rest, RSTART + RLENGTH)
            if (before ~ /[a-z0-9_]/ || word ~ /_x$/) continue
            if (!(word in name) && !(word in prefix)) print where ": " word " is not in the code"
        }
        rest = $0
        while (match(rest, /[A-Za-z0-9_.\/-]*[A-Za-z0-9_]\.(c|h|sh)/)) {
            word = substr(rest, RSTART, RLENGTH); after = substr(rest, RSTART + RLENGTH, 1)
            rest = substr(rest, RSTART + RLENGTH)
            if (after ~ /[A-Za-z0-9_]/ || index(others, " " word " ")) continue
            sub(/^\.\//, "", word)
            if (word ~ /\// ? !(word in file) : !(word in base)) print where ": there is no " word
        }
    }' "$work/names" "$work/files" "$work/comments" >"$work/wrong"
[ "$(wc -l <"$work/names")" -gt 500 ] || { echo "comments: few names found: this script no longer reads the tree" >&2; exit 1; }
[ ! -s "$work/wrong" ] || { cat "$work/wrong" >&2; exit 1; }
