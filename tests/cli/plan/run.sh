# a run by its plan is the run of its words; what is asked beyond it is marked
cp $DATA/samples.tsv $DATA/counts.tsv $DATA/sets.gmt .
tilseq plan samples.tsv --design '~ time + arm' -c arm:B:A -g sets.gmt --min-size 2 -q -o plan.yaml
tilseq run samples.tsv --counts counts.tsv --plan plan.yaml --plan-sha256 $(sha256sum plan.yaml | cut -d' ' -f1) -q -o planned
tilseq run samples.tsv --counts counts.tsv --design '~ time + arm' -c arm:B:A -g sets.gmt --min-size 2 -q -o typed
for f in de/arm_B_vs_A.de.tsv gsea/arm_B_vs_A.gsea.tsv scores/scores.tsv; do cmp planned/$f typed/$f && echo same; done
cat planned/questions.tsv planned/not_planned.tsv
cmp plan.yaml planned/plan.yaml
tilseq run samples.tsv --counts counts.tsv --plan plan.yaml -c time:on:pre -q -o more
cat more/questions.tsv more/not_planned.tsv
tilseq run samples.tsv --counts counts.tsv --plan plan.yaml --method voom --exclude sample=S1 -q -o other
cat other/questions.tsv other/not_planned.tsv
