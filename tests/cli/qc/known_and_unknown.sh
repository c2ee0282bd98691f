# mitochondria by accession and by their genes, ribosomes only where genes have types, 3' bias of genes and not of one gene
awk 'BEGIN {
    print "@SQ\tSN:chr1\tLN:200000\n@SQ\tSN:NC_005089.1\tLN:16299\n@SQ\tSN:scaffold_7\tLN:16000"
    for (g = 0; g < 20; g++)
        for (i = 0; i < 40; i++) print "r" g "_" i "\t0\tchr1\t" 5000 * g + 1001 + 25 * i "\t60\t20M\t*\t0\t0\t*\t*\tNH:i:1"
    for (i = 0; i < 5000; i++) print "big" i "\t0\tchr1\t" 1001 + 900 + i % 80 "\t60\t20M\t*\t0\t0\t*\t*\tNH:i:1"
    for (i = 0; i < 100; i++) print "m" i "\t0\tNC_005089.1\t" 100 + i "\t60\t20M\t*\t0\t0\t*\t*\tNH:i:1"
    for (i = 0; i < 100; i++) print "s" i "\t0\tscaffold_7\t" 100 + i "\t60\t20M\t*\t0\t0\t*\t*\tNH:i:1"
}' >reads.sam
genes() {   # further attributes
    awk -v more="$1" 'BEGIN { OFS = "\t"
        for (g = 0; g < 20; g++) print "chr1", "s", "exon", 5000 * g + 1001, 5000 * g + 2000, ".", "+", ".", "gene_id \"g" g "\"; transcript_id \"t" g "\";" more
        print "scaffold_7", "s", "exon", 1, 1000, ".", "+", ".", "gene_id \"m\"; transcript_id \"tm\"; gene_name \"mt-Nd1\";" more }'
}
genes '' >plain.gtf
genes ' gene_biotype "protein_coding";' >typed.gtf
for a in plain typed; do
    tilseq qc -q --no-provenance -a $a.gtf -o $a reads.sam && cut -f 10,11,15 $a/alignments.tsv
done
grep -v NC_005089 reads.sam | grep -v scaffold >nuclear.sam
tilseq qc -q --no-provenance -a plain.gtf -o none nuclear.sam && cut -f 11 none/alignments.tsv
