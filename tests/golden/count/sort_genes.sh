#!/bin/sh
# sort_genes.sh -- lines of CORE from standard input, sorted; the genes of a line, "b,a", sorted too.
awk -F'\t' -v OFS='\t' '{
    n = split($4, gene, ",")
    for (i = 2; i <= n; i++)
        for (k = i; k > 1 && gene[k] < gene[k - 1]; k--) { swap = gene[k]; gene[k] = gene[k - 1]; gene[k - 1] = swap }
    $4 = gene[1]
    for (i = 2; i <= n; i++) $4 = $4 "," gene[i]
    print }' | LC_ALL=C sort
