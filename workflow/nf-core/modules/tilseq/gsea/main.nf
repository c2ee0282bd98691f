process TILSEQ_GSEA {
    tag "$meta.id"
    label 'process_low'

    conda "${moduleDir}/environment.yml"
    container "tilseq:0.2.0"

    input:
    tuple val(meta), path(de)
    path gmt

    output:
    tuple val(meta), path("*.gsea.tsv"), emit: results
    tuple val("${task.process}"), val('tilseq'), eval("tilseq --version | sed -n '1s/tilseq //p'"), topic: versions, emit: versions_tilseq

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    tilseq gsea \\
        -g ${gmt} \\
        --de ${de} ${args} \\
        -@ ${task.cpus} \\
        -o ${prefix}.gsea.tsv
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    touch ${prefix}.gsea.tsv
    """
}
