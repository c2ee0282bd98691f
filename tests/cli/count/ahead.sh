# alignments of many batches, some of which are inflated while mates of the one before are sought; the rounds at 1 and 4
# threads must print the same, and a block that is damaged in the middle leaves nothing
tilseq simulate -q --patients 1 --arms 1 --times 1 --genes 60 --reads bam --fragments 60000 --seed 5 -o sim
bam=$(ls sim/*.bam)
tilseq count -q --no-provenance -a sim/genes.gtf --qc qc -o c.tsv "$bam"
cut -f 1,2 c.tsv.summary | head -n 2
cat c.tsv qc/*.tsv | cksum
size=$(wc -c <"$bam")
[ "$size" -gt 2000000 ] || echo "only $size bytes"
for at in 3 5 7; do
    cp "$bam" bad.bam
    printf 'XXXXXXXX' | dd of=bad.bam bs=1 seek=$((size / 8 * at)) conv=notrunc 2>/dev/null
    tilseq count -q -a sim/genes.gtf -o out/c.tsv bad.bam 2>err
    echo "exit $? $(grep -c 'bad.bam: .*byte' err) $(ls out 2>/dev/null)"
done
head -c $((size / 2)) "$bam" >bad.bam
tilseq count -q -a sim/genes.gtf -o out/c.tsv bad.bam 2>&1 | sed 's/byte [0-9]*/byte N/; s/after [0-9]* bytes/after N bytes/'
