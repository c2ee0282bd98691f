# inputs.sh -- what options.sh makes of tests/cli/data: inputs that need repair, alignments of every kind, an index, results
# of tilseq de and tilseq simulate to go on from.

# A pair of alignments: name, flag, contig, position, flag, contig, position of the mates, mapping quality, tags.
pair() {
    seq=ACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTAC
    printf '%s\t%s\t%s\t%s\t%s\t50M\t%s\t%s\t0\t%s\t*\tNH:i:%s\n' "$1" "$2" "$3" "$4" "$8" "$6" "$7" $seq "$9" \
        "$1" "$5" "$6" "$7" "$8" "$3" "$4" $seq "$9"
}

odd_alignments() {
    printf '@HD\tVN:1.6\tSO:unsorted\n@SQ\tSN:chr1\tLN:2000\n@SQ\tSN:chr2\tLN:2000\n'
    for i in 1 2 3; do pair "forward$i" 99 chr1 120 147 chr1 200 60 1; done
    pair antisense 83 chr1 130 163 chr1 60 60 1
    pair unique 99 chr2 150 147 chr2 250 60 1
    pair multiple 99 chr2 160 147 chr2 260 60 2
    pair multiple 355 chr1 121 403 chr1 201 60 2
    pair duplicate 1123 chr2 170 1171 chr2 270 60 1
    pair chimeric 65 chr1 140 129 chr2 300 60 1
    pair doubtful 99 chr2 180 147 chr2 280 3 1
    pair both_genes 99 chr1 255 147 chr1 420 60 1
    pair edge 99 chr1 40 147 chr1 70 60 1
    seq=ACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTAC
    printf 'half\t73\tchr1\t150\t60\t50M\t=\t150\t0\t%s\t*\tNH:i:1\nhalf\t133\tchr1\t150\t0\t*\t=\t150\t0\t%s\t*\n' $seq $seq
    printf 'split\t99\tchr1\t281\t60\t20M100N30M\t=\t420\t0\t%s\t*\tNH:i:1\n' $seq
    printf 'split\t147\tchr1\t420\t60\t50M\t=\t281\t0\t%s\t*\tNH:i:1\n' $seq
}

odd_genes() {
    while read -r contig feature start end strand gene name; do
        printf '%s\tsim\t%s\t%s\t%s\t.\t%s\t.\tgene_id "%s"; transcript_id "T%s"; gene_name "%s";\n' \
            "$contig" "$feature" "$start" "$end" "$strand" "$gene" "$gene" "$name"
    done <<GENES
chr1 exon 101 300 + A both
chr1 CDS 101 150 + A both
chr1 exon 401 600 + A both
chr1 exon 251 350 - B both
chr2 exon 101 500 + C alone
GENES
}

make_inputs() {     # tests/cli/data, folder to make
    data=$1 made=$2
    mkdir -p "$made"

    # reads with an adapter, tails and a bad end; a pair of a fragment shorter than its reads
    as_fastq() { awk '{ q = $2; gsub(/./, "I", q); if ($3 != "") q = substr(q, 1, length(q) - $3) substr("##########", 1, $3)
        printf "@%s\n%s\n+\n%s\n", $1, $2, q }'; }
    begin=ACGTTGCAACGGTTACATTGCCAGTACCGA
    as_fastq >"$made/trim.fq" <<READS
a ${begin}AGATCGGAAGAGCACACG
g ${begin}GGGGGGGGGGGGGGGG
t ${begin}TAAAAAAAAAAAAAAAA
q ${begin}TACCATG 6
READS
    echo "s ${begin}TTGACCATGAGATC" | as_fastq >"$made/trim_1.fq"
    echo "s CATGGTCAATCGGTACTGGCAATGTAACCGTTGCAACGTAGATC" | as_fastq >"$made/trim_2.fq"

    # matrices and sheets that options repair
    sed '2,9s/	[0-9]*/	12.5/' "$data/counts.tsv" >"$made/fractions.tsv"
    { cat "$data/counts.tsv"; sed -n 2p "$data/counts.tsv"; } >"$made/repeated.tsv"
    awk '{ print $0 "\t" (NR == 1 ? "S9" : $2) }' "$data/counts.tsv" >"$made/wide.tsv"
    awk -F'\t' -v OFS='\t' 'NR == 3 { $6 = "" } { print }' "$data/samples.tsv" >"$made/gap.tsv"
    awk -F'\t' -v OFS='\t' 'NR == 1 { print $0, "dose" } NR > 1 { print $0, NR % 3 }' \
        "$data/samples.tsv" >"$made/doses.tsv"
    awk -F'\t' -v OFS='\t' 'NR == 1 { print $0, "day", "visit" }
        NR > 1 { print $0, ($4 == "pre" ? 0 : 7 + 7 * (NR > 5)), ($4 == "pre" ? "v1" : NR > 7 ? "v3" : "v2") }' \
        "$data/samples.tsv" >"$made/days.tsv"
    # reads in one sample alone, an age and a site
    awk -F'\t' -v OFS='\t' 'NR > 1 && NR % 4 == 0 { for (i = 2; i <= NF; i++) $i = i == 3 + NR / 4 % 5 ? 6 : 0 } { print }' \
        "$data/counts.tsv" >"$made/sparse.tsv"
    awk -F'\t' -v OFS='\t' 'NR == 1 { print $0, "site", "weight" } NR > 1 { print $0, "s" int(NR / 2) % 2, 40 + NR * 7 % 11 }' \
        "$data/samples.tsv" >"$made/sparse_samples.tsv"
    awk -F'\t' -v OFS='\t' 'NR == 1 { print $0, "purity" } NR > 1 { print $0, NR * 7 % 11 / 10 }' \
        "$data/samples.tsv" >"$made/purity.tsv"
    { echo gene; sed -n '20,50p' "$data/counts.tsv" | cut -f1; } >"$made/controls.txt"
    # library: two samples of one patient and time
    awk -F'\t' -v OFS='\t' 'NR == 1 { print $0, "library" }
        NR > 1 { print $0, (NR < 4 ? "L1" : $1) }' "$data/samples.tsv" >"$made/libraries.tsv"
    { sed -n 1p "$data/samples.tsv"; sed 1d "$data/samples.tsv" | sort -r; } >"$made/turned.tsv"
    printf 'sample\tbam\nS1\t%s\n' "$data/reads.sam" >"$made/bams.tsv"
    printf 'sample\tfastq_1\tfastq_2\nS1\t%s\t%s\n' "$data/reads_1.fq" "$data/reads_2.fq" >"$made/reads.tsv"
    printf 'sample\tfastq_1\nS1\t%s\n' "$data/reads_1.fq" >"$made/single.tsv"
    # symbols: the names of the genes turned around, so that sets find others, and one that is no gene of a set
    awk -F'\t' 'NR > 1 { id[NR - 1] = $1; n = NR - 1 }
        END { print "gene_id\tsymbol"; for (i = 1; i <= n; i++) print id[i] "\t" (i < n ? id[n + 1 - i] : "NOVEL") }' \
        "$data/counts.tsv" >"$made/genes.tsv"
    awk -F'\t' 'NR == 1 { print "gene_id\tlength" } NR > 1 { print $1 "\t" 500 + 10 * NR }' "$data/counts.tsv" >"$made/lengths.tsv"
    awk -F'\t' -v OFS='\t' 'NR > 1 { for (i = 2; i <= NF; i++) $i = 500 + 10 * NR + 25 * ((NR * i) % 7) } { print }' \
        "$data/counts.tsv" >"$made/lengths_per_sample.tsv"
    awk -F'\t' -v OFS='\t' 'NR > 1 { for (i = 2; i <= NF; i++) $i = log(1 + $i) / log(2) } { print }' \
        "$data/counts.tsv" >"$made/log.tsv"
    awk -F'\t' 'NR % 5 == 2 { print $1 }' "$data/counts.tsv" >"$made/list.txt"
    awk -F'\t' 'NR > 1 { print $1 }' "$data/counts.tsv" >"$made/universe.txt"
    awk -F'\t' 'NR > 1 && NR < 45 { print $1 }' "$data/counts.tsv" >"$made/narrow.txt"
    sed 's/\.[0-9]*$//' "$data/ranks.rnk" >"$made/ties.rnk"
    printf 'name\tspecies\ttype\tdefinition\tscale\tnote\nCYT\thuman\tgeomean\tGZMB,PRF1\tlinear\t\n' >"$made/scores.tsv"

    # reads
    head -n 40 "$data/reads_1.fq" >"$made/few_1.fq"
    head -n 40 "$data/reads_2.fq" >"$made/few_2.fq"
    awk 'NR % 4 == 2 && NR % 12 == 2 { $0 = "GATTGTCAGGTTAACCGTATCGGCTTACCGAATTCGTAGCCATGGTTAAC" }   # a mate that fits nowhere
        NR % 4 == 2 && NR % 12 == 6 { $0 = substr($0, 1, 31) "CGGCTTACCGAATTCGTAG" }                     # an end that does not fit
        { print }' "$data/reads_2.fq" >"$made/partial_2.fq"
    awk '/^>/ { name = substr($1, 2); order[++k] = name; next }
        { sequence[name] = sequence[name] $0 }
        END {
            for (i = 1; i <= k; i++) printf "@SQ\tSN:%s\tLN:%d\n", order[i], length(sequence[order[i]])
            for (i = 1; i <= 40; i++) {
                t = order[i % k + 1]
                printf "p%d\t99\t%s\t%d\t60\t40M\t=\t%d\t0\t%s\t*\n", i, t, i, i + 120, substr(sequence[t], i, 40)
                printf "p%d\t147\t%s\t%d\t60\t40M\t=\t%d\t0\t%s\t*\n", i, t, i + 120, i, substr(sequence[t], i + 120, 40)
            }
        }' "$data/transcripts.fa" >"$made/on_transcripts.sam"
    head -n 5 "$made/on_transcripts.sam" >"$made/one_pair.sam"
    sed -n '1,3p' "$data/tx2gene.tsv" >"$made/short_tx2gene.tsv"
    sed -n '1,2p' "$data/tx2gene.tsv" >"$made/first_tx2gene.tsv"
    for row in N_unmapped N_multimapping N_noFeature N_ambiguous; do printf '%s\t1\t1\t1\n' $row; done >"$made/ReadsPerGene.out.tab"
    printf 'G1\t900\t890\t10\nG2\t700\t690\t10\n' >>"$made/ReadsPerGene.out.tab"
    sed 's/G2/G1/g' "$data/tx2gene.tsv" >"$made/one_gene.tsv"
    sed 's/G2/G1/g' "$data/genes.gtf" >"$made/one_gene.gtf"
    awk '/^>/ { n++ } n < 3' "$data/transcripts.fa" >"$made/two.fa"
    awk '/^>/ { n++ } n == 3' "$data/transcripts.fa" | sed 's/^>.*/>decoy/' >"$made/decoys.fa"
    odd_alignments >"$made/odd.sam"
    odd_genes >"$made/odd.gtf"
    sed 's/chr1/contig_one/g' "$made/odd.sam" >"$made/contigs.sam"
    printf 'chr1\tcontig_one\n' >"$made/aliases.tsv"

    # a second tissue: the same samples again under other names
    awk -F'\t' -v OFS='\t' '{ n = NF; for (i = 2; i <= n; i++) $(n + i - 1) = NR == 1 ? $i "b" : $i + (i * NR) % 7; print }' \
        "$data/counts.tsv" >"$made/counts_twice.tsv"
    awk -F'\t' -v OFS='\t' 'NR == 1 { print $0, "tissue"; next } { print $0, "blood"; $1 = $1 "b"; more = more $0 OFS "tumour\n" }
        END { printf "%s", more }' "$data/samples.tsv" >"$made/two_tissues.tsv"

    # results to go on from
    "$tilseq" simulate -q --patients 12 --genes 400 --seed 3 -o "$made/sim" &&
    "$tilseq" trial -q "$data/counts.tsv" "$data/samples.tsv" -g "$data/sets.gmt" --arm arm -o "$made/trial" &&
    "$tilseq" index -q -t "$data/transcripts.fa" -o "$made/index" &&
    "$tilseq" index -q -t "$made/two.fa" -o "$made/small_index" &&
    "$tilseq" de -q "$data/counts.tsv" "$data/samples.tsv" --design '~ arm' -c arm:B:A -o "$made/de" &&
    "$tilseq" plan -q "$data/samples.tsv" --design '~ arm' -c arm:B:A -g "$data/sets.gmt" -o "$made/plan.yaml" &&
    cp "$data/sets.gmt" "$made" &&
    "$tilseq" run -q "$data/samples.tsv" --counts "$data/counts.tsv" --design '~ arm' -c arm:B:A -g "$data/sets.gmt" \
        -o "$made/run"
}
