for method in camera camera-fixed fry roast; do
    tilseq gsea -g $DATA/sets.gmt --counts $DATA/counts.tsv --samples $DATA/samples.tsv --design '~ batch + arm' -c arm:B:A \
        --method $method --min-size 1 --no-provenance
done
tilseq gsea -g $DATA/sets.gmt --counts $DATA/counts.tsv --samples $DATA/samples.tsv --pair patient --time time --arm arm \
    --reference time=pre --method fry --min-size 1 -q --no-provenance | cut -f1-4,7,12-
tilseq gsea -g $DATA/sets.gmt --counts $DATA/counts.tsv --samples $DATA/samples.tsv --design '~ arm' -c arm:B:A --block patient \
    --method fry --min-size 1 -q --no-provenance | cut -f1-4,7
tilseq gsea -g $DATA/sets.gmt --ranks $DATA/ranks.rnk --method cameraPR --min-size 1 -q --no-provenance
