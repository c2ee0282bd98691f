# a short fragment read through, a long one, one that is too short; the UMI goes to the name
a=ACGTTGCAACGGTTACATTGCCAGTACCGATTGACCATG
b=CATGGTCAATCGGTACTGGCAATGTAACCGTTGCAACGT
q=IIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIII
printf '@s/1\nTTG%sAGATCGGAAGAGCACACGT\n+\n%s\n@l/1\nCCC%s%s\n+\n%s%s\n' $a IIIIIIII$q $a $a IIIIIIIIIIIIIIIIIIIIIII $q$q | sed 'n;n;n' > r_1.fq
awk 'NR % 4 == 2 { n = length($0) } NR % 4 == 0 { $0 = sprintf("%" n "s", ""); gsub(/ /, "I") } { print }' r_1.fq > t && mv t r_1.fq
printf '@s/2\n%sAGATCGGAAGAGCGTCGTGTAG\n+\n%s\n@l/2\nGATTACAGATTACAGATTACAGGATTTACCCAGATATATCCGG\n+\n%s\n' $b $q $q > r_2.fq
awk 'NR % 4 == 2 { n = length($0) } NR % 4 == 0 { $0 = sprintf("%" n "s", ""); gsub(/ /, "I") } { print }' r_2.fq > t && mv t r_2.fq
tilseq trim -1 r_1.fq -2 r_2.fq --umi read1 --umi-length 3 -q -o out --no-provenance
gzip -dc out/r_1.fq.gz
gzip -dc out/r_2.fq.gz
cat out/trim.tsv
tilseq trim -1 r_1.fq -2 r_2.fq --min-length 45 -q -o short --no-provenance
gzip -dc short/r_1.fq.gz | wc -l
tilseq trim -1 r_1.fq -o none 2>&1; echo "exit $?"
tilseq trim -r r_1.fq --umi read1 --umi-length 70 -q -o none 2>&1; echo "exit $?"
ls none 2>&1
