tilseq de -m deseq2 $DATA/counts.tsv $DATA/samples.tsv --design "~ arm + time" -c arm:B:A change=timeon "both=armB + timeon" -q -o out; ls out/*.de.tsv
