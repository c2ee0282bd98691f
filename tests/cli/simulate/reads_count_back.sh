# what is counted on the simulated alignments is what was simulated, gene by gene
tilseq simulate -q --patients 2 --genes 60 --reads bam --fragments 3000 --seed 5 -o sim
cut -f 1 sim/counts.tsv | grep -c '^ENSG'
tilseq count -q --no-provenance -a sim/genes.gtf sim/*.bam >counted.tsv 2>/dev/null
# columns are matched by name: count's are gene_id gene_name length SAMPLE...
awk -F '\t' '/^##/ { next }
    $1 == "gene_id" { file++; for (i = 1; i <= NF; i++) name[file, i] = $i; next }
    { for (i = 2; i <= NF; i++) if (name[file, i] ~ /^P/) { k = $1 SUBSEP name[file, i]
        if (file == 1) want[k] = $i; else { n++; differ += want[k] != $i } } }
    END { print n " compared, " differ + 0 " differ" }' sim/counts.tsv counted.tsv
