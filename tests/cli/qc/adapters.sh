# adapters of MGI and SMART, runs of G and A: as numbers and said
make() { # where from 0, bases
    awk -v at="$1" -v tail="$2" 'BEGIN { srand(7); for (i = 0; i < 200; i++) { s = ""
        for (k = 0; k < 60; k++) s = s substr("ACGT", 1 + int(rand() * 4), 1)
        if (i % 2) s = substr(s, 1, at) tail substr(s, at + length(tail) + 1)
        q = s; gsub(/./, "I", q); print "@r" i "\n" s "\n+\n" q } }'
}
make 30 AAGTCGGAGGCCAAGCGGTC >mgi.fq
make 30 AAGTCGGATCGTAGCCATGTC >mgi2.fq
make 0 AAGCAGTGGTATCAACGCAGAGT >smart.fq
make 40 GGGGGGGGGGGGGGGGGGGG >polyg.fq
make 40 AAAAAAAAAAAAAAAAAAAA >polya.fq
tilseq qc --no-provenance -o out *.fq 2>err
cut -f 1,13,17,18 out/reads.tsv
sed -n 's/^tilseq qc: warning: //p' err
