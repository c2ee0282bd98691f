printf 'contrasts:\n  - id: a\n    comparison: [arm, A, B]\n  - id: d\n    formula: "~ arm + time"\n    make_contrasts_str: armB - timeon\n' > c.yaml; tilseq design $DATA/samples.tsv -c c.yaml
