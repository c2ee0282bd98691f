tilseq score ${DATA%/data}/../golden/score/expression.tsv -g ${DATA%/data}/../golden/score/sets.gmt -m gsva --kcdf poisson -o out.tsv; e=$?; ls; exit $e
