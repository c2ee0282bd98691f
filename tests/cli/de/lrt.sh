# one table of the whole comparison; with one effect it has its fold change, with several a column each
tilseq de -m deseq2 $DATA/counts.tsv $DATA/samples.tsv --design "~ batch + arm" --test lrt --reduced "~ batch" --no-provenance -q -o a
tilseq de -m deseq2 $DATA/counts.tsv $DATA/samples.tsv --design "~ batch + arm" -c arm:B:A --no-provenance -q -o b
ls a/*.de.tsv
cut -f 1-5 a/lrt.de.tsv > a.txt; cut -f 1-5 b/arm_B_vs_A.de.tsv > b.txt; cmp a.txt b.txt && echo same effects
cmp -s a/lrt.de.tsv b/arm_B_vs_A.de.tsv || echo another p
tilseq de -m deseq2 $DATA/counts.tsv $DATA/samples.tsv --design "~ batch + arm" --test lrt --reduced "~ 1" --no-provenance -o several 2> log
grep -o "lrt: .*" log
head -2 several/lrt.de.tsv | cut -f 4,5,9-14
tilseq de -m deseq2 $DATA/counts.tsv $DATA/samples.tsv --design "~ batch + arm" --test lrt --reduced "~ 1" -c arm:B:A --no-provenance -q -o named
head -1 named/lrt.de.tsv | tr '\t' '\n' | grep log2
cut -f 7 named/lrt.de.tsv > a.txt; cut -f 7 several/lrt.de.tsv > b.txt; cmp a.txt b.txt && echo same p
