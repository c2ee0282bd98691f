# words with a slash, a blank and quotes stay as typed; files lose their folders; -@ -o -q -v are left out
mkdir 'a folder'
printf 'sample\tarm\tsite\na1\ta\tX/Y\na2\ta\tX/Y\na3\ta\tX/Y\nb1\tb\tX/Y\nb2\tb\tX/Y\nb3\tb\tX/Y\nc1\tb\tZ\n' >"a folder/it's.tsv"
awk 'BEGIN { print "gene\ta1\ta2\ta3\tb1\tb2\tb3\tc1"
    for (g = 1; g <= 60; g++) { printf "g%d", g; for (s = 0; s < 7; s++) printf "\t%d", 40 + g * 7 + (g * 13 + s * 29) % 31; print "" } }' >'a folder/counts.tsv'
tilseq de 'a folder/counts.tsv' "a folder/it's.tsv" --design='~ arm' -c 'half=armb/2' arm:b:a --include site=X/Y --method voom -q -o 'a folder/out'
head -n 1 'a folder/out/half.de.tsv' | cut -f 1-9
sed -n '/"command"/p;/"settings"/,/"contrast"/p;/"alpha"/p;/"inputs"/,/"method"/p' 'a folder/out/provenance.json'
