# CRAM, told by content, is read by a dated htslib only when asked for, which -q does not hide
cp "$DATA/reads.cram" told_by_content.bam
dated=no
tilseq count -q -a "$DATA/genes.gtf" told_by_content.bam >/dev/null 2>&1 || dated=yes
for more in '' --allow-cram; do
    tilseq count -q --no-provenance -a "$DATA/genes.gtf" --sample-names reads $more -o out.tsv told_by_content.bam 2>err
    code=$?
    case $dated$more$code in
        yes3) grep -q 'known holes' err && [ ! -e out.tsv ] && echo "as it should" ;;
        no0) echo "as it should" ;;
        *--allow-cram0) [ $dated = no ] || grep -q 'known holes' err && echo "as it should" ;;
    esac
done
cat out.tsv
mv out.tsv want.tsv
# a reference is a file that is looked at: no address is opened, nothing is written beside it
tilseq count -q --allow-cram -a "$DATA/genes.gtf" --reference http://127.0.0.1:9/x.fa "$DATA/reads.cram" 2>&1 | tail -n 1
mkdir genome && cp "$DATA/transcripts.fa" genome
tilseq count -q --allow-cram -a "$DATA/genes.gtf" --reference genome/transcripts.fa -o out.tsv "$DATA/reads.cram" 2>err
echo "exit $? $(ls genome)"
tilseq count -q --allow-cram -a "$DATA/genes.gtf" --reference "$DATA/genes.gtf" "$DATA/reads.cram" 2>&1 | tail -n 1 | sed 's|: .*/|: |'
# a file that is cut
size=$(wc -c <"$DATA/reads.cram")
head -c $((size - 38)) "$DATA/reads.cram" >cut.cram
tilseq count -q --allow-cram -a "$DATA/genes.gtf" -o cut.tsv cut.cram 2>&1 | tail -n 1
ls cut.tsv 2>/dev/null
tilseq count -q --allow-cram --allow-no-eof --no-provenance --sample-names reads -a "$DATA/genes.gtf" -o cut.tsv cut.cram 2>err
cmp want.tsv cut.tsv && echo "the same"
