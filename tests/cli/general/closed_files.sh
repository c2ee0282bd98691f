# started without its first three descriptors: no log line in a data file, no data into nothing
tilseq norm "$DATA/counts.tsv" --no-provenance -o factors.tsv 2>&-
echo "exit $?"
cut -f1 factors.tsv
tilseq norm "$DATA/counts.tsv" -q >&- 2>message
echo "exit $?"
cat message
tilseq norm - -q -o none.tsv <&- 2>message
echo "exit $?"
ls none.tsv 2>&1
