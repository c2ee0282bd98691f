# what several calls wrote into one folder stays described as long as it stands
de() { tilseq de $DATA/counts.tsv $DATA/samples.tsv --design '~ arm + time' -q -o out "$@"; }
de -c one=arm:B:A && de -c two=arm:B:A && de -c two=arm:A:B
grep -E '"command"|"earlier"|\.de\.tsv"' out/provenance.json
rm out/one.de.tsv && de -c three=arm:B:A && grep -E '"command"|"earlier"|\.de\.tsv"' out/provenance.json
