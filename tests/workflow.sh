#!/bin/sh
# workflow.sh [--accept] -- `tilseq run --workflow`: workflow/{fastq,bam,counts}.smk are what it writes, and, where there is a
# Snakemake, what they make is what `tilseq run` makes, to the byte. On a Slurm of two nodes too, with TILSEQ_SLURM_CI naming
# the script that starts one. --accept writes the three files anew: read the diff.
set -u
here=$(cd "${srcdir:-.}" && pwd)
tilseq=${TILSEQ:-$(pwd)/tilseq}
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-workflow-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" && ln -s "$tilseq" "$work/bin/tilseq"
PATH=$work/bin:$PATH
cd "$work" || exit 1
failed=0
fail() { echo "workflow: $*"; failed=$((failed + 1)); }

tilseq simulate -q --patients 3 --genes 60 --reads both --fragments 2000 --seed 7 --no-provenance -o sim || exit 1
words() {
    common="-g sim/sets.gmt --min-size 2 --pair patient --time timepoint"
    case $1 in
        fastq) echo "sim/samples.tsv -t sim/transcripts.fa -a sim/genes.gtf $common" ;;
        bam) echo "sim/samples.tsv -a sim/genes.gtf $common" ;;
        counts) echo "sim/samples.tsv --counts sim/counts.tsv $common --method voom" ;;
    esac
}
for kind in fastq bam counts; do
    tilseq run $(words $kind) -q --workflow $kind.smk -o out || fail "$kind: no workflow"
    rm -rf out
    if [ "${1:-}" = --accept ]; then cp $kind.smk "$here/workflow/$kind.smk"; fi
    diff "$here/workflow/$kind.smk" $kind.smk >differ || { fail "workflow/$kind.smk is not what tilseq writes"; head -n 6 differ; }
done
if ! command -v snakemake >/dev/null; then
    echo "workflow: there is no snakemake here: the rules were not run"
    [ $failed -eq 0 ]
    exit
fi
same() {    # kind, folder
    diff -rq -x run.json -x .snakemake -x logs whole "$2" >differ || { fail "$1: $2 is not what tilseq run makes"; head differ; }
}
for kind in fastq bam counts; do
    rm -rf whole out
    tilseq run $(words $kind) -q -o out 2>/dev/null || fail "$kind: tilseq run fails"
    mv out whole
    tilseq run $(words $kind) -q --workflow $kind.smk -o out
    snakemake -q -s $kind.smk --cores 2 >log 2>&1 || { fail "$kind: snakemake fails"; tail -n 20 log; }
    same $kind out
done
# one bad sample: the others are kept, no matrix; mended, only what depends on it is done
rm -rf out whole
tilseq run $(words bam) -q -o out 2>/dev/null && mv out whole
tilseq run $(words bam) -q --workflow bam.smk -o out
cp sim/P002_pre.bam good.bam && head -c 3000 good.bam >sim/P002_pre.bam
snakemake -q -k -s bam.smk --cores 2 >log 2>&1 && fail "a truncated BAM passes"
[ "$(ls out/count/*.counts.tsv | wc -l)" = 5 ] || fail "the other samples are not kept"
[ ! -e out/count/all.counts.tsv ] || fail "a matrix of a part"
cp good.bam sim/P002_pre.bam
snakemake -q -k -s bam.smk --cores 2 >log 2>&1 || { fail "does not go on"; tail log; }
same bam out
snakemake -n -s bam.smk --cores 2 2>&1 | grep -q 'Nothing to be done' || fail "a rerun does something"
if [ -n "${TILSEQ_SLURM_CI:-}" ] && command -v sbatch >/dev/null; then
    rm -rf out
    tilseq run $(words bam) -q --workflow bam.smk -o out
    bash "$TILSEQ_SLURM_CI" "$work/slurm" snakemake -q -s bam.smk --profile "$here/workflow/profiles/slurm" >log 2>&1
    case $? in
        0) same bam out; echo "workflow: on two nodes of Slurm too" ;;
        77) echo "workflow: no Slurm was tried: $(tail -n 1 log)" ;;
        *) fail "Slurm"; tail -n 20 log ;;
    esac
else
    echo "workflow: no Slurm was tried (TILSEQ_SLURM_CI names the script that starts one)"
fi
echo "workflow: $failed failed"
[ $failed -eq 0 ]
