#!/bin/sh
# bench_quant.sh -- index and quant beside kallisto and salmon on simulated pairs (2 x 100, reverse-stranded), in turn.
#
#   TILSEQ_BENCH_PAIRS, TILSEQ_BENCH_TX   size; default 1,000,000 pairs of the first 24,000 transcripts of a shuffled model
#   TILSEQ_BENCH_FULL=1                   human scale: 200,401 transcripts, 5,000,000 pairs; kallisto's index alone takes
#                                         ten CPU minutes and 5 GB
#   TILSEQ_BENCH_KEEP=DIR                 keep data and peers' indexes there and use them again
#
# Prints CPU seconds, peak memory and, where Python is at hand, accuracy against the truth.
set -u
bench=$TILSEQ_SHARED/bench
[ -f "$bench/simtx.c" ] || { echo "quant: no $bench/simtx.c"; exit 77; }
have_time=$(command -v /usr/bin/time) || { echo "quant: /usr/bin/time is missing"; exit 77; }
pairs=${TILSEQ_BENCH_PAIRS:-1000000} transcripts=${TILSEQ_BENCH_TX:-24000}
[ -z "${TILSEQ_BENCH_FULL:-}" ] || { pairs=5000000 transcripts=1000000; }
if [ -n "${TILSEQ_BENCH_KEEP:-}" ]; then
    work=$TILSEQ_BENCH_KEEP
    mkdir -p "$work"
else
    work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-bench-XXXXXX")
    trap 'rm -rf "$work"' EXIT
fi
cd "$work" || exit 1

if [ ! -f reads_2.fq.gz ]; then
    "${CC:-cc}" -O2 -w -o simtx "$bench/simtx.c" -lm || exit 77
    gzip -dc "$bench/model.tsv.gz" >all.tsv
    # whole genes in an order of their names' checksums, so that expression is not that of one chromosome
    awk '{ n = 0; for (i = 1; i <= length($2); i++) n = (n * 31 + index("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ._", substr($2, i, 1))) % 1000003
           print n "\t" $0 }' all.tsv | LC_ALL=C sort -s -k1,1n -k3,3 | cut -f 2- |
        awk -v n="$transcripts" 'NR <= n || $2 == g { print; if (NR <= n) g = $2 }' >model.tsv
    ./simtx ref model.tsv 4711 ref 2>/dev/null
    ./simtx reads model.tsv 4711 reads "$pairs" 4712 100 rf 2>/dev/null
    gzip -1 -f reads_1.fq reads_2.fq
fi

measure() {     # name, command...
    name=$1
    shift
    "$have_time" -f '%U %S %e %M' -o "$work/time" "$@" >"$work/log" 2>&1 || { echo "$name failed"; tail -n 3 "$work/log"; return 1; }
    tail -n 1 "$work/time" | awk -v n="$name" '{ printf "quant %-22s %8.2f CPU s %8.2f wall s %6.0f MB\n", n, $1 + $2, $3, $4 / 1024 }'
    tail -n 1 "$work/time" | awk '{ print $1 + $2 }' >"$work/cpu.$(echo "$name" | tr ' ' '_')"
}

measure "tilseq index" "$TILSEQ" index -q -t ref.transcripts.fa -g ref.tx2gene.tsv -o ref.idx -@ 1 || exit 1
measure "tilseq" "$TILSEQ" quant -q -i ref.idx -1 reads_1.fq.gz -2 reads_2.fq.gz -o out.tilseq -@ 1 || exit 1
peers=0
if command -v kallisto >/dev/null; then
    [ -f ref.kal ] || measure "kallisto index" kallisto index -i ref.kal ref.transcripts.fa
    measure "kallisto" kallisto quant --rf-stranded -i ref.kal -o out.kallisto reads_1.fq.gz reads_2.fq.gz && peers=1
fi
if command -v salmon >/dev/null; then
    [ -d ref.sal ] || measure "salmon index" salmon index -p 1 -t ref.transcripts.fa -i ref.sal
    measure "salmon" salmon quant -p 1 -l ISR -i ref.sal -o out.salmon -1 reads_1.fq.gz -2 reads_2.fq.gz && peers=1
fi
measure "tilseq again" "$TILSEQ" quant -q -i ref.idx -1 reads_1.fq.gz -2 reads_2.fq.gz -o out.tilseq -@ 1
measure "tilseq 2 threads" "$TILSEQ" quant -q -i ref.idx -1 reads_1.fq.gz -2 reads_2.fq.gz -o out.two -@ 2
cmp -s out.tilseq/quant.sf out.two/quant.sf || { echo "quant: 1 and 2 threads differ"; exit 1; }
for peer in kallisto salmon; do
    [ ! -f "cpu.$peer" ] || awk -v p=$peer -v n="$pairs" 'FNR == 1 { t[++k] = $1 }
        END { printf "quant: %.1f times %s; %.2f M pairs per CPU second\n", t[2] / t[1], p, n / t[1] / 1e6 }' cpu.tilseq_again "cpu.$peer"
done
if command -v python3 >/dev/null; then
    set -- tilseq=out.tilseq/quant.sf:4
    [ ! -f out.salmon/quant.sf ] || set -- "$@" salmon=out.salmon/quant.sf:4
    [ ! -f out.kallisto/abundance.tsv ] || set -- "$@" kallisto=out.kallisto/abundance.tsv:3
    python3 "$bench/acc.py" reads.truth.tsv ref.tx2gene.tsv "$@"
fi
[ $peers -eq 1 ] || exit 77
