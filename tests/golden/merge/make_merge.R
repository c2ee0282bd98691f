# make_merge.R -- run here: Rscript make_merge.R [SHARED]
# Simulated quantifications in the layouts of salmon, kallisto and RSEM, and what tximport makes of them; with
# the shared folder also a sample of its tables for the real quantifications (for tests/shared/merge.sh).
suppressMessages(library(tximport))
set.seed(20)
options(digits = 17, scipen = 2)

put <- function(x, file) write.table(x, file, sep = "\t", quote = FALSE, row.names = FALSE)

n_genes <- 40
per_gene <- sample(1:5, n_genes, TRUE)
gene <- sprintf("G%02d", rep(seq_len(n_genes), per_gene))
tx <- sprintf("T%03d.%d", seq_along(gene), sample(1:9, length(gene), TRUE))
length_bp <- round(exp(rnorm(length(tx), 7, 0.8)))
put(data.frame(transcript_id = tx, gene_id = gene, gene_name = sub("G", "name", gene)), "tx2gene.tsv")
for (s in 1:3) {
    effective <- pmax(1, round(length_bp - 180 - 10 * s + rnorm(length(tx), 0, 5), 3))
    tpm <- rexp(length(tx)) * rbinom(length(tx), 1, 0.6)
    tpm[gene == "G05"] <- 0                         # no abundance anywhere
    if (s == 2) tpm[gene %in% c("G07", "G08")] <- 0 # none in one sample
    tpm <- round(tpm / sum(tpm) * 1e6, 6)
    counts <- round(tpm * effective / 1e3 * s, 3)
    order <- if (s == 3) rev(seq_along(tx)) else seq_along(tx)
    dir.create(sprintf("salmon/s%d", s), recursive = TRUE, showWarnings = FALSE)
    put(data.frame(Name = tx, Length = length_bp, EffectiveLength = effective, TPM = tpm,
                   NumReads = counts), sprintf("salmon/s%d/quant.sf", s))
    dir.create(sprintf("kallisto/s%d", s), recursive = TRUE, showWarnings = FALSE)
    put(data.frame(target_id = tx, length = length_bp, eff_length = effective, est_counts = counts,
                   tpm = tpm)[order, ], sprintf("kallisto/s%d/abundance.tsv", s))
    dir.create("rsem", showWarnings = FALSE)
    put(data.frame(transcript_id = tx, gene_id = gene, length = length_bp, effective_length = effective,
                   expected_count = counts, TPM = tpm, FPKM = 0, IsoPct = 0),
        sprintf("rsem/s%d.isoforms.results", s))
}

t2g <- read.delim("tx2gene.tsv")
files <- setNames(sprintf("salmon/s%d/quant.sf", 1:3), paste0("s", 1:3))
t <- tximport(files, "salmon", tx2gene = t2g)
u <- tximport(files, "salmon", tx2gene = t2g, countsFromAbundance = "lengthScaledTPM")
for (what in c("counts", "abundance", "length"))
    put(data.frame(gene_id = rownames(t[[what]]), t[[what]]), sprintf("%s.tsv", what))
put(data.frame(gene_id = rownames(u$counts), u$counts), "scaled.tsv")

shared <- commandArgs(TRUE)
if (length(shared) == 1) {
    folder <- file.path(shared, "data/reads/human_quants")
    isoforms <- read.delim(file.path(folder, "ERR188021.rsem.isoforms.results.gz"))
    t2g <- data.frame(tx = isoforms$transcript_id, gene = isoforms$gene_id)
    ending <- c(salmon = "salmon.quant.sf.gz", kallisto = "kallisto.abundance.tsv.gz",
                rsem = "rsem.isoforms.results.gz")
    for (program in names(ending)) {
        files <- setNames(file.path(folder, paste0(c("ERR188021.", "ERR188088."), ending[program])),
                          c("a", "b"))
        # tximport asks for exact names; kallisto's differ in the version of some
        map <- t2g
        if (program == "kallisto") {
            ids <- read.delim(files[1])$target_id
            bare <- function(x) sub("\\.[0-9]+$", "", x)
            gene <- t2g$gene[match(ids, t2g$tx)]
            gene[is.na(gene)] <- t2g$gene[match(bare(ids), bare(t2g$tx))][is.na(gene)]
            map <- data.frame(tx = ids, gene = gene)[!is.na(gene), ]
        }
        if (program == "rsem") {
            # as tximport's own RSEM branch is for genes.results
            tx <- lapply(files, read.delim)
            m <- function(col) sapply(tx, function(x) setNames(x[[col]], x$transcript_id))
            raw <- list(abundance = m("TPM"), counts = m("expected_count"),
                        length = m("effective_length"), countsFromAbundance = "no")
            t <- suppressMessages(summarizeToGene(raw, map))
            u <- suppressMessages(summarizeToGene(raw, map, countsFromAbundance = "lengthScaledTPM"))
        } else {
            t <- suppressMessages(tximport(files, program, tx2gene = map))
            u <- suppressMessages(tximport(files, program, tx2gene = map,
                                           countsFromAbundance = "lengthScaledTPM"))
        }
        keep <- seq(7, nrow(t$counts), length.out = 400)
        keep <- sort(unique(c(floor(keep), order(-t$counts[, 1])[1:50])))
        put(data.frame(gene_id = rownames(t$counts)[keep], counts = t$counts[keep, ],
                       tpm = t$abundance[keep, ], lengths = t$length[keep, ],
                       scaled = u$counts[keep, ]), sprintf("human_%s.tsv", program))
    }
}
writeLines(c(R.version.string, paste("tximport", packageVersion("tximport"))), "VERSIONS")
