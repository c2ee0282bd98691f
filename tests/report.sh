#!/bin/sh
# report.sh -- a small run from simulated biopsies with hostile names: the page holds no markup from data, no script but its own and no
# outside reference; every number on it stands in the TSV it names; figures are files too; a second run redoes nothing.
set -u
tilseq=${TILSEQ:-$(pwd)/tilseq}
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-report-XXXXXX")
trap 'rm -rf "$work"' EXIT
failed=0
say() { echo "report: $*"; failed=1; }

"$tilseq" simulate -q --patients 12 --genes 300 --seed 3 -o "$work/in" || exit 1
# names that would be markup: a sample, a patient, an arm, genes, a set
hostile='s/P001/<img src=x onerror=alert(1)>"\&amp;/g; s/^\(ENS[^\t]*\)0\t[^\t]*/\10\t<script>alert(2)<\/script>/'
for file in samples counts; do
    sed "$hostile" "$work/in/$file.tsv" >"$work/$file.tsv"
done
sed 's/^\([^\t]*\)\t\([^\t]*\)\tA\t/\1\t\2\t<b>A"x\t/' "$work/samples.tsv" >"$work/s2" && mv "$work/s2" "$work/samples.tsv"
{ head -n 12 "$work/in/sets.gmt"; printf '<svg onload=alert(3)>\tx'; sed -n '20,40p' "$work/counts.tsv" | cut -f2 |
    while read -r gene; do printf '\t%s' "$gene"; done; echo; } >"$work/sets.gmt"

run() {
    "$tilseq" run "$work/samples.tsv" --counts "$work/counts.tsv" -g "$work/sets.gmt" --pair patient \
        --arm arm --time timepoint --title '</title><script>alert(4)</script>' -o "$work/out" 2>"$work/err"
}
run || { cat "$work/err"; exit 1; }
page=$work/out/report.html

[ "$(grep -ci '<script' "$page")" -eq 1 ] || say "script elements other than the page's own"
# the policy names the very texts: what a browser would run and apply is what the program carries
perl -MDigest::SHA=sha256_base64 -0777 -ne '
    for my $tag ("style", "script") {
        my ($hash) = /$tag-src .sha256-([^\x27]*)\x27/ or die "no hash for $tag\n";
        my ($text) = /<$tag>(.*?)<\/$tag>/s or die "no $tag\n";
        my $own = sha256_base64($text);
        $own .= "=" while length($own) % 4;
        die "$tag: policy $hash, text $own\n" if $own ne $hash;
    }' "$page" || say "the content security policy does not fit"
grep -qE '<[^>]* on[a-z]+ *=' "$page" && say "an event handler"
grep -q '<img' "$page" && say "an image from a name"
grep -oE '<[^>]* (href|src)="[^"]*' "$page" | grep -v 'href="#' && say "an outside reference"
grep -qE 'url\(|@import' "$page" && say "an outside style"
grep -q "default-src 'none'" "$page" || say "no content security policy"
grep -q 'onerror' "$page" || say "the hostile name was lost instead of escaped"

# every cell with a value, under the table its <table data-table="..."> names, keyed by the first or second cell
awk -v out="$work/out" '
    function unescape(t) {
        gsub(/&lt;/, "<", t); gsub(/&gt;/, ">", t); gsub(/&quot;/, "\"", t); gsub(/&#39;/, "\047", t); gsub(/&amp;/, "\\&", t)
        return t
    }
    function load(name,   line, f, n, i, header) {
        if (name in loaded) return
        loaded[name] = 1
        while ((getline line < (out "/" name)) > 0) {
            if (line ~ /^##/) continue
            n = split(line, f, "\t")
            if (!header) { header = n; for (i = 1; i <= n; i++) column[name, i] = f[i]; continue }
            for (i = 2; i <= n; i++) value[name, f[1], column[name, i]] = f[i]
        }
    }
    match($0, /data-table="[^"]*"/) {
        table = unescape(substr($0, RSTART + 12, RLENGTH - 13)); load(table); n_head = 0
        line = $0
        while (match(line, /<th[^>]*>[^<]*<\/th>/)) { cut = substr(line, RSTART, RLENGTH); line = substr(line, RSTART + RLENGTH); sub(/^<th[^>]*>/, "", cut); sub(/<\/th>$/, "", cut); head[++n_head] = cut }
        next
    }
    table != "" && /^<tr><td>/ {
        line = $0; k = 0
        while (match(line, /<td[^>]*>/)) {
            tag = substr(line, RSTART, RLENGTH); line = substr(line, RSTART + RLENGTH)
            k++; text = line; sub(/<\/td>.*/, "", text); cell[k] = unescape(text)
            if (match(tag, /data-value="[^"]*"/)) {
                shown = substr(tag, RSTART + 12, RLENGTH - 13)
                key = table ~ /^de\// ? cell[2] : cell[1]
                want = value[table, key, head[k]]
                n++
                if (want != shown) { print table ": " key " " head[k] ": page " shown ", table " want; bad = 1 }
            }
        }
    }
    /<\/table>/ { table = "" }
    END { print n " numbers compared"; exit bad || n < 100 }' "$page" || say "numbers differ from their tables"

[ "$(ls "$work/out/figures" | wc -l)" -eq "$(grep -c '<figure' "$page")" ] || say "figures on the page and files differ"
for figure in "$work"/out/figures/*.svg; do
    head -c 40 "$figure" | grep -q '^<svg xmlns="http://www.w3.org/2000/svg"' || say "$figure is no svg"
done

# a second run finds everything done; touching the input redoes what depends on it
cp "$page" "$work/before"
run || say "the second run failed"
[ "$(grep -c 'finished before' "$work/err")" -ge 6 ] || { say "steps were redone"; cat "$work/err"; }
cmp -s "$page" "$work/before" || say "the second page differs"
awk -F '\t' -v OFS='\t' '/^ENS/ && !done { $3 += 1; done = 1 } { print }' "$work/counts.tsv" >"$work/c2" &&
    mv "$work/c2" "$work/counts.tsv"
run || say "the third run failed"
grep -q ': de (finished before)' "$work/err" && say "a changed matrix was not noticed"
[ $failed -eq 0 ]
