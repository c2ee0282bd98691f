printf 'gene_id\ta\tb\nG001\t1.5\t70\nG002\t2\t3\n' > m.tsv; tilseq score m.tsv -g ${DATA%/data}/../golden/score/sets.gmt
