# 3 against 5 samples: 1/3 + 1/5; batch nearly says the arm; an empty cell; patients per arm
printf 'sample\tsubject\tarm\tbatch\nS1\tu\tA\t1x\nS2\tu\tA\t1x\nS3\tv\tA\t1x\nS4\tw\tB\t1x\nS5\tx\tB\t2x\nS6\ty\tB\t2x\nS7\ty\tB\t2x\nS8\tz\tB\t2x\n' > s.tsv
tilseq design s.tsv --design '~ arm' -c arm:B:A -o /dev/null 2>&1 | grep -o 'contrast .*\|values of .*'
tilseq design s.tsv --design '~ batch + arm' -c arm:B:A -o /dev/null 2>&1 | grep -o 'contrast .*\|[0-9]* of .* cells .*\|cells .*'
tilseq design $DATA/samples.tsv --pair patient --time time --arm arm -o /dev/null 2>&1 | grep -o 'contrast B_vs_A.*\|cells .*'
tilseq design $DATA/samples.tsv --design '~ age' -c slope=age -o /dev/null 2>&1 | grep -o 'contrast .*'
