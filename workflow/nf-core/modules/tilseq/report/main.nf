process TILSEQ_REPORT {
    tag "$meta.id"
    label 'process_single'

    conda "${moduleDir}/environment.yml"
    container "tilseq:0.2.0"

    input:
    tuple val(meta), path(run)

    output:
    tuple val(meta), path("*.html"), emit: html
    tuple val("${task.process}"), val('tilseq'), eval("tilseq --version | sed -n '1s/tilseq //p'"), topic: versions, emit: versions_tilseq

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    tilseq report \\
        ${run} ${args} \\
        -o ${prefix}.html
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    touch ${prefix}.html
    """
}
