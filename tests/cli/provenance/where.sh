# a folder, a file, standard output, a device; inline and none
tilseq norm $DATA/counts.tsv -q -o n.tsv && head -n 1 n.tsv && ls && rm n.*
tilseq norm $DATA/counts.tsv -q | head -n 1; ls
tilseq norm $DATA/counts.tsv -q -o /dev/null; ls; ls /dev/null*
tilseq norm $DATA/counts.tsv -q -o n.tsv --provenance none && head -n 1 n.tsv && ls && rm n.*
tilseq norm $DATA/counts.tsv -q -o n.tsv --no-provenance && ls && rm n.*
tilseq norm $DATA/counts.tsv -q --to vst -o n.tsv --pca p.tsv --provenance inline && head -n 4 p.tsv | cut -c 1-60 && ls && rm n.* p.*
tilseq norm $DATA/counts.tsv -q --to vst -o n.tsv --pca p.tsv && sed -n '/outputs/,$p' n.tsv.provenance.json; ls
tilseq norm $DATA/counts.tsv --no-provenance --provenance inline; echo $?
