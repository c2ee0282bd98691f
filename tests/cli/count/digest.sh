# the digest of an annotation is that of the file as it stands, read to its end or not, packed or not
awk '{ print }' "$DATA/genes.gtf" >plain.gtf
gzip -c plain.gtf >packed.gtf.gz
{ cat plain.gtf; echo '##FASTA'; for i in 1 2 3 4 5 6 7 8; do echo ">chr$i"; head -c 100000 /dev/zero | tr '\0' A; done; } >fasta.gtf
for file in plain.gtf packed.gtf.gz fasta.gtf; do
    tilseq count -q -a $file -o c.tsv "$DATA/reads.sam"
    told=$(sed -n "s/^##tilseq.input.$file.sha256://p" c.tsv)
    [ "$told" = "$(sha256sum $file | cut -d ' ' -f 1)" ] && echo "$file is told"
done
# a pipe has none: the number of its features is told
cat plain.gtf | tilseq count -q -a /dev/stdin "$DATA/reads.sam" | grep '##tilseq.input.stdin'
