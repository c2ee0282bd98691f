# several samples in one call: the columns in the order given, what is said about each in that order, whatever the threads
tilseq simulate -q --patients 3 --arms 1 --times 1 --genes 60 --reads bam --fragments 4000 --seed 5 -o sim
set -- sim/P003_pre.bam sim/P001_pre.bam sim/P002_pre.bam
tilseq count --no-provenance -a sim/genes.gtf -o c.tsv "$@" 2>err
head -n 1 c.tsv
head -n 2 c.tsv.summary
sed 's/^[^a-z]*[a-z ]*\] *[0-9.]*s *//; /^done/d; /^sim\/genes.gtf/d' err | sed 's/: .*//'
for sample in P001_pre P002_pre P003_pre; do
    tilseq count -q --no-provenance -a sim/genes.gtf "sim/$sample.bam" | cut -f 4 >alone
    cut -f "$(head -n 1 c.tsv | tr '\t' '\n' | grep -n "$sample" | cut -d : -f 1)" c.tsv | cmp - alone && echo "$sample the same alone"
done
# the first file that is wrong is told, and nothing is written
head -c 20000 sim/P001_pre.bam >cut1.bam
head -c 30000 sim/P002_pre.bam >cut2.bam
tilseq count -q -a sim/genes.gtf -o out/c.tsv sim/P003_pre.bam cut1.bam cut2.bam 2>&1 | cut -d : -f 1-3
[ ! -e out ] && echo nothing left
