# slices.sh -- three small samples, s0.sam s1.sam s2.sam: thirds of the alignments of tests/golden/count, by read, and their
# genes.gtf. Only s1 has duplicates and only s2 has reads with an unmapped end, so that some fates are those of one sample.
count=$DATA/../../golden/count
for k in 0 1 2; do
    awk -F'\t' -v OFS='\t' -v k=$k '
        function has(flag) { return int($2 / flag) % 2 }
        /^@/ { print; next }
        substr($1, 2) % 3 != k || (k != 2 && has(4) + has(8) == 1) { next }
        k != 1 && has(1024) { $2 -= 1024 }
        { print }' "$count/sim.sam" >s$k.sam
done
cp "$count/sim.gtf" genes.gtf
