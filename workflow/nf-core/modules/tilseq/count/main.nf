process TILSEQ_COUNT {
    tag "$meta.id"
    label 'process_low'

    conda "${moduleDir}/environment.yml"
    container "tilseq:0.2.0"

    input:
    tuple val(meta), path(bam)
    path annotation

    output:
    tuple val(meta), path("*.counts.tsv"), emit: counts
    tuple val(meta), path("*.counts.tsv.summary"), emit: summary
    tuple val(meta), path("*.provenance.json"), optional: true, emit: provenance
    tuple val("${task.process}"), val('tilseq'), eval("tilseq --version | sed -n '1s/tilseq //p'"), topic: versions, emit: versions_tilseq

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def strand = meta.strandedness in ['forward', 'reverse', 'unstranded'] ? "-s ${meta.strandedness}" : ''
    """
    tilseq count \\
        -a ${annotation} \\
        ${strand} ${args} \\
        -@ ${task.cpus} \\
        -o ${prefix}.counts.tsv \\
        ${bam}
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    touch ${prefix}.counts.tsv ${prefix}.counts.tsv.summary
    """
}
