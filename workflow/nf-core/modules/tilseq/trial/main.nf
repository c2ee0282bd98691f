process TILSEQ_TRIAL {
    tag "$meta.id"
    label 'process_low'

    conda "${moduleDir}/environment.yml"
    container "tilseq:0.2.0"

    input:
    tuple val(meta), path(counts), path(samples)

    output:
    tuple val(meta), path("${prefix}/*.trial.tsv"), emit: results
    tuple val(meta), path("${prefix}"), emit: folder
    tuple val("${task.process}"), val('tilseq'), eval("tilseq --version | sed -n '1s/tilseq //p'"), topic: versions, emit: versions_tilseq

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    tilseq trial \\
        ${counts} ${samples} \\
        ${args} \\
        -@ ${task.cpus} \\
        -o ${prefix}
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    mkdir -p ${prefix}
    touch ${prefix}/stub.trial.tsv
    """
}
