cp ${DATA%/data}/../golden/score/counts.tsv c.tsv; tilseq score c.tsv -g ${DATA%/data}/../golden/score/sets.gmt -o c.tsv; e=$?; cmp ${DATA%/data}/../golden/score/counts.tsv c.tsv; exit $e
