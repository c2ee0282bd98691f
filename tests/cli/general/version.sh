tilseq --version | head -n 1 | grep -cE '^tilseq [0-9]+\.[0-9]+\.[0-9]+$'
