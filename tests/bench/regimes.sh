#!/bin/sh
# regimes.sh [REGIME...] -- accuracy of quant beside salmon and kallisto on 17 kinds of simulated reads (docs/QUANT.md).
#
#   TILSEQ_BENCH_KEEP=DIR   keep data and the peers' indexes there and use them again
#   TILSEQ_BENCH_SEED       of the reads; default 500
#
# Prints per regime and program: Spearman and MARD of transcripts, MARD of genes, genes seen falsely. Wants
# $TILSEQ_SHARED/bench (simtx2.c, acc2.py, model.tsv.gz), Python; peers where they are installed. About ten CPU minutes.
set -u
bench=${TILSEQ_SHARED:?}/bench TILSEQ=$(cd "$(dirname "${TILSEQ:-./tilseq}")" && pwd)/tilseq seed=${TILSEQ_BENCH_SEED:-500}
[ -f "$bench/simtx2.c" ] || { echo "regimes: no $bench/simtx2.c"; exit 77; }
if [ -n "${TILSEQ_BENCH_KEEP:-}" ]; then
    work=$TILSEQ_BENCH_KEEP
    mkdir -p "$work"
else
    work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-regimes-XXXXXX")
    trap 'rm -rf "$work"' EXIT
fi
cd "$work" || exit 1
[ -x simtx2 ] || "${CC:-cc}" -O2 -w -o simtx2 "$bench/simtx2.c" -lm || exit 77
if [ ! -f ref.transcripts.fa ]; then
    gzip -dc "$bench/model.tsv.gz" >all.tsv
    python3 "$bench/shuffle_model.py" all.tsv shuffled.tsv 5150142
    awk 'NR <= 16000 || $2 == g { print; if (NR <= 16000) g = $2 }' shuffled.tsv >model.tsv
    ./simtx2 ref model.tsv 60606 ref 2>/dev/null
fi
"$TILSEQ" index -q -t ref.transcripts.fa -g ref.tx2gene.tsv -o ref.idx || exit 1
if command -v kallisto >/dev/null && [ ! -f ref.kal ]; then kallisto index -i ref.kal ref.transcripts.fa >/dev/null 2>&1; fi
if command -v salmon >/dev/null && [ ! -d ref.sal ]; then salmon index -p 1 -t ref.transcripts.fa -i ref.sal >/dev/null 2>&1; fi

# name, pairs, length, strand, what the simulator is told
regimes='nascent 250000 100 rf NASC=.35
diverged 250000 100 rf XENO=.4
2x50_u 250000 50 u A=1
2x50 250000 50 rf A=1
2x100 250000 100 rf A=1
2x100_u 250000 100 u A=1
2x150 250000 150 rf FM=400 FS=100
2x75_short 250000 75 fr FM=150 FS=30
errors_0.1 250000 100 rf ERR=.001
errors_2 250000 100 rf ERR=.02
degraded 250000 100 rf FM=110 FS=35 BIAS3=500
few 70000 100 rf A=1
snps 250000 100 rf SNP=.004
3000_expressed 250000 100 rf NEXPR=3000
biased 250000 100 rf GCB=30 SIDE5=.5
1x50_u 250000 50 u A=1
1x75_tags 250000 75 fr BIAS3=100'
wanted=" $* " number=0
echo "$regimes" | while read -r name pairs length strand settings; do
    number=$((number + 1))
    case "$wanted" in *" $name "* | "  ") ;; *) continue ;; esac
    [ -f "$name.truth.tsv" ] || env $settings ./simtx2 reads model.tsv 60606 "$name" "$pairs" $((seed + number)) "$length" "$strand" 2>/dev/null
    case $name in 1x*) files="-r ${name}_1.fq" k="--single" lone=1 ;; *) files="-1 ${name}_1.fq -2 ${name}_2.fq" k= lone= ;; esac
    case $strand in u) library=U ;; fr) library=SF k="$k --fr-stranded" ;; rf) library=SR k="$k --rf-stranded" ;; esac
    [ -n "$lone" ] || library=I$library
    one= salmon_one= kallisto_one=
    if [ -n "$lone" ]; then one="--fragment-mean 240 --fragment-sd 70" salmon_one="--fldMean 240 --fldSD 70" kallisto_one="-l 240 -s 70"; fi
    "$TILSEQ" quant -q -i ref.idx -l $library $files $one -o out.tilseq || exit 1
    set -- "tilseq=out.tilseq/quant.sf:4"
    if [ -d ref.sal ] && salmon quant -p 1 -l $library -i ref.sal $files $salmon_one -o out.salmon >/dev/null 2>&1; then set -- "$@" salmon=out.salmon/quant.sf:4; fi
    mates="${name}_1.fq ${name}_2.fq"
    [ -z "$lone" ] || mates=${name}_1.fq
    if [ -f ref.kal ] && kallisto quant $k $kallisto_one -i ref.kal -o out.kallisto $mates >/dev/null 2>&1; then set -- "$@" kallisto=out.kallisto/abundance.tsv:3; fi
    echo "== $name"
    python3 "$bench/acc2.py" "$name.truth.tsv" ref.tx2gene.tsv "$@"
done
