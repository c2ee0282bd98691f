# from FASTQ: gene counts are those simulated, to the fragment or nearly so (isoforms are estimated, genes hardly)
tilseq simulate -q --patients 2 --genes 60 --reads fastq --fragments 4000 --seed 5 -o sim
tilseq run sim/samples.tsv -t sim/transcripts.fa -a sim/genes.gtf -g sim/sets.gmt -o out -q 2>/dev/null
awk -F '\t' '/^##/ { next }
    $1 == "gene_id" { file++; for (i = 1; i <= NF; i++) name[file, i] = $i; next }
    { for (i = 2; i <= NF; i++) if (name[file, i] ~ /^P/) { k = $1 SUBSEP name[file, i]
        if (file == 1) want[k] = $i; else { n++; d = want[k] - $i; differ += d * d > 1 } } }
    END { print n " compared, " differ + 0 " differ by more than one" }' sim/counts.tsv out/quant/all.gene_counts.tsv
ls out
