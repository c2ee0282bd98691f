# Made by tilseq 0.2.0: the steps of
#   tilseq run samples.tsv -t transcripts.fa -a genes.gtf -g sets.gmt --min-size 2 --pair patient --time timepoint --workflow fastq.smk
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

rule step_1_index:
    input: ["sim/transcripts.fa", "sim/genes.gtf"]
    output: ["out/quant/transcripts.tilseq"]
    params: words=["index", "-t", "sim/transcripts.fa", "-a", "sim/genes.gtf", "-o", "out/quant/transcripts.tilseq"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

quant_samples = {
    "P001_pre": {
        "words": ["quant", "-i", "out/quant/transcripts.tilseq", "-1", "sim/P001_pre_1.fq.gz", "-2", "sim/P001_pre_2.fq.gz", "--library", "ISR", "--qc", "out/qc/P001_pre", "-o", "out/quant/P001_pre"],
        "input": ["out/quant/transcripts.tilseq", "sim/P001_pre_1.fq.gz", "sim/P001_pre_2.fq.gz"],
    },
    "P001_on": {
        "words": ["quant", "-i", "out/quant/transcripts.tilseq", "-1", "sim/P001_on_1.fq.gz", "-2", "sim/P001_on_2.fq.gz", "--library", "ISR", "--qc", "out/qc/P001_on", "-o", "out/quant/P001_on"],
        "input": ["out/quant/transcripts.tilseq", "sim/P001_on_1.fq.gz", "sim/P001_on_2.fq.gz"],
    },
    "P002_pre": {
        "words": ["quant", "-i", "out/quant/transcripts.tilseq", "-1", "sim/P002_pre_1.fq.gz", "-2", "sim/P002_pre_2.fq.gz", "--library", "ISR", "--qc", "out/qc/P002_pre", "-o", "out/quant/P002_pre"],
        "input": ["out/quant/transcripts.tilseq", "sim/P002_pre_1.fq.gz", "sim/P002_pre_2.fq.gz"],
    },
    "P002_on": {
        "words": ["quant", "-i", "out/quant/transcripts.tilseq", "-1", "sim/P002_on_1.fq.gz", "-2", "sim/P002_on_2.fq.gz", "--library", "ISR", "--qc", "out/qc/P002_on", "-o", "out/quant/P002_on"],
        "input": ["out/quant/transcripts.tilseq", "sim/P002_on_1.fq.gz", "sim/P002_on_2.fq.gz"],
    },
    "P003_pre": {
        "words": ["quant", "-i", "out/quant/transcripts.tilseq", "-1", "sim/P003_pre_1.fq.gz", "-2", "sim/P003_pre_2.fq.gz", "--library", "ISR", "--qc", "out/qc/P003_pre", "-o", "out/quant/P003_pre"],
        "input": ["out/quant/transcripts.tilseq", "sim/P003_pre_1.fq.gz", "sim/P003_pre_2.fq.gz"],
    },
    "P003_on": {
        "words": ["quant", "-i", "out/quant/transcripts.tilseq", "-1", "sim/P003_on_1.fq.gz", "-2", "sim/P003_on_2.fq.gz", "--library", "ISR", "--qc", "out/qc/P003_on", "-o", "out/quant/P003_on"],
        "input": ["out/quant/transcripts.tilseq", "sim/P003_on_1.fq.gz", "sim/P003_on_2.fq.gz"],
    },
}

rule quant:
    input: lambda w: quant_samples[w.sample]["input"]
    output: "out/quant/" + "{sample}/quant.sf"
    wildcard_constraints: sample="|".join(map(re.escape, quant_samples))
    params: words=lambda w: quant_samples[w.sample]["words"]
    threads: SAMPLE_THREADS
    resources: mem_mb=lambda w, attempt: SAMPLE_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_8_merge:
    input: ["sim/genes.gtf", "out/quant/P001_pre/quant.sf", "out/quant/P001_on/quant.sf", "out/quant/P002_pre/quant.sf", "out/quant/P002_on/quant.sf", "out/quant/P003_pre/quant.sf", "out/quant/P003_on/quant.sf"]
    output: ["out/quant/all.gene_counts.tsv", "out/quant/all.gene_lengths.tsv", "out/quant/all.gene_counts_length_scaled.tsv", "out/quant/all.gene_tpm.tsv"]
    params: words=["merge", "-o", "out/quant/all", "-a", "sim/genes.gtf", "out/quant/P001_pre", "out/quant/P001_on", "out/quant/P002_pre", "out/quant/P002_on", "out/quant/P003_pre", "out/quant/P003_on", "--sample-names", "P001_pre,P001_on,P002_pre,P002_on,P003_pre,P003_on"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_9_norm:
    input: ["out/quant/all.gene_counts.tsv", "out/samples.tsv"]
    output: ["out/norm/size_factors.tsv"]
    params: words=["norm", "out/quant/all.gene_counts.tsv", "--samples", "out/samples.tsv", "--to", "factors", "-o", "out/norm/size_factors.tsv"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_10_norm:
    input: ["out/quant/all.gene_counts.tsv", "out/samples.tsv"]
    output: ["out/norm/logcpm.tsv", "out/norm/pca.tsv"]
    params: words=["norm", "out/quant/all.gene_counts.tsv", "--samples", "out/samples.tsv", "--to", "logcpm", "-o", "out/norm/logcpm.tsv", "--pca", "out/norm/pca.tsv"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_11_trial:
    input: ["out/quant/all.gene_counts.tsv", "out/samples.tsv", "sim/sets.gmt"]
    output: ["out/trial/left_out.tsv"]
    params: words=["trial", "out/quant/all.gene_counts.tsv", "out/samples.tsv", "--pair", "patient", "--time", "timepoint", "-g", "sim/sets.gmt", "--input", "counts", "-o", "out/trial"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_12_de:
    input: ["out/quant/all.gene_counts_length_scaled.tsv", "out/samples.tsv"]
    output: ["out/de/on.de.tsv"]
    params: words=["de", "out/quant/all.gene_counts_length_scaled.tsv", "out/samples.tsv", "--pair", "patient", "--time", "timepoint", "--alpha", "0.1", "-o", "out/de"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_13_gsea:
    input: ["sim/sets.gmt", "out/de/on.de.tsv"]
    output: ["out/gsea/on.gsea.tsv", "out/gsea/on.curves.tsv"]
    params: words=["gsea", "-g", "sim/sets.gmt", "--de", "out/de/on.de.tsv", "--min-size", "2", "-o", "out/gsea/on.gsea.tsv", "--curves", "out/gsea/on.curves.tsv"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_14_score:
    input: ["out/quant/all.gene_tpm.tsv", "out/samples.tsv", "sim/sets.gmt"]
    output: ["out/scores/scores.tsv"]
    params: words=["score", "out/quant/all.gene_tpm.tsv", "--samples", "out/samples.tsv", "-g", "sim/sets.gmt", "--input", "tpm", "-o", "out/scores/scores.tsv"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"

rule step_15_report:
    input: ["out/quant/transcripts.tilseq", "out/quant/P001_pre/quant.sf", "out/quant/P001_on/quant.sf", "out/quant/P002_pre/quant.sf", "out/quant/P002_on/quant.sf", "out/quant/P003_pre/quant.sf", "out/quant/P003_on/quant.sf", "out/quant/all.gene_counts.tsv", "out/quant/all.gene_lengths.tsv", "out/quant/all.gene_counts_length_scaled.tsv", "out/quant/all.gene_tpm.tsv", "out/norm/size_factors.tsv", "out/norm/logcpm.tsv", "out/norm/pca.tsv", "out/trial/left_out.tsv", "out/de/on.de.tsv", "out/gsea/on.gsea.tsv", "out/gsea/on.curves.tsv", "out/scores/scores.tsv", "out/samples.tsv"]
    output: ["out/report.html"]
    params: words=["report", "out", "--title", "Expression report"]
    threads: THREADS
    resources: mem_mb=lambda w, attempt: JOINT_MB * attempt, runtime=lambda w, attempt: MINUTES * attempt
    shell: "tilseq {params.words:q} -q -@ {threads}"
