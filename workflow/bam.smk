# Made by tilseq 0.2.0: the steps of
#   tilseq run samples.tsv -a genes.gtf -g sets.gmt --min-size 2 --pair patient --time timepoint --workflow bam.smk
# Run: snakemake -s THIS --cores N, or with a profile of workflow/profiles. Settings: --config sample_threads=2 threads=4
# sample_mb=8000 joint_mb=16000 minutes=600. A job that fails for want of memory or time gets more with --retries.
import re

SAMPLE_THREADS = int(config.get("sample_threads", 1))
THREADS = int(config.get("threads", 1))
SAMPLE_MB = int(config.get("sample_mb", 1900))
JOINT_MB = int(config.get("joint_mb", 1900))
MINUTES = int(config.get("minutes", 240))

rule all:
    input: ["out/report.html"]

count_samples = {
    "P001_pre": {
        "words": ["count", "-a", "sim/genes.gtf", "--strand", "reverse", "--sample-names", "P001_pre", "--qc", "out/qc/P001_pre", "-o", "out/count/P001_pre.counts.tsv", "sim/P001_pre.bam"],
        "input": ["sim/genes.gtf", "sim/P001_pre.bam"],
    },
    "P001_on": {
        "words": ["count", "-a", "sim/genes.gtf", "--strand", "reverse", "--sample-names", "P001_on", "--qc", "out/qc/P001_on", "-o", "out/count/P001_on.counts.tsv", "sim/P001_on.bam"],
        "input": ["sim/genes.gtf", "sim/P001_on.bam"],
    },
    "P002_pre": {
        "words": ["count", "-a", "sim/genes.gtf", "--strand", "reverse", "--sample-names", "P002_pre", "--qc", "out/qc/P002_pre", "-o", "out/count/P002_pre.counts.tsv", "sim/P002_pre.bam"],
        "input": ["sim/genes.gtf", "sim/P002_pre.bam"],
    },
    "P002_on": {
        "words": ["count", "-a", "sim/genes.gtf", "--strand", "reverse", "--sample-names", "P002_on", "--qc", "out/qc/P002_on", "-o", "out/count/P002_on.counts.tsv", "sim/P002_on.bam"],
        "input": ["sim/genes.gtf", "sim/P002_on.bam"],
    },
    "P003_pre": {
        "words": ["count", "-a", "sim/genes.gtf", "--strand", "reverse", "--sample-names", "P003_pre", "--qc", "out/qc/P003_pre", "-o", "out/count/P003_pre.counts.tsv", "sim/P003_pre.bam"],
        "input": ["sim/genes.gtf", "sim/P003_pre.bam"],
    },
    "P003_on": {
        "words": ["count", "-a", "sim/genes.gtf", "--strand", "reverse", "--sample-names", "P003_on", "--qc", "out/qc/P003_on", "-o", "out/count/P003_on.counts.tsv", "sim/P003_on.bam"],
        "input": ["sim/genes.gtf", "sim/P003_on.bam"],
    },
}

rule count:
    input: lambda w: count_samples[w.sample]["input"]
    output: "out/count/" + "{sample}.counts.tsv"
    wildcard_constraints: sample="|".join(map(re.escape, count_samples))
    params: words=lambda w: count_samples[w.sample]["words"]
    threads: SAMPLE_THREADS
    resources: mem_mb=lambda w, attempt: SAMPLE_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_7_merge:
    input: ["out/count/P001_pre.counts.tsv", "out/count/P001_on.counts.tsv", "out/count/P002_pre.counts.tsv", "out/count/P002_on.counts.tsv", "out/count/P003_pre.counts.tsv", "out/count/P003_on.counts.tsv"]
    output: ["out/count/all.counts.tsv"]
    params: words=["merge", "-o", "out/count/all", "out/count/P001_pre.counts.tsv", "out/count/P001_on.counts.tsv", "out/count/P002_pre.counts.tsv", "out/count/P002_on.counts.tsv", "out/count/P003_pre.counts.tsv", "out/count/P003_on.counts.tsv"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_8_norm:
    input: ["out/count/all.counts.tsv", "out/samples.tsv"]
    output: ["out/norm/size_factors.tsv"]
    params: words=["norm", "out/count/all.counts.tsv", "--samples", "out/samples.tsv", "--to", "factors", "-o", "out/norm/size_factors.tsv"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_9_norm:
    input: ["out/count/all.counts.tsv", "out/samples.tsv"]
    output: ["out/norm/logcpm.tsv", "out/norm/pca.tsv"]
    params: words=["norm", "out/count/all.counts.tsv", "--samples", "out/samples.tsv", "--to", "logcpm", "-o", "out/norm/logcpm.tsv", "--pca", "out/norm/pca.tsv"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_10_trial:
    input: ["out/count/all.counts.tsv", "out/samples.tsv", "sim/sets.gmt"]
    output: ["out/trial/left_out.tsv"]
    params: words=["trial", "out/count/all.counts.tsv", "out/samples.tsv", "--pair", "patient", "--time", "timepoint", "-g", "sim/sets.gmt", "--input", "counts", "-o", "out/trial"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_11_de:
    input: ["out/count/all.counts.tsv", "out/samples.tsv"]
    output: ["out/de/on.de.tsv"]
    params: words=["de", "out/count/all.counts.tsv", "out/samples.tsv", "--pair", "patient", "--time", "timepoint", "--alpha", "0.1", "-o", "out/de"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_12_gsea:
    input: ["sim/sets.gmt", "out/de/on.de.tsv"]
    output: ["out/gsea/on.gsea.tsv", "out/gsea/on.curves.tsv"]
    params: words=["gsea", "-g", "sim/sets.gmt", "--de", "out/de/on.de.tsv", "--min-size", "2", "-o", "out/gsea/on.gsea.tsv", "--curves", "out/gsea/on.curves.tsv"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_13_norm:
    input: ["out/count/all.counts.tsv", "out/samples.tsv"]
    output: ["out/norm/tpm.tsv"]
    params: words=["norm", "out/count/all.counts.tsv", "--samples", "out/samples.tsv", "--to", "tpm", "-o", "out/norm/tpm.tsv"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_14_score:
    input: ["out/norm/tpm.tsv", "out/samples.tsv", "sim/sets.gmt"]
    output: ["out/scores/scores.tsv"]
    params: words=["score", "out/norm/tpm.tsv", "--samples", "out/samples.tsv", "-g", "sim/sets.gmt", "--input", "tpm", "-o", "out/scores/scores.tsv"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_15_report:
    input: ["out/count/P001_pre.counts.tsv", "out/count/P001_on.counts.tsv", "out/count/P002_pre.counts.tsv", "out/count/P002_on.counts.tsv", "out/count/P003_pre.counts.tsv", "out/count/P003_on.counts.tsv", "out/count/all.counts.tsv", "out/norm/size_factors.tsv", "out/norm/logcpm.tsv", "out/norm/pca.tsv", "out/trial/left_out.tsv", "out/de/on.de.tsv", "out/gsea/on.gsea.tsv", "out/gsea/on.curves.tsv", "out/norm/tpm.tsv", "out/scores/scores.tsv", "out/samples.tsv"]
    output: ["out/report.html"]
    params: words=["report", "out", "--title", "Expression report"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"
