tilseq gsea --list-methods
