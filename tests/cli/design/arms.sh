# mice: arms at several times, not paired; visits by number, the reference by its name
printf 'sample\tarm\tday\nS1\tdrug\t14\nS2\tdrug\t14\nS3\tdrug\t7\nS4\tdrug\t0\nS5\tVehicle\t0\nS6\tVehicle\t7\nS7\tVehicle\t14\nS8\tVehicle\t14\n' >mice.tsv
"$TILSEQ" design mice.tsv --arm arm --time day --weights w.tsv --no-provenance
cat w.tsv
