tilseq merge -o m $DATA/../../golden/merge/salmon/s1 --no-provenance && ls && head -n 3 m.transcript_tpm.tsv
