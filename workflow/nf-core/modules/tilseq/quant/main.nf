process TILSEQ_QUANT {
    tag "$meta.id"
    label 'process_medium'

    conda "${moduleDir}/environment.yml"
    container "tilseq:0.2.0"

    input:
    tuple val(meta), path(reads)
    path index

    output:
    tuple val(meta), path("${prefix}"), emit: results
    tuple val("${task.process}"), val('tilseq'), eval("tilseq --version | sed -n '1s/tilseq //p'"), topic: versions, emit: versions_tilseq

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    def single = meta.single_end ? "-r ${reads}" : "-1 ${[reads].flatten().withIndex().findAll { r, i -> i % 2 == 0 }.collect { r, i -> r }.join(' ')} -2 ${[reads].flatten().withIndex().findAll { r, i -> i % 2 == 1 }.collect { r, i -> r }.join(' ')}"
    def library = meta.strandedness == 'forward' ? (meta.single_end ? '-l SF' : '-l ISF') : meta.strandedness == 'reverse' ? (meta.single_end ? '-l SR' : '-l ISR') : meta.strandedness == 'unstranded' ? (meta.single_end ? '-l U' : '-l IU') : ''
    """
    tilseq quant \\
        -i ${index} \\
        ${single} ${library} ${args} \\
        -@ ${task.cpus} \\
        -o ${prefix}
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    mkdir -p ${prefix}/aux_info
    touch ${prefix}/quant.sf ${prefix}/aux_info/meta_info.json
    """
}
