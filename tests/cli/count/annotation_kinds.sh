# what annotation files bring: several parents, Derives_from, %XX, parents that no line defines, quotes in values, lists of types
plain() { tilseq count -q -s unstranded --no-provenance "$@"; }
awk 'BEGIN {
    print "@SQ\tSN:chr1\tLN:5000"
    for (i = 0; i < 10; i++) print "r" i "\t0\tchr1\t" 1100 + i "\t60\t50M\t*\t0\t0\t*\t*\tNH:i:1"
}' >reads.sam
sed 's/ /\t/g' >parents.gff3 <<'GFF'
##gff-version 3
chr1 s gene 1001 4000 . + . ID=gene:ge%2Dne;Name=A%2CB
chr1 s mRNA 1001 4000 . + . ID=transcript:t1;Parent=gene:ge%2Dne
chr1 s mRNA 1001 2000 . + . ID=transcript:t2;Parent=gene:ge%2Dne
chr1 s protein 1001 2000 . + . ID=t1-Protein;Derives_from=transcript:t1
chr1 s exon 1001 2000 . + . Parent=transcript:t1,transcript:t2
chr1 s exon 3001 4000 . + . Parent=transcript:t1
chr1 s CDS 1001 2000 . + . Parent=transcript:t1,t1-Protein
chr1 s CDS 3001 3100 . + . Parent=nowhere,transcript:t1
GFF
echo "-- genes, features, CDS, both"
plain -a parents.gff3 reads.sam
plain -a parents.gff3 --level feature reads.sam
plain -a parents.gff3 -t CDS reads.sam
plain -a parents.gff3 -t CDS,exon reads.sam
echo "-- the attribute as it stands"
plain -a parents.gff3 -t gene -g ID reads.sam
echo "-- a parent that no line defines"
sed 's/Parent=transcript:t1$/Parent=zzz/' parents.gff3 >orphan.gff3
tilseq count -s unstranded --no-provenance -a orphan.gff3 reads.sam 2>err
grep -o 'warning: .*' err
echo "-- quotes"
printf 'chr1\ts\texon\t1001\t2000\t.\t+\t.\tnote "a \\"weird; gene_id \\"BAD\\" name"; gene_id "G1";\n' >quotes.gtf
printf 'chr1\ts\texon\t3001\t4000\t.\t+\t.\tnote "ends in \\"; gene_id "G2";\n' >>quotes.gtf
plain -a quotes.gtf reads.sam
echo "-- types that are not there"
tilseq count -q -a quotes.gtf -t CDS,tRNA reads.sam 2>&1
echo "exit $?"
echo "-- a first line without attributes"
{ sed -n 1p parents.gff3; printf 'chr1\ts\tregion\t1\t5000\t.\t.\t.\t.\n'; sed 1d parents.gff3; } >region.gff3
plain -a region.gff3 reads.sam
