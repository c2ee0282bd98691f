# the sheet chooses samples and their order; the factors are those of these samples alone
tilseq norm $DATA/counts.tsv --samples $DATA/samples.tsv --exclude arm=A --no-provenance >chosen
cut -f 1,6-9 $DATA/counts.tsv >part.tsv
tilseq norm part.tsv --no-provenance | cmp - chosen && awk 'NR > 1 { $2 = sprintf("%.8g", $2) } { print $1 "\t" $2 }' chosen
