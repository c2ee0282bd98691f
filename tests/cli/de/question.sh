# each contrast stands in the provenance in words and in numbers
tilseq de $DATA/counts.tsv $DATA/samples.tsv --design "~ batch + arm" -c arm:B:A half=0.5*armB -q -o out
grep -A 2 question out/provenance.json
