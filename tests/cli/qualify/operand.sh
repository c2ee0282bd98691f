tilseq qualify extra
