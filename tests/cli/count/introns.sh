# introns count where a fragment is on no exon of any gene: A has an intron 301-800 in which B (other strand) and C lie
cat >genes.saf <<'SAF'
A	chr1	101	300	+
A	chr1	801	1000	+
B	chr1	501	600	-
C	chr1	651	700	+
D	chr1	2001	2100	+
D	chr1	2401	2500	+
E	chr1	2201	2900	+
SAF
read() { printf '%s\t%s\tchr1\t%s\t60\t%s\t*\t0\t0\t*\t*\tNH:i:1\n' "$@"; }
{
    printf '@SQ\tSN:chr1\tLN:5000\n'
    read exon_A 0 150 50M
    read intron_A 0 350 50M
    read edge_A 0 280 50M
    read spliced_A 0 281 20M500N30M
    read exon_B_in_A 16 520 50M
    read sense_over_B 0 520 50M
    read edge_B 16 480 50M
    read exon_C 0 655 40M
    read edge_C 0 680 50M
    read exon_E_in_D 0 2250 50M
    read intron_D 0 2120 50M
    read off 0 4000 50M
} >reads.sam
for s in unstranded forward; do
    for more in '' --introns; do
        echo "-- $s $more"
        tilseq count -q --no-provenance -s $s -a genes.saf $more -o o.tsv reads.sam && cut -f 1,3- o.tsv && grep -v '	0$' o.tsv.summary
    done
done
echo "-- largest, bases"
tilseq count -q --no-provenance -s unstranded -a genes.saf --introns -O largest --min-overlap 45 -o o.tsv reads.sam && cut -f 1,4 o.tsv
for more in '--mode union' '--level feature'; do
    tilseq count -q -a genes.saf --introns $more reads.sam
    echo "exit $?"
done
