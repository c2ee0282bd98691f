#!/bin/sh
# count_goldens.sh -- tilseq count against featureCounts and htseq-count on simulated alignments, for every option they
# share, and on corner cases written by hand (corner.*; tests/golden/count; make_count.sh and make_assignments.sh wrote what they say): by name
# at 1 thread, by position at 3.
set -u
here=$(cd "${srcdir:-.}/tests/golden/count" && pwd)
tilseq=${TILSEQ:-$(pwd)/tilseq}
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-count-XXXXXX")
trap 'rm -rf "$work"' EXIT
n=0 failed=0

# the same records sorted by coordinate, unmapped ones last
for name in sim corner; do
    {
        sed 's/SO:unsorted/SO:coordinate/' "$here/$name.sam" | grep '^@'
        grep -v '^@' "$here/$name.sam" | awk -F'\t' -v OFS='\t' '{ print ($3 == "*"), $3, $4, $0 }' |
            LC_ALL=C sort -s -k1,1n -k2,2 -k3,3n | cut -f 4-
    } >"$work/$name.sam"
done

# numbers as numbers: htseq-count writes 3.0 where we write 3
plain() { awk -F'\t' -v OFS='\t' '{ for (i = 2; i <= NF; i++) if ($i ~ /^[0-9.]+$/) $i = $i + 0; print }'; }

while IFS="$(printf '\t')" read -r id options; do
    awk -v id="== $id" '$0 == id { on = 1; next } /^== / { on = 0 } on' "$here/peers.txt" | plain >"$work/want"
    case $id in corner.*) name=corner ;; *) name=sim ;; esac
    for input in "$here/$name.sam" "$work/$name.sam"; do
        [ "$input" = "$here/$name.sam" ] && threads=1 || threads=3
        # shellcheck disable=SC2086
        "$tilseq" count -q -@ $threads -a "$here/$name.gtf" $options --no-provenance -o "$work/out" "$input" ||
            { echo "FAIL $id: exit $?"; failed=1; continue; }
        case $id in
            *.pairs|*.reads) { tail -n +3 "$work/out"; tail -n +2 "$work/out.summary"; } | plain >"$work/got" ;;
            *) plain <"$work/out" >"$work/got" ;;
        esac
        n=$((n + 1))
        cmp -s "$work/want" "$work/got" ||
            { echo "FAIL $id ($input, -@ $threads):"; diff "$work/want" "$work/got" | head -n 6; failed=1; }
    done
    # the fates add up to the alignments (pairs) read, whatever the options
    case $id in *.pairs|*.reads) kind=${id##*.} ;; *) kind=htseq.${options##*--secondary} ;; esac
    kind=$name.${kind%% *}
    total=$(tail -n +2 "$work/out.summary" | awk '{ n += $2 } END { print n + 0 }')
    [ -f "$work/total.$kind" ] || echo "$total" >"$work/total.$kind"
    [ "$total" = "$(cat "$work/total.$kind")" ] ||
        { echo "FAIL $id: $total fates, $(cat "$work/total.$kind") with other options"; failed=1; }
done <"$here/cases.tsv"
# what becomes of each fragment
grep '^== ' "$here/assignments.txt" >"$work/heads"
while IFS="$(printf '\t')" read -r name options; do
    awk -v head="$name	$options" '$0 == head { on = 1; next } /^== / { on = 0 } on' "$here/assignments.txt" >"$work/want"
    name=${name#== }
    for threads in 1 3; do
        # shellcheck disable=SC2086
        "$tilseq" count -q -@ $threads -a "$here/$name.gtf" $options -o "$work/out" --assignments "$work/core" "$here/$name.sam"
        sh "$here/sort_genes.sh" <"$work/core" >"$work/got"
        n=$((n + 1))
        cmp -s "$work/want" "$work/got" ||
            { echo "FAIL assignments of $name $options:"; diff "$work/want" "$work/got" | head -n 6; failed=1; }
    done
done <"$work/heads"
[ $n -ge 206 ] || { echo "FAIL: only $n comparisons"; failed=1; }
echo "count goldens: $n comparisons"
exit $failed
