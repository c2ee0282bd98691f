# what is not part of one whole is refused, with both files named, and nothing is written
. "$DATA/../../support/slices.sh"
count() { tilseq count -q "$@" || exit; }
mkdir out
refused() {     # what, operands of merge
    echo "== $1"
    shift
    tilseq merge -q -o out/m "$@" 2>err
    code=$?
    sed -e 's/^tilseq merge: //' -e 's/sha256:[0-9a-f]*/sha256:.../g' -e 's/should be [0-9.]*,/should be VERSION,/' err
    echo "exit $code $(ls out)"
}
count -a genes.gtf -o a.tsv s0.sam
count -a genes.gtf -o b.tsv s1.sam

sed '1s/[^	]*$/0.0.9/' b.tsv >version.tsv
refused 'another version' a.tsv version.tsv

mkdir other
{ cat genes.gtf; echo '# more'; } >other/genes.gtf
count -a other/genes.gtf -o annotation.tsv s1.sam
refused 'another annotation' a.tsv annotation.tsv
cp genes.gtf renamed.gtf
count -a renamed.gtf -o renamed.tsv s1.sam
refused 'the annotation under another name' a.tsv renamed.tsv

count -a genes.gtf -M all -o options.tsv s1.sam
refused 'other options' a.tsv options.tsv
count -a genes.gtf --level feature -o features.tsv s1.sam
refused 'another level' a.tsv features.tsv
count -a genes.gtf --sample-names s1 -o named.tsv s1.sam
refused 'names given and not given' a.tsv named.tsv

refused 'a sample twice' a.tsv b.tsv a.tsv

count -a genes.gtf --no-provenance -o plain.tsv s1.sam
refused 'a mixture' a.tsv plain.tsv
refused 'a mixture the other way' plain.tsv a.tsv

sed '9s/	[0-9]*	/	1	/' b.tsv >row.tsv
refused 'another length' a.tsv row.tsv
sed '9{h;d};10G' b.tsv >order.tsv
refused 'another order' a.tsv order.tsv
sed '$d' b.tsv >short.tsv
refused 'too few rows' a.tsv short.tsv
sed '$d' a.tsv >short.tsv
refused 'too many rows' short.tsv b.tsv

sed '7s/[0-9]*$/x/' b.tsv >number.tsv
refused 'a count that is none' a.tsv number.tsv
head -c 420 b.tsv >cut.tsv
refused 'a table cut off' a.tsv cut.tsv
sed '/input	s1/d' b.tsv >inputs.tsv
refused 'inputs that are not the columns' a.tsv inputs.tsv
sed 's/s1.sam$/s9.sam/' b.tsv >operands.tsv
refused 'a command of other files' a.tsv operands.tsv
sed 's/count -a/count --nonsense -a/' b.tsv >command.tsv
refused 'a command that is none' a.tsv command.tsv
sed '7p' b.tsv >double.tsv
refused 'a gene twice' double.tsv

cp b.tsv.summary kept
sed '1s/s1/s7/' kept >b.tsv.summary
refused 'a summary of other samples' a.tsv b.tsv
cp a.tsv.summary b.tsv.summary
sed -i '3d' b.tsv.summary
sed -i '1s/s0/s1/' b.tsv.summary
refused 'a summary without a row' a.tsv b.tsv
{ cat kept; echo '__other	1'; } >b.tsv.summary
refused 'a summary with a row more' a.tsv b.tsv
sed '2s/[0-9]*$/1.5/' kept >b.tsv.summary
refused 'a summary with a fraction' a.tsv b.tsv
echo 'no summary' >b.tsv.summary
refused 'no summary' a.tsv b.tsv
cp kept b.tsv.summary
cp a.tsv m.counts.tsv
cp a.tsv.summary m.counts.tsv.summary
tilseq merge -q -o m m.counts.tsv b.tsv 2>&1
echo "exit $?"
cmp a.tsv m.counts.tsv && cmp a.tsv.summary m.counts.tsv.summary
echo "== nothing says that these are of tilseq: genes are matched by name"
count -a genes.gtf --no-provenance -o plain0.tsv s0.sam
sed '4{h;d};5G' plain.tsv >order.tsv
tilseq merge -q -o n plain0.tsv plain.tsv && tilseq merge -q -o o plain0.tsv order.tsv && cmp n.gene_counts.tsv o.gene_counts.tsv
echo "exit $?"
ls n.counts.tsv o.counts.tsv 2>/dev/null
