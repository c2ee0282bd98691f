mkdir out; echo "{" >out/run.json
tilseq report out
