# a second run redoes nothing; one with another alpha only what depends on it
run() { tilseq run $DATA/samples.tsv --counts $DATA/counts.tsv --design '~ arm' -c arm:B:A -g $DATA/sets.gmt -o out "$@" 2>&1 | sed -n 's/.*\(step [0-9]*: .*\)/\1/p'; }
run >/dev/null
run
run --alpha 0.2
