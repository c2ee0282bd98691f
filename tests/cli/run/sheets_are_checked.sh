# faults of sheets and matrices, each with its line; what was probably meant
tilseq simulate -q --patients 2 --genes 60 --reads fastq --fragments 2000 --seed 5 -o sim
grep -v '^##' sim/samples.tsv >sim/s.tsv
say() { echo "- $1"; shift; "$@" 2>&1 >/dev/null | grep '^tilseq [a-z]*:' | grep -v warning | sed "s|$DATA/||g"; }
reads() { tilseq run "$1" -t sim/transcripts.fa -a sim/genes.gtf -g sim/sets.gmt -o out -q; }
counts() { tilseq run "$1" --counts $DATA/counts.tsv --pair patient --time time --arm arm -g $DATA/sets.gmt -o out -q; }
f1=$(awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "fastq_1") print i }' sim/s.tsv)
awk -F'\t' -v OFS='\t' -v f=$f1 'NR == 2 { print; $(f + 1) = "" } { print }' sim/s.tsv >sim/lanes.tsv
awk -F'\t' -v OFS='\t' -v f=$f1 'NR == 2 { x = $f } NR == 3 { $f = "./" x } { print }' sim/s.tsv >sim/twice.tsv
awk -F'\t' -v OFS='\t' -v f=$f1 'NR == 3 { $f = "x\\" $f " " } { print }' sim/s.tsv >sim/windows.tsv
awk -F'\t' -v OFS='\t' 'NR == 4 { $3 = "NA" } { print }' $DATA/samples.tsv >na.tsv
awk -F'\t' -v OFS='\t' 'NR == 3 { $3 = $3 == "A" ? "B" : "A" } { print }' $DATA/samples.tsv >moves.tsv
{ echo 'Samples of our trial'; cat $DATA/samples.tsv; } >title.tsv
tr '\t' ' ' <$DATA/samples.tsv >blanks.tsv
iconv -f utf-8 -t utf-16 $DATA/samples.tsv >utf16.tsv
printf 'sample\tarm\nS1\t\374\n' >latin1.tsv
printf 'PK\003\004rest' >book.xlsx
printf '\211HDF\r\n\032\n' >cells.h5ad
awk -F'\t' -v OFS='\t' '{ print $0, (NR == 1 ? "S9" : $2) }' $DATA/counts.tsv >twins.tsv
{ cat $DATA/samples.tsv; sed -n '2s/^[^	]*/S9/p' $DATA/samples.tsv; } >twins_sheet.tsv
say lanes reads sim/lanes.tsv
say 'one file twice' reads sim/twice.tsv
say 'a path of Windows' reads sim/windows.tsv
say 'no arm' counts na.tsv
say 'two arms' counts moves.tsv
say title counts title.tsv
say blanks counts blanks.tsv
say utf-16 counts utf16.tsv
say latin-1 counts latin1.tsv
say xlsx counts book.xlsx
say h5ad tilseq norm cells.h5ad
say twins tilseq run twins_sheet.tsv --counts twins.tsv --design '~ arm' -c arm:B:A -g $DATA/sets.gmt -o out -q
say 'twins, strictly' tilseq de twins.tsv twins_sheet.tsv --design '~ arm' -c arm:B:A --strict -o de -q
say option tilseq run $DATA/samples.tsv --piar patient -o out
say column tilseq de $DATA/counts.tsv $DATA/samples.tsv --design '~ Arm' -c arm:B:A -o de -q
say level tilseq de $DATA/counts.tsv $DATA/samples.tsv --design '~ time' -c time:off:pre -o de -q
awk -F'\t' -v OFS=, '{ $1 = $1 } NR == 2 { $1 = "\"G,1\"" } { print }' $DATA/counts.tsv >quoted.csv
tilseq norm quoted.csv --to normalized -q --no-provenance | sed -n 2p | cut -f1
ls -d out de 2>/dev/null
