#!/bin/sh
# count.sh -- every golden of golden/count whose options tilseq count has, on every gene, in the peer's order, and
# on every row of the summary: featureCounts 2.0.3, htseq-count 1.99.2. What is left out is named.
set -u
shared=$TILSEQ_SHARED
tilseq=${TILSEQ:-$builddir/tilseq}
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-count-XXXXXX")
trap 'rm -rf "$work"' EXIT
n=0 failed=0 left_out=0

# Turns the words of a peer's command line into $options, $gtf and $alignments; 1 for one we do not have.
translate() {
    program=$1
    shift
    options= gtf= alignments= multi= overlap= fraction= primary= pairs=no nonunique=none
    [ "$program" = htseq-count ] && strand=forward || strand=unstranded
    while [ $# -gt 0 ]; do
        case $1 in
            -T|-o|-r) shift ;;
            -p) ;;
            --countReadPairs) pairs=yes ;;
            -a) if [ "$program" = htseq-count ]; then options="$options -Q $2"; else gtf=$2; fi; shift ;;
            -s) case $2 in 0|no) strand=unstranded ;; 1|yes) strand=forward ;; *) strand=reverse ;; esac; shift ;;
            -m) options="$options --mode $2"; shift ;;
            -M) multi=all ;;
            -O) overlap=all ;;
            --fraction) fraction=yes ;;
            --primary) primary=yes ;;
            -B) options="$options --both-mapped" ;;
            -C) options="$options --no-chimeric" ;;
            -Q|-g|-t) options="$options $1 $2"; shift ;;
            --minOverlap) options="$options --min-overlap $2"; shift ;;
            --fracOverlap) options="$options --frac-overlap $2"; shift ;;
            --largestOverlap) overlap=largest ;;
            -f) options="$options --level feature" ;;
            --splitOnly) options="$options --split-only" ;;
            --ignoreDup) options="$options --ignore-duplicates" ;;
            --nonunique) nonunique=$2; shift ;;
            --secondary-alignments) case $2 in ignore) options="$options --secondary ignore" ;; *) options="$options --secondary count" ;; esac; shift ;;
            --supplementary-alignments) shift ;;
            -*) return 1 ;;
            *.gtf|*.gtf.gz) gtf=$1 ;;
            *) alignments=$1 ;;
        esac
        shift
    done
    [ -z "$fraction" ] || { [ -z "$multi" ] || multi=fraction; [ -z "$overlap" ] || overlap=fraction; }
    [ -z "$primary" ] || multi=primary
    [ "$nonunique" = none ] || { multi=all; overlap=$nonunique; }
    [ "$program" != htseq-count ] || pairs=auto
    case " $options " in *" --mode "*) ;; *) [ "$program" != htseq-count ] || options="$options --mode union" ;; esac
    options="$options -s $strand -p $pairs ${multi:+-M $multi} ${overlap:+-O $overlap}"
}

# Name and numbers of each row, whole numbers and fractions written alike.
rows() { awk -F'\t' -v OFS='\t' '{ for (i = 2; i <= NF; i++) $i = sprintf("%.6f", $i); print }'; }

tail -n +2 "$shared/golden/count/COMMANDS.tsv" >"$work/commands"
while IFS="$(printf '\t')" read -r id file command; do
    # shellcheck disable=SC2086
    translate $command || { echo "left out: $id (an option tilseq count does not have)"; left_out=$((left_out + 1)); continue; }
    format=featurecounts
    [ "$program" = featureCounts ] || format=htseq
    for threads in 1 3; do
        # shellcheck disable=SC2086
        "$tilseq" count -q -@ $threads -a "$shared/$gtf" $options --format $format --no-provenance \
            -o "$work/out$threads" "$shared/$alignments" || { echo "FAIL $id: exit $?"; failed=1; }
    done
    cmp -s "$work/out1" "$work/out3" || { echo "FAIL $id: 1 and 3 threads differ"; failed=1; }
    if [ $format = featurecounts ]; then
        gzip -dc "$shared/golden/count/$file" | tail -n +2 | rows >"$work/want"
        tail -n +3 "$work/out1" | cut -f 1,6,7 | rows >"$work/got"
        tail -n +2 "$shared/golden/count/${file%.tsv.gz}.summary.tsv" >>"$work/want"
        tail -n +2 "$work/out1.summary" >>"$work/got"
    else
        gzip -dc "$shared/golden/count/$file" | rows >"$work/want"
        rows <"$work/out1" >"$work/got"
    fi
    cmp -s "$work/want" "$work/got" || { echo "FAIL $id:"; diff "$work/want" "$work/got" | head -n 6; failed=1; }
    n=$((n + $(wc -l <"$work/want")))
done <"$work/commands"
echo "golden: count $n compared ($(($(wc -l <"$work/commands") - left_out)) command lines, $left_out left out)"
exit $failed
