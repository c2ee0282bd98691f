#!/bin/sh
# names.sh -- a type name means one thing: each til_*_t is defined once in the tree.
set -eu
cd "${srcdir:-.}"

# "typedef ... name;" and "typedef enum { ... } name;" on one line, "} name;" ending a body, "typedef return (name)(arguments)".
types=$(find src include -name '*.[ch]' | sort | xargs sed -n \
    -e 's/^typedef [^({]*[ *]\(til_[a-z0-9_]*_t\);.*/\1/p' \
    -e 's/^typedef [a-z_ ]*{.*} \(til_[a-z0-9_]*_t\);.*/\1/p' \
    -e 's/^typedef [^;{]*[ *(]\(til_[a-z0-9_]*_t\))*(.*/\1/p' \
    -e 's/^} \(til_[a-z0-9_]*_t\);.*/\1/p')
n=$(printf '%s\n' "$types" | wc -l)
twice=$(printf '%s\n' "$types" | sort | uniq -d)
[ "$n" -gt 100 ] || { echo "names: only $n types found: the patterns of this script no longer fit" >&2; exit 1; }
[ -z "$twice" ] || {
    for name in $twice; do
        echo "names: $name is defined more than once:" >&2
        grep -rnE "^(typedef .*|\} )$name\b" src include --include='*.[ch]' >&2
    done
    exit 1
}
