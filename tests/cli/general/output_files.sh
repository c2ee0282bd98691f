# a file that is written anew keeps its mode, a symbolic link stays one, an input at stdin is never written over,
# what a killed run left is swept
cp "$DATA/counts.tsv" counts.tsv
tilseq norm - -q -o counts.tsv <counts.tsv
echo "exit $?"
cmp "$DATA/counts.tsv" counts.tsv
tilseq norm counts.tsv -q -o factors.tsv --no-provenance
chmod 640 factors.tsv
ln -s factors.tsv link.tsv
tilseq norm counts.tsv -q -o link.tsv --no-provenance
stat -c '%N %a' link.tsv factors.tsv
mkdir kept
mkfifo wait
(tilseq norm wait -q -o kept/factors.tsv --no-provenance & echo $! >pid; wait) 2>/dev/null &
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ "$(ls -A kept | wc -l)" -gt 0 ] && break
    sleep 0.1
done
kill -KILL "$(cat pid)"
wait
ls -A kept | sed 's/\.[0-9a-f]*\.[0-9]*\.[0-9]*\.tmp$/.tmp/'
tilseq norm counts.tsv -q -o kept/factors.tsv --no-provenance
ls -A kept
