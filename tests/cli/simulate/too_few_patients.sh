tilseq simulate -o d --patients 1 --arms 2; e=$?; ls; exit $e
