tilseq sets show NO_SUCH_SET
