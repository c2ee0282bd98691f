#!/bin/sh
# make_genesets.sh -- the shipped collections, from the curated candidates.
# SPDX-License-Identifier: GPL-3.0-or-later
#
#     genesets/make_genesets.sh CANDIDATES genesets
#
# CANDIDATES holds tilseq_{human,mouse}_v1.gmt, tilseq_human_v1.metadata.tsv, scores_v1.tsv,
# human_mouse_orthologs_used.tsv and the id tables. Left out is what nobody has yet compared with a
# stored copy (verify: memory), apart from what confirmed.tsv beside this script records as compared
# since. The rest of the rules stand with the step they belong to.
set -eu
from=$1 to=$2
here=$(dirname "$0")
LC_ALL=C export LC_ALL

# name TAB verify, the later judgement winning
awk -F'\t' -v OFS='\t' '
    FILENAME ~ /confirmed.tsv$/ { if (FNR > 1) verdict[$1] = $2; next }
    FNR > 1 { v = $8; if ($1 in verdict) v = verdict[$1]
              sub(/\(.*/, "", v); sub(/, direction from memory/, "", v); sub(/ +$/, "", v)
              print $1, v }
' "$here/confirmed.tsv" "$from/tilseq_human_v1.metadata.tsv" "$from/scores_v1.tsv" > "$to/verify.tmp"

for species in human mouse; do
    awk -F'\t' -v OFS='\t' 'NR == FNR { v[$1] = $2; next } v[$1] != "memory"' \
        "$to/verify.tmp" "$from/tilseq_${species}_v1.gmt" > "$to/$species.gmt"
done

# A score that is a comparison of visits is no number of one sample, so ATTENUATION is not a row here. A
# score for both species becomes a row for each, the mouse one in mouse symbols.
awk -F'\t' -v OFS='\t' '
    FILENAME ~ /orthologs/ { mouse[$1] = $2; next }
    FILENAME ~ /verify/ { verify[$1] = $2; next }
    FILENAME ~ /gmt$/ { is_set[$1] = 1; next }
    FNR == 1 { print "name", "species", "type", "definition", "scale", "note"; next }
    verify[$1] == "memory" || $2 == "contrast" { next }
    { scale = $4 ~ /^TPM\+/ ? "linear" : "log"
      print $1, "human", $2, $3, scale, $9
      if ($5 ~ /mouse/) print $1, "mouse", $2, in_mouse($3), scale, $9 }
    function in_mouse(text,   out, word) {
        out = ""
        while (match(text, /[A-Za-z0-9_][A-Za-z0-9_-]*/)) {
            word = substr(text, RSTART, RLENGTH)
            out = out substr(text, 1, RSTART - 1) \
                  (word in is_set || !(word in mouse) ? word : mouse[word])
            text = substr(text, RSTART + RLENGTH)
        }
        return out text
    }
' "$from/human_mouse_orthologs_used.tsv" "$to/verify.tmp" "$to/human.gmt" "$from/scores_v1.tsv" \
    > "$to/scores.tsv"

# One row per set, species and score. A DOI counts as verified only where the gene list itself was seen
# in a stored copy; the mouse sets inherit from the human set they are orthologs of.
awk -F'\t' -v OFS='\t' '
    function row(name, kind, species, n, category, source, doi, v) {
        print name, kind, species, n, category, source, doi == "" ? "NA" : doi,
              doi == "" ? "NA" : v == "stored-copy" ? "verified" : "unverified", "facts", v
    }
    FILENAME ~ /verify/ { verify[$1] = $2; next }
    FILENAME ~ /metadata/ { category[$1] = $4; source[$1] = $5; doi[$1] = $6; about[$1] = $2; next }
    FILENAME ~ /scores.tsv$/ { if (FNR > 1) species_of[$1] = species_of[$1] " " $2; next }
    FILENAME ~ /scores_v1/ {
        n = split(species_of[$1], list, " ")
        for (i = 1; i <= n; i++) row($1, "score", list[i], "NA", "score", $6, $7, verify[$1])
        next
    }
    FNR == 1 && !header++ { print "name", "kind", "species", "n_genes", "category", "source", "doi",
                            "doi_status", "licence", "verify" }
    { species = FILENAME ~ /mouse/ ? "mouse" : "human"; n = NF - 2 }
    $1 in source { row($1, "set", species, n, category[$1], source[$1] \
                       (species == "mouse" ? "; mouse orthologs (babelgene 22.9)" : ""),
                       doi[$1], verify[$1]); next }
    $1 ~ /^MMCP/ { row($1, "set", species, n, "cell_type", "Petitprez 2020 Genome Medicine mMCP-counter",
                       "10.1186/s13073-020-00783-w", "stored-copy"); next }
    { row($1, "set", species, n, "mouse_native", "tilseq mouse-native curation", "", "curated") }
' "$to/verify.tmp" "$from/tilseq_human_v1.metadata.tsv" "$to/scores.tsv" \
    "$to/human.gmt" "$to/mouse.gmt" "$from/scores_v1.tsv" > "$to/index.tmp"

# what a set reads out, and its place in the headline: readouts.tsv
awk -F'\t' -v OFS='\t' '
    NR == FNR { more[$1] = $2 OFS $3; next }
    { print $0, $1 in more ? more[$1] : "NA" OFS "NA" }
' "$to/readouts.tsv" "$to/index.tmp" > "$to/INDEX.tsv"
rm "$to/index.tmp"

rm "$to/verify.tmp"
for table in ids_human ids_mouse; do cp "$from/$table.tsv.gz" "$to/$table.tsv.gz"; done
chmod u+w "$to"/*.gz
