tilseq sets list -q | head -n 3; tilseq sets list --species mouse -q | cut -f3 | sort | uniq -c | sed "s/^ *//"
