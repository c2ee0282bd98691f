# reads aligned to the transcripts give what the same reads give through an index; what does not belong is refused
awk -v seed=5 'function back(s,  i, t) { t = ""; for (i = length(s); i > 0; i--) t = t substr("TGCA", index("ACGT", substr(s, i, 1)), 1); return t }
    function emit(flag, t, at, mate, seq) { printf "p%d\t%d\t%s\t%d\t60\t40M\t=\t%d\t0\t%s\t*\n", n, flag, t, at, mate, seq > "a.sam" }
    /^>/ { name = substr($1, 2); order[++k] = name; next }
    { sequence[name] = sequence[name] $0 }
    END {
        printf "@HD\tVN:1.6\tSO:unsorted\tGO:query\n" > "a.sam"
        for (i = 1; i <= k; i++) printf "@SQ\tSN:%s\tLN:%d\n", order[i], length(sequence[order[i]]) > "a.sam"
        for (i = 0; i < 240; i++) {
            t = order[i % 3 == 0 ? 1 : 3]; seed = (seed * 1103 + 12345) % 65536
            f = 130 + i % 40; at = 1 + seed % (length(sequence[t]) - f); n++
            one = substr(sequence[t], at, 40); two = substr(sequence[t], at + f - 40, 40)
            for (j = 1; j <= k; j++) {          # every transcript that holds both in this distance
                u = order[j]; from = 0
                while ((hit = index(substr(sequence[u], from + 1), one)) > 0) {
                    from += hit
                    if (substr(sequence[u], from + f - 40, 40) == two) { emit(99, u, from, from + f - 40, one); emit(147, u, from + f - 40, from, two) }
                }
            }
            q = one; gsub(/./, "I", q)
            printf "@p%d\n%s\n+\n%s\n", n, one, q > "1.fq"
            printf "@p%d\n%s\n+\n%s\n", n, back(two), q > "2.fq"
        }
    }' $DATA/transcripts.fa
tilseq index -q -t $DATA/transcripts.fa -o x.idx
tilseq quant -q -i x.idx -1 1.fq -2 2.fq -o reads
tilseq quant -q -b a.sam -t $DATA/transcripts.fa -o aligned
cmp reads/quant.sf aligned/quant.sf && echo the same
grep -h mapping_type reads/aux_info/meta_info.json aligned/aux_info/meta_info.json
cut -f 1,5 aligned/quant.sf
tilseq quant -q -b a.sam -o none; echo "exit $?"
tilseq quant -q -b a.sam -t $DATA/transcripts.fa -i x.idx -o none; echo "exit $?"
sed 's/SO:unsorted/SO:coordinate/' a.sam > sorted.sam
tilseq quant -q -b sorted.sam -t $DATA/transcripts.fa -o none; echo "exit $?"
sed 's/SN:T2/SN:chr2/' a.sam > genome.sam
tilseq quant -q -b genome.sam -t $DATA/transcripts.fa -o none; echo "exit $?"
