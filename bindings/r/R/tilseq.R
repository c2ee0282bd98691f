# tilseq.R -- tables as the program wrote them, and its analyses on matrices. Nothing is computed here.

program <- function() {
    found <- Sys.getenv("TILSEQ", Sys.which("tilseq"))
    if (!nzchar(found)) stop("tilseq is not on PATH: install it or set TILSEQ")
    found
}

call_program <- function(words) {
    errors <- tempfile("tilseq-")
    on.exit(unlink(errors))
    out <- suppressWarnings(system2(program(), shQuote(words), stdout = TRUE, stderr = errors))
    code <- attr(out, "status")
    if (!is.null(code) && code != 0) {
        said <- grep("^tilseq", readLines(errors), value = TRUE)
        stop(structure(class = c("tilseq_error", "error", "condition"),
                       list(message = if (length(said)) said[length(said)] else "tilseq failed", call = NULL, code = code)))
    }
    invisible(out)
}

#' Version of the program
tilseq_version <- function() sub("^tilseq ", "", call_program("--version")[1])

#' A table of tilseq: only NA is missing, and never in the first column
read_table <- function(path, row_names = FALSE) {
    lines <- readLines(path, n = 10000L, warn = FALSE)
    skip <- sum(cumprod(startsWith(lines, "##tilseq")))
    header <- strsplit(lines[skip + 1], "\t", fixed = TRUE)[[1]]
    x <- read.table(path, sep = "\t", header = FALSE, skip = skip + 1, quote = "", comment.char = "", na.strings = character(),
                    colClasses = "character", col.names = header, check.names = FALSE, stringsAsFactors = FALSE)
    for (j in seq_along(x)[-1]) {
        cell <- x[[j]]
        cell[cell == "NA"] <- NA
        number <- suppressWarnings(as.numeric(cell))
        x[[j]] <- if (all(is.na(number) == is.na(cell))) number else cell
    }
    if (row_names) {
        names <- x[[1]]
        x <- x[-1]
        rownames(x) <- make.unique(names)
    }
    x
}

read_first <- function(folder, files) {
    for (file in file.path(folder, files)) if (file.exists(file)) return(read_table(file, TRUE))
    NULL
}

read_all <- function(folder, suffix) {
    files <- sort(list.files(folder, pattern = paste0(gsub(".", "\\.", suffix, fixed = TRUE), "$"), full.names = TRUE))
    tables <- lapply(files, read_table, row_names = TRUE)
    names(tables) <- substr(basename(files), 1, nchar(basename(files)) - nchar(suffix))
    tables
}

#' The tables of a run
read_run <- function(folder) {
    if (!file.exists(file.path(folder, "run.json")))
        stop(folder, "/run.json: not there: is this the folder of a run?")
    structure(class = "tilseq_run", list(
        folder = folder,
        samples = read_table(file.path(folder, "samples.tsv"), TRUE),
        counts = read_first(folder, c("quant/all.gene_counts.tsv", "count/counts.tsv")),
        lengths = read_first(folder, "quant/all.gene_lengths.tsv"),
        tpm = read_first(folder, "quant/all.gene_tpm.tsv"),
        vst = read_first(folder, c("de/vst.tsv", "norm/vst.tsv", "de/logcpm.tsv")),
        scores = read_first(folder, "scores/scores.tsv"),
        size_factors = read_first(folder, c("de/size_factors.tsv", "norm/size_factors.tsv")),
        de = read_all(file.path(folder, "de"), ".de.tsv"),
        gsea = read_all(file.path(folder, "gsea"), ".gsea.tsv"),
        trial = read_all(file.path(folder, "trial"), ".trial.tsv"),
        patients = read_all(file.path(folder, "trial"), ".patients.tsv"),
        left_out = read_first(folder, "trial/left_out.tsv")))
}

values_of <- function(x) as.matrix(x[setdiff(names(x), c("gene_name", "length"))])

#' A run as SummarizedExperiment: counts, lengths, tpm, vst as assays; tables in metadata
as_summarized_experiment <- function(run) {
    if (!requireNamespace("SummarizedExperiment", quietly = TRUE)) stop("SummarizedExperiment is not installed")
    tables <- Filter(Negate(is.null), run[c("counts", "lengths", "tpm", "vst")])
    if (length(tables) == 0) stop(run$folder, ": no matrix of genes in this run")
    main <- values_of(tables[[1]])
    assays <- lapply(tables, function(x) values_of(x)[rownames(main), colnames(main), drop = FALSE])
    genes <- tables[[1]][intersect("gene_name", names(tables[[1]]))]
    SummarizedExperiment::SummarizedExperiment(
        assays = assays, rowData = S4Vectors::DataFrame(genes), colData = S4Vectors::DataFrame(run$samples[colnames(main), , drop = FALSE]),
        metadata = run[c("de", "gsea", "trial", "patients", "left_out", "scores")])
}

# ---- analyses --------------------------------------------------------------------------------------------

put_matrix <- function(x, path) {
    x <- as.data.frame(x, check.names = FALSE)
    write.table(cbind(gene_id = rownames(x), x), path, sep = "\t", quote = FALSE, row.names = FALSE, na = "NA")
}

put_samples <- function(x, path) {
    x <- as.data.frame(x, check.names = FALSE)
    if (!"sample" %in% names(x)) x <- cbind(sample = rownames(x), x)
    write.table(x[c("sample", setdiff(names(x), "sample"))], path, sep = "\t", quote = FALSE, row.names = FALSE, na = "NA")
}

# list(lfc_threshold = 1, reference = c("a=b", "c=d"), robust = TRUE) as words of a command line
words_of <- function(options) {
    unlist(lapply(names(options), function(name) {
        option <- paste0("--", gsub("_", "-", name, fixed = TRUE))
        value <- options[[name]]
        if (is.null(value) || identical(value, FALSE)) return(NULL)
        if (identical(value, TRUE)) return(option)
        as.vector(rbind(option, as.character(value)))
    }))
}

on_samples <- function(command, counts, samples, suffix, options) {
    work <- tempfile("tilseq-")
    dir.create(work)
    on.exit(unlink(work, recursive = TRUE))
    put_matrix(counts, file.path(work, "counts.tsv"))
    put_samples(samples, file.path(work, "samples.tsv"))
    call_program(c(command, file.path(work, "counts.tsv"), file.path(work, "samples.tsv"), "-q", "-o", file.path(work, "out"),
                   words_of(options)))
    read_all(file.path(work, "out"), suffix)
}

#' Differential expression; every option of `tilseq de` is an argument
de <- function(counts, samples, ...) on_samples("de", counts, samples, ".de.tsv", list(...))

#' Signatures by patient; every option of `tilseq trial` is an argument
trial <- function(counts, samples, ...) on_samples("trial", counts, samples, ".trial.tsv", list(...))

#' Signature scores, sets x samples; every option of `tilseq score` is an argument
score <- function(matrix, ...) {
    work <- tempfile("tilseq-")
    dir.create(work)
    on.exit(unlink(work, recursive = TRUE))
    put_matrix(matrix, file.path(work, "matrix.tsv"))
    call_program(c("score", file.path(work, "matrix.tsv"), "-q", "-o", file.path(work, "scores.tsv"), words_of(list(...))))
    as.matrix(read_table(file.path(work, "scores.tsv"), TRUE))
}

#' Enrichment along a named vector of statistics; every option of `tilseq gsea` is an argument
gsea <- function(ranks, sets, ...) {
    work <- tempfile("tilseq-")
    dir.create(work)
    on.exit(unlink(work, recursive = TRUE))
    write.table(data.frame(names(ranks), ranks), file.path(work, "ranks.rnk"), sep = "\t", quote = FALSE, row.names = FALSE,
                col.names = FALSE)
    call_program(c("gsea", "-g", sets, "--ranks", file.path(work, "ranks.rnk"), "-q", "-o", file.path(work, "gsea.tsv"),
                   words_of(list(...))))
    read_table(file.path(work, "gsea.tsv"), TRUE)
}
