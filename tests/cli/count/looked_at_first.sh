# what is wrong with the last file is found before the first is counted, which is long
tilseq simulate -q --patients 1 --arms 1 --times 1 --genes 60 --reads bam --fragments 4000 --seed 5 -o sim
bam=$(ls sim/*.bam)
size=$(wc -c <"$bam")
head -c $((size - 28)) "$bam" >no_end.bam
printf '@SQ\tSN:elsewhere\tLN:100\n' >elsewhere.sam
refused() { tilseq count -a sim/genes.gtf -o out/c.tsv "$bam" "$1" 2>err; echo "exit $? $(grep -c ' records, ' err) $(ls out 2>/dev/null)"; sed -n '$p' err | cut -d : -f 2-3; }
refused nosuch.bam
refused no_end.bam
refused elsewhere.sam
