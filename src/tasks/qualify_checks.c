/* qualify_checks.c -- what `tilseq qualify` requires and the checks that show it.
 *
 * A reference *.r.tsv was computed by another program (R 4.2.2 with DESeq2, edgeR, limma, GSVA, lm and
 * phyper; Subread's featureCounts; how is said in tests/golden and src/tasks/qualify/make_references.sh);
 * *.own.tsv is what tilseq wrote when the reference was made. The tolerance is 1e-9: twelve digits are
 * kept of R's numbers.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/qualify.h"

#define TOL 1e-9

const til_requirement_t til_qualify_requirements[] = {
    { "R01", "The program, the libraries below it and the machine are identified." },
    { "R02", "The libraries below the program compute what is known of them." },
    { "R03", "Samples are made comparable as edgeR and DESeq2 do." },
    { "R04", "Differential expression agrees with limma, voom and DESeq2." },
    { "R05", "Enrichment of gene sets agrees with what R computes by enumeration." },
    { "R06", "Signature scores agree with their published definitions." },
    { "R07", "A trial's effects and permutation p-values agree with R." },
    { "R08", "Reads are counted as featureCounts counts them, exactly." },
    { "R09", "Transcripts are indexed and quantified as on the machine of the reference." },
    { "R10", "Wrong command lines, data and files are refused with their exit codes; nothing is "
             "left behind." },
    { "R11", "Results are the same for every number of threads." },
    { "R12", "What is random follows the seed and nothing else." },
    { "R13", "A whole analysis runs from counts to the page." },
    { "R14", "Without an effect, calls stay within the stated rate." },
    { "R15", "Effects that are there are found, and few calls are false." },
    { "R16", "Intervals hold the truth as often as they say." },
    { NULL, NULL }
};

#define DE(method)                                                                                 \
    "de IN/groups.counts.tsv IN/groups.samples.tsv --design ~batch+arm -c arm:B:A "                \
    "--method " method " -o OUT/de"
#define TRIAL                                                                                      \
    "trial --values IN/trial.values.tsv IN/trial.samples.tsv --pair patient --time time --arm "    \
    "arm "                                                                                         \
    "-o OUT/trial"
#define QUANT                                                                                      \
    "index -t IN/transcripts.fa -g IN/tx2gene.tsv -o OUT/index ; quant -i OUT/index "              \
    "-1 IN/reads_1.fq -2 IN/reads_2.fq -g IN/tx2gene.tsv -o OUT/quant"
#define COUNT                                                                                      \
    "count -a IN/corner.gtf -p yes -s reverse --sample-names corner -o OUT/counts.tsv "            \
    "IN/corner.sam"
#define COHORT "simulate --genes 800 --patients 16 --seed 11 -o OUT/sim"
#define PAIRED(method)                                                                             \
    "de OUT/sim/counts.tsv OUT/sim/samples.tsv --pair patient --time timepoint --method " method   \
    " -o OUT/de"
#define NULL_CHECK(method) COHORT " ; " PAIRED(method) " --null-check 20 --seed 3"

#define KERNEL(id_, what_, fn)                                                                     \
    {                                                                                              \
        .stage = TIL_STAGE_INSTALLATION, .id = id_, .requirement = "R02", .what = what_, .run = fn \
    }
#define COMPARE(id_, requirement_, what_, commands_, result_, reference_, tolerance_)              \
    {                                                                                              \
        .stage = TIL_STAGE_OPERATION, .id = id_, .requirement = requirement_, .what = what_,       \
        .run = til_qualify_compare, .commands = commands_, .result = result_,                      \
        .reference = reference_, .tolerance = tolerance_                                           \
    }
#define REFUSE(id_, what_, exit_, commands_)                                                       \
    {                                                                                              \
        .stage = TIL_STAGE_OPERATION, .id = id_, .requirement = "R10", .what = what_,              \
        .run = til_qualify_refuse, .commands = commands_, .exit_code = exit_                       \
    }
#define RUN(stage_, id_, requirement_, what_, fn, commands_, result_)                              \
    {                                                                                              \
        .stage = stage_, .id = id_, .requirement = requirement_, .what = what_, .run = fn,         \
        .commands = commands_, .result = result_                                                   \
    }
#define THREADS(id_, what_, commands_, result_)                                                    \
    RUN(TIL_STAGE_OPERATION, id_, "R11", what_, til_qualify_threads, commands_, result_)

const til_qualify_check_t til_qualify_checks[] = {
    { .stage = TIL_STAGE_INSTALLATION,
      .id = "IQ-01",
      .requirement = "R01",
      .what = "the program file can be read and digested",
      .run = til_qualify_program },
    { .stage = TIL_STAGE_INSTALLATION,
      .id = "IQ-02",
      .requirement = "R01",
      .what = "the libraries in memory are the files on disk",
      .run = til_qualify_libraries },
    { .stage = TIL_STAGE_INSTALLATION,
      .id = "IQ-03",
      .requirement = "R01",
      .what = "the inputs and references inside the program are whole",
      .run = til_qualify_carried },
    KERNEL("IQ-04", "BLAS: the product of matrices of whole numbers is exact", til_qualify_matmul),
    KERNEL("IQ-05", "QR: orthogonal factors give the matrix back", til_qualify_qr),
    KERNEL("IQ-06", "LAPACK: eigenvalues of a matrix where they are known", til_qualify_eigen),
    KERNEL("IQ-07", "LAPACK: singular values and vectors give the matrix back", til_qualify_svd),
    KERNEL("IQ-08", "Rmath: tails of distributions where they have closed forms",
           til_qualify_tails),
    KERNEL("IQ-09", "nettle: SHA-256 of the standard's example", til_qualify_digest),
    KERNEL("IQ-10", "zlib, libdeflate, ISA-L: what is packed is unpacked", til_qualify_deflate),

    COMPARE("OQ-01", "R03", "norm: TMM factors of edgeR",
            "norm IN/norm.counts.tsv --method tmm -o OUT/f.tsv", "f.tsv", "norm_tmm.r.tsv", TOL),
    COMPARE("OQ-02", "R03", "norm: size factors of DESeq2",
            "norm IN/norm.counts.tsv --method median-ratio -o OUT/f.tsv", "f.tsv",
            "norm_ratio.r.tsv", TOL),
    COMPARE("OQ-03", "R03", "norm: log2 counts per million of edgeR",
            "norm IN/norm.counts.tsv --method tmm --to logcpm -o OUT/x.tsv", "x.tsv",
            "norm_logcpm.r.tsv", TOL),
    COMPARE("OQ-04", "R03", "norm: variance-stabilised counts",
            "norm IN/norm.counts.tsv --to vst -o OUT/x.tsv", "x.tsv", "norm_vst.own.tsv", TOL),
    COMPARE("OQ-05", "R04", "de: limma-trend against limma", DE("limma-trend"),
            "de/arm_B_vs_A.de.tsv", "de_limma_trend.r.tsv", TOL),
    COMPARE("OQ-06", "R04", "de: voom against limma", DE("voom"), "de/arm_B_vs_A.de.tsv",
            "de_voom.r.tsv", TOL),
    COMPARE("OQ-07", "R04", "de: deseq2 against DESeq2", DE("deseq2"), "de/arm_B_vs_A.de.tsv",
            "de_deseq2.r.tsv", TOL),
    COMPARE("OQ-08", "R04", "de: every column of limma-trend", DE("limma-trend"),
            "de/arm_B_vs_A.de.tsv", "de_limma_trend.own.tsv", TOL),
    COMPARE("OQ-09", "R04", "de: every column of voom", DE("voom"), "de/arm_B_vs_A.de.tsv",
            "de_voom.own.tsv", TOL),
    COMPARE("OQ-10", "R04", "de: every column of deseq2", DE("deseq2"), "de/arm_B_vs_A.de.tsv",
            "de_deseq2.own.tsv", TOL),
    COMPARE("OQ-11", "R04", "design: the model matrix",
            "design IN/groups.samples.tsv --design ~batch+arm -o OUT/d.tsv", "d.tsv",
            "design.own.tsv", TOL),
    COMPARE("OQ-12", "R05", "gsea: enrichment scores and p-values of all subsets",
            "gsea -g IN/ranks.gmt --ranks IN/ranks.rnk --min-size 1 -o OUT/g.tsv", "g.tsv",
            "gsea_preranked.r.tsv", TOL),
    COMPARE("OQ-13", "R05", "gsea: over-representation against phyper",
            "gsea -g IN/ranks.gmt --method ora --list IN/selected.txt --universe IN/universe.txt "
            "--min-size 1 -o OUT/g.tsv",
            "g.tsv", "gsea_ora.r.tsv", TOL),
    COMPARE("OQ-14", "R05", "gsea: every column of the ranked test",
            "gsea -g IN/ranks.gmt --ranks IN/ranks.rnk --min-size 1 -o OUT/g.tsv", "g.tsv",
            "gsea_preranked.own.tsv", TOL),
    COMPARE("OQ-15", "R06", "score: gsva against GSVA",
            "score IN/score.counts.tsv -g IN/score.gmt --method gsva -o OUT/s.tsv", "s.tsv",
            "score_gsva.r.tsv", TOL),
    COMPARE("OQ-16", "R06", "score: singscore against singscore",
            "score IN/score.counts.tsv -g IN/score.gmt --method singscore -o OUT/s.tsv", "s.tsv",
            "score_singscore.r.tsv", TOL),
    COMPARE("OQ-17", "R06", "score: zscore against GSVA",
            "score IN/score.counts.tsv -g IN/score.gmt --method zscore -o OUT/s.tsv", "s.tsv",
            "score_zscore.r.tsv", TOL),
    COMPARE("OQ-18", "R06", "score: ssgsea",
            "score IN/score.counts.tsv -g IN/score.gmt --method ssgsea -o OUT/s.tsv", "s.tsv",
            "score_ssgsea.own.tsv", TOL),
    COMPARE("OQ-19", "R06", "score: plage, by the largest component",
            "score IN/score.counts.tsv -g IN/score.gmt --method plage -o OUT/s.tsv", "s.tsv",
            "score_plage.own.tsv", TOL),
    COMPARE("OQ-20", "R07", "trial: differences between arms and their p by permutation", TRIAL,
            "trial/B_vs_A_on.trial.tsv", "trial_arms.r.tsv", TOL),
    COMPARE("OQ-21", "R07", "trial: changes within an arm and their p by permutation", TRIAL,
            "trial/on_in_A.trial.tsv", "trial_change.r.tsv", TOL),
    COMPARE("OQ-22", "R07", "trial: every column, with family p and verdict", TRIAL,
            "trial/B_vs_A_on.trial.tsv", "trial.own.tsv", TOL),
    COMPARE("OQ-23", "R08", "count: pairs in corner cases, as featureCounts", COUNT, "counts.tsv",
            "count_corner.r.tsv", 0),
    COMPARE("OQ-24", "R09", "index, quant: fragments of each transcript", QUANT, "quant/quant.sf",
            "quant.own.tsv", TOL),

    REFUSE("OQ-25", "an option that there is not", 2,
           "norm IN/groups.counts.tsv --no-such-option -o OUT/x.tsv"),
    REFUSE("OQ-26", "a count that is no number", 3,
           "de IN/bad_text.tsv IN/groups.samples.tsv --design ~arm -c arm:B:A -o OUT/x"),
    REFUSE("OQ-27", "a count below zero", 3, "norm IN/bad_negative.tsv -o OUT/x.tsv"),
    REFUSE("OQ-28", "a gene that stands twice", 3, "norm IN/bad_repeated.tsv -o OUT/x.tsv"),
    REFUSE("OQ-29", "a design whose effects cannot be told apart", 3,
           "de IN/groups.counts.tsv IN/bad_confounded.tsv --design ~batch+arm -c arm:B:A -o OUT/x"),
    REFUSE("OQ-30", "a sample without a row in the sheet", 3,
           "de IN/groups.counts.tsv IN/bad_short.tsv --design ~arm -c arm:B:A -o OUT/x"),
    REFUSE("OQ-31", "reads that are cut short", 3, "qc -o OUT/x IN/bad_cut.fq"),
    REFUSE("OQ-32", "a file of another kind", 3,
           "count -a IN/corner.gtf -o OUT/x.tsv IN/ranks.rnk"),
    REFUSE("OQ-33", "a file that is not there", 4, "norm IN/there_is_none.tsv -o OUT/x.tsv"),

    THREADS("OQ-34", "de by limma-trend at 1, 2 and 4 threads", DE("limma-trend"),
            "de/arm_B_vs_A.de.tsv"),
    THREADS("OQ-35", "de by deseq2 at 1, 2 and 4 threads", DE("deseq2"), "de/arm_B_vs_A.de.tsv"),
    THREADS("OQ-36", "gsea at 1, 2 and 4 threads",
            "gsea -g IN/ranks.gmt --ranks IN/ranks.rnk --min-size 1 -o OUT/g.tsv", "g.tsv"),
    THREADS("OQ-37", "score by ssgsea at 1, 2 and 4 threads",
            "score IN/score.counts.tsv -g IN/score.gmt -o OUT/s.tsv", "s.tsv"),
    THREADS("OQ-38", "trial at 1, 2 and 4 threads", TRIAL, "trial/B_vs_A_on.trial.tsv"),
    THREADS("OQ-39", "count at 1, 2 and 4 threads", COUNT, "counts.tsv"),
    THREADS("OQ-40", "quant at 1, 2 and 4 threads", QUANT, "quant/quant.sf"),
    RUN(TIL_STAGE_OPERATION, "OQ-41", "R12",
        "simulate: one seed gives the same counts, another gives others", til_qualify_seeds,
        "simulate --genes 200 --patients 6 --seed 5 -o OUT/first ; "
        "simulate --genes 200 --patients 6 --seed 5 -o OUT/again ; "
        "simulate --genes 200 --patients 6 --seed 6 -o OUT/other",
        NULL),
    COMPARE("OQ-42", "R07", "power: patients that the next trial needs",
            TRIAL " ; power OUT/trial/B_vs_A_on.trial.tsv -o OUT/p.tsv", "p.tsv", "power.own.tsv",
            TOL),
    RUN(TIL_STAGE_OPERATION, "OQ-43", "R13", "run, report: from counts to the page",
        til_qualify_writes,
        "simulate --genes 400 --patients 8 --seed 2 -o OUT/sim ; "
        "run OUT/sim/samples.tsv --counts OUT/sim/counts.tsv --pair patient --time timepoint "
        "--arm arm -o OUT/run",
        "run/report.html"),
    RUN(TIL_STAGE_OPERATION, "OQ-44", "R13", "qc: the quality of reads", til_qualify_writes,
        "qc -o OUT/qc IN/reads_1.fq", "qc/reads.json"),

    RUN(TIL_STAGE_OPERATION, "OQ-45", "R13", "plan: the plan of an analysis", til_qualify_writes,
        "plan IN/trial.samples.tsv --pair patient --time time --arm arm -o OUT/plan", "plan"),
    COMPARE("OQ-46", "R09", "merge: transcripts become genes",
            QUANT " ; merge -g IN/tx2gene.tsv -o OUT/m OUT/quant/quant.sf", "m.gene_counts.tsv",
            "merge.own.tsv", TOL),
    COMPARE("OQ-47", "R05", "sets: which genes of a set are found",
            "sets check IN/score.gmt IN/score.counts.tsv -o OUT/c.tsv", "c.tsv",
            "sets_check.own.tsv", TOL),
    THREADS("OQ-48", "trim at 1, 2 and 4 threads",
            "trim -1 IN/reads_1.fq -2 IN/reads_2.fq -o OUT/trim", "trim/trim.tsv"),

    RUN(TIL_STAGE_PERFORMANCE, "PQ-01", "R14", "limma-trend under permuted labels",
        til_qualify_null_labels, NULL_CHECK("limma-trend"), "de/on.null.tsv"),
    RUN(TIL_STAGE_PERFORMANCE, "PQ-02", "R14", "voom under permuted labels",
        til_qualify_null_labels, NULL_CHECK("voom"), "de/on.null.tsv"),
    RUN(TIL_STAGE_PERFORMANCE, "PQ-03", "R15", "limma-trend against the truth", til_qualify_effects,
        COHORT " ; " PAIRED("limma-trend"), "de/on.de.tsv"),
    RUN(TIL_STAGE_PERFORMANCE, "PQ-04", "R16", "intervals of limma-trend against the truth",
        til_qualify_coverage, COHORT " ; " PAIRED("limma-trend"), "de/on.de.tsv"),
    { .id = NULL }
};
