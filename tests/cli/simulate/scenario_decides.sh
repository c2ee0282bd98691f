tilseq simulate --scenario il2-works --arms 3 -o out
