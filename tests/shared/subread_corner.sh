#!/bin/sh
# subread_corner.sh -- the corner cases that subread's authors keep for featureCounts, by the options they run them
# with: indels, junctions, one end, NH, chimeras, fractions, overlaps, features, SAF, names of contigs. The wanted
# counts are theirs (*.ora); featureCounts 2.0.3 -p --countReadPairs gives the same for every one of them.
# A case without a count of theirs has 2.0.3's here. What is left out is named.
set -u
data=$TILSEQ_SHARED/data/reads/subread_corner/test/featureCounts/data
tilseq=${TILSEQ:-$(cd "$builddir" && pwd)/tilseq}
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-corner-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$data" || exit 99
n=0 failed=0 cases=0

# Files that are not what they say, mended: an @SQ line in a SAF, an @PG line without a field, PNEXT and TLEN '*',
# a SEQ that is not as long as its CIGAR. featureCounts counts the same with them.
mkdir "$work/mended"
grep -v '^@' corner-fractions.SAF >"$work/mended/corner-fractions.SAF"
for sam in intron_between intron_between_nointron across_genes_r1 across_genes_r2; do
    grep -v '^@PG$' $sam.sam >"$work/mended/$sam.sam"
done
for sam in corner-BINS corner-fractions test-fracOverlap; do
    awk -F'\t' -v OFS='\t' '!/^@/ { $10 = $11 = "*"; if ($8 == "*") $8 = $9 = 0 } 1' $sam.sam >"$work/mended/$sam.sam"
done
for i in 1:2 2:1 3:1 4:1 5:2 6:1; do printf 'bin%s\t%s\n' "${i%:*}" "${i#*:}"; done >"$work/mended/corner-BINS.ora"

mended() { if [ -f "$work/mended/$1" ]; then echo "$work/mended/$1"; else echo "$1"; fi; }

# The table's last column; a .ora gives it behind the gene, or behind gene, contig, start and end.
run_one() {
    want=$1 annotation=$2 alignments=$3
    shift 3
    case " $* " in *" -s "*) ;; *) set -- -s unstranded "$@" ;; esac
    for threads in 1 3; do
        "$tilseq" count -q -@ $threads -a "$(mended "$annotation")" "$@" --format featurecounts \
            --no-provenance -o "$work/out$threads" "$(mended "$alignments")" ||
            { echo "FAIL $want, -@ $threads: exit $?"; failed=1; return; }
    done
    cmp -s "$work/out1" "$work/out3" || { echo "FAIL $want: 1 and 3 threads differ"; failed=1; }
    grep -v -i -e '^#' -e '^geneid' "$(mended "$want")" >"$work/want"
    case " $* " in *" --level feature "*) columns=1-4,7 ;; *) columns=1,7 ;; esac
    tail -n +3 "$work/out1" | cut -f $columns >"$work/got"
    cmp -s "$work/want" "$work/got" ||
        { echo "FAIL $want: $alignments $annotation $*"; diff "$work/want" "$work/got" | head -n 6; failed=1; }
    n=$((n + $(wc -l <"$work/want"))) cases=$((cases + 1))
}

while read -r want annotation alignments options; do
    # shellcheck disable=SC2086
    run_one "$want" "$annotation" "$alignments" $options
done <<'END'
corner-INDEL.ora          test-minimum.GTF      corner-INDEL.sam      -p yes
corner-JUNC.ora           test-minimum.GTF      corner-JUNC.sam       -p yes
corner-JUNC-ONLY.ora      test-minimum.GTF      corner-JUNC.sam       -p no --split-only -O all --level feature
corner-ONEEND.ora         test-minimum.GTF      corner-ONEEND.sam     -p yes
corner-ONEEND-BOTH.ora    test-minimum.GTF      corner-ONEEND.sam     -p yes --both-mapped
corner-NH.ora             test-minimum.GTF      corner-NH.sam         -p yes
corner-NH-PM.ora          test-minimum.GTF      corner-NH.sam         -p yes -M primary
test-minimum.ora          test-minimum.GTF      test-minimum.sam      -p yes
test-minimum.ora          test-minimum.SAF      test-minimum.sam      -p yes
test-minimum.ora          test-minimum.GTF      test-minimum.bam      -p yes
test-minimum-PE.ora       test-minimum.GTF      test-minimum.sam      -p auto
test-minimum-SE.ora       test-minimum.GTF      test-minimum.sam      -p no
test-minimum-O.ora        test-minimum.GTF      test-minimum.sam      -p yes -O all
test-minimum-FL.ora       test-minimum.GTF      test-minimum.sam      -p yes --level feature
test-minimum-STR.ora      test-minimum.GTF      test-minimum.sam      -p yes -s forward
test-minimum-UNSTR.ora    test-minimum.GTF      test-minimum.sam      -p yes -s reverse
test-minimum-dup.ora      test-minimum.GTF      test-chrname.sam      -p yes --ignore-duplicates
corner-IgnoreDup.ora      test-minimum.SAF      test-dup.sam          -p yes --ignore-duplicates
corner-BothEnds.ora       test-minimum.SAF      test-junc.sam         -p yes --both-mapped
corner-Chimeric.ora       test-minimum.SAF      test-junc.sam         -p yes --no-chimeric
corner-MultiMapping.ora   test-minimum.SAF      test-junc.sam         -p yes -M all
corner-Fraction.ora       test-minimum.SAF      test-junc.sam         -p yes -M fraction
corner-DoNotSort.ora      test-minimum.SAF      test-junc.sam         -p yes
corner-MinOverlap.ora     test-minimum.SAF      test-junc.sam         -p yes --min-overlap 125
corner-LargestOverlap.ora test-minimum.SAF      test-junc.sam         -p yes -O largest
corner-MaxOPs.ora         test-minimum.SAF      test-junc.sam         -p yes --max-cigar 3
corner-MinMAPQ.ora        test-minimum.SAF      test-junc.sam         -p yes -Q 58
corner-fractions.ora      corner-fractions.SAF  corner-fractions.sam  -p no -O fraction -M fraction
test-fracOverlap.ora      corner-fractions.SAF  test-fracOverlap.sam  -p yes --frac-overlap 0.62 -O all
corner-BINS.ora           corner-BINS.SAF       corner-BINS.sam       -p no
test-chrname.ora          test-chrname.SAF      test-chrname.sam      -p yes
test-chralias.ora         test-chralias.SAF     test-chralias.sam     -p yes --aliases test-chralias.txt
test-chralias.ora         test-chralias.GTF     test-chralias.sam     -p yes --aliases test-chralias.txt
END
for name in intron_between intron_between_nointron across_genes_r1 across_genes_r2 across_intron_r1 across_intron_r2; do
    gtf=${name%_r?}
    for kind in sam bam; do
        run_one $name.$kind.ora "${gtf%_nointron}.gtf" $name.$kind -p yes --level feature -s reverse
    done
done
echo "left out: corner-PEdist (-P -d -D), corner-Read2Pos3, corner-Read2Pos5 (--read2pos), corner-Extend3, corner-Extend5,"
echo "    test-minimum-3ext, -5ext, -35ext, -5reduce (--readExtension), corner-Jcounts (-J),"
echo "    corner-EXON-ONLY (--nonSplitOnly): options tilseq count does not have"
echo "golden: subread_corner $n compared ($cases command lines)"
exit $failed
