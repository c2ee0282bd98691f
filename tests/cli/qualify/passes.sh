# every check passes, each requirement has one, nothing else is left in the folder
tilseq qualify -o out --no-provenance
ls -A out
grep -E '"(verdict|n_failed|n_orphans)"' out/qualify.json
grep -c 'class="passed">passed</td></tr>$' out/qualify.html | awk '{ print ($1 >= 70 ? "a row for each" : "rows: " $1) }'
grep -ci '<script' out/qualify.html
true
