# the package on a simulated trial: what it reads is what the program wrote
library(tilseq)
if (nzchar(Sys.getenv("TILSEQ", Sys.which("tilseq")))) {
    work <- tempfile("tilseq-test-")
    dir.create(work)
    run_tilseq <- function(...) stopifnot(system2(Sys.getenv("TILSEQ", "tilseq"), c(...)) == 0)
    run_tilseq("simulate", "--patients", "8", "--genes", "300", "-q", "-o", file.path(work, "sim"))
    run_tilseq("run", file.path(work, "sim/samples.tsv"), "--counts", file.path(work, "sim/counts.tsv"), "-g",
               file.path(work, "sim/sets.gmt"), "--pair", "patient", "--time", "timepoint", "--arm", "arm", "-q", "-o",
               file.path(work, "out"))
    run <- read_run(file.path(work, "out"))
    stopifnot(length(run$de) >= 2, all(!is.na(run$de[[1]]$status)))
    counts <- read_table(file.path(work, "sim/counts.tsv"), TRUE)
    samples <- read_table(file.path(work, "sim/samples.tsv"), TRUE)
    tables <- de(counts[setdiff(names(counts), "gene_name")], samples[rev(seq_len(nrow(samples))), ], pair = "patient",
                 time = "timepoint", arm = "arm", method = "voom", reference = c("timepoint=pre", "arm=A"))
    stopifnot(all(tables[[1]]$pvalue >= 0, na.rm = TRUE))
    wrong <- tryCatch(de(counts, samples, design = "~ nosuch", contrast = "nosuch:B:A"), error = identity)
    stopifnot(inherits(wrong, "tilseq_error"), wrong$code == 3, grepl("nosuch", conditionMessage(wrong)))
    if (requireNamespace("SummarizedExperiment", quietly = TRUE)) {
        se <- as_summarized_experiment(run)
        stopifnot(ncol(se) > 0)
    }
    cat("tilseq: all checks passed\n")
}
