mkdir S
tilseq merge -o m S
