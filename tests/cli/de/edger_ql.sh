d() { tilseq de $DATA/counts.tsv $DATA/samples.tsv --design '~ time + arm' -c time:on:pre -c arm:B:A -m edger-ql --filter none -q --no-provenance "$@"; }
d -o out && ls out && cut -f 1,4-9,12-14 out/time_on_vs_pre.de.tsv | head -n 5 | awk -F "\t" -v OFS="\t" 'NR > 1 { for (i = 2; i <= NF; i++) if ($i + 0 != 0) $i = sprintf("%.3g", $i) } { print }'
head -1 out/joint.tsv out/dispersions.tsv; cut -f 1 out/facts.tsv
d --robust -o robust; cmp -s out/dispersions.tsv robust/dispersions.tsv && echo "--robust changes nothing"
d --lfc-threshold 1 -o threshold
echo $?
