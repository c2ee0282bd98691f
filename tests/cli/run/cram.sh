# a sheet of CRAM: --allow-cram reaches the count steps, in the Snakefile too; without it the line of the sheet is named
printf 'sample\tbam\none\t%s\n' "$DATA/reads.cram" >sheet.tsv
tilseq run sheet.tsv -a "$DATA/genes.gtf" -g "$DATA/sets.gmt" --allow-cram -n -o never 2>/dev/null | grep '^tilseq count' | grep -c -e --allow-cram
tilseq run sheet.tsv -a "$DATA/genes.gtf" -g "$DATA/sets.gmt" --allow-cram -q --workflow steps.smk -o flow 2>/dev/null
grep -c '"--allow-cram"' steps.smk
# one sample has no variance: the run ends after the counts
tilseq run sheet.tsv -a "$DATA/genes.gtf" -g "$DATA/sets.gmt" --allow-cram -q -o out 2>/dev/null
tilseq count -q --allow-cram --sample-names one -a "$DATA/genes.gtf" -o want.tsv "$DATA/reads.cram" 2>/dev/null
grep -v '^##' want.tsv >want && grep -v '^##' out/count/one.counts.tsv | cmp - want && echo same
dated=no
tilseq count -q -a "$DATA/genes.gtf" "$DATA/reads.cram" >/dev/null 2>&1 || dated=yes
tilseq run sheet.tsv -a "$DATA/genes.gtf" -g "$DATA/sets.gmt" -q -o refused 2>err
[ $dated = no ] || grep -q '^tilseq run: sheet.tsv:2: sample one: .*--allow-cram' err && echo "as it should"
