tilseq de -m deseq2 $DATA/counts.tsv $DATA/samples.tsv --pair patient --time time --arm arm -o out; ls out; head -c 8 out/vst.tsv; cat out/size_factors.tsv | head -1
