# Made by tilseq 0.2.0: the steps of
#   tilseq run samples.tsv --counts counts.tsv -g sets.gmt --min-size 2 --pair patient --time timepoint --method voom --workflow counts.smk
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

rule step_1_norm:
    input: ["sim/counts.tsv", "sim/samples.tsv"]
    output: ["out/norm/size_factors.tsv"]
    params: words=["norm", "sim/counts.tsv", "--samples", "sim/samples.tsv", "--to", "factors", "-o", "out/norm/size_factors.tsv"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_2_norm:
    input: ["sim/counts.tsv", "sim/samples.tsv"]
    output: ["out/norm/logcpm.tsv", "out/norm/pca.tsv"]
    params: words=["norm", "sim/counts.tsv", "--samples", "sim/samples.tsv", "--to", "logcpm", "-o", "out/norm/logcpm.tsv", "--pca", "out/norm/pca.tsv"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_3_trial:
    input: ["sim/counts.tsv", "sim/samples.tsv", "sim/sets.gmt"]
    output: ["out/trial/left_out.tsv"]
    params: words=["trial", "sim/counts.tsv", "sim/samples.tsv", "--pair", "patient", "--time", "timepoint", "-g", "sim/sets.gmt", "--input", "counts", "-o", "out/trial"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_4_de:
    input: ["sim/counts.tsv", "sim/samples.tsv"]
    output: ["out/de/on.de.tsv"]
    params: words=["de", "sim/counts.tsv", "sim/samples.tsv", "--pair", "patient", "--time", "timepoint", "--alpha", "0.1", "--method", "voom", "-o", "out/de"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_5_gsea:
    input: ["sim/sets.gmt", "out/de/on.de.tsv"]
    output: ["out/gsea/on.gsea.tsv", "out/gsea/on.curves.tsv"]
    params: words=["gsea", "-g", "sim/sets.gmt", "--de", "out/de/on.de.tsv", "--min-size", "2", "-o", "out/gsea/on.gsea.tsv", "--curves", "out/gsea/on.curves.tsv"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_6_score:
    input: ["sim/counts.tsv", "sim/samples.tsv", "sim/sets.gmt"]
    output: ["out/scores/scores.tsv"]
    params: words=["score", "sim/counts.tsv", "--samples", "sim/samples.tsv", "-g", "sim/sets.gmt", "--input", "counts", "-o", "out/scores/scores.tsv"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_7_report:
    input: ["out/norm/size_factors.tsv", "out/norm/logcpm.tsv", "out/norm/pca.tsv", "out/trial/left_out.tsv", "out/de/on.de.tsv", "out/gsea/on.gsea.tsv", "out/gsea/on.curves.tsv", "out/scores/scores.tsv", "out/samples.tsv"]
    output: ["out/report.html"]
    params: words=["report", "out", "--title", "Expression report"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"
