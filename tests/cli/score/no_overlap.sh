printf 'A\tna\tCd8a\tGzmb\n' > m.gmt; tilseq score ${DATA%/data}/../golden/score/counts.tsv -g m.gmt -o out.tsv; e=$?; ls; exit $e
