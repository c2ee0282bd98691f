tilseq design $DATA/samples.tsv --design '~ batch + arm*time + age' -c arm:B:A age=age inter=armB:timeon --weights w.tsv --no-provenance; cat w.tsv
