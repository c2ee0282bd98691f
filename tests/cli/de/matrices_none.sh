for m in limma-trend deseq2; do
    d() { tilseq de $DATA/counts.tsv $DATA/samples.tsv --design '~ time' -c time:on:pre -m $m -q --no-provenance "$@"; }
    d -o auto; d --matrices none -o none
    ls auto none
    for f in none/*; do cmp $f auto/${f#none/}; done
    rm -r auto none
done
