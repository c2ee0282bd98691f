tilseq sets show CD8_TREG_RATIO -q; tilseq sets show EFFECTOR_CORE --species human -q
