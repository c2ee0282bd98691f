#!/usr/bin/env python3
"""simulate.py SEED N PREFIX -- a small annotation and alignments with every oddity counting must know:
overlapping genes on both strands, spliced, clipped, inserted and deleted reads, multi-mappers, secondary
alignments, duplicates, single ends, chimeras, missing mates. Writes PREFIX.gtf and PREFIX.sam (by name)."""
import random
import sys

seed, n, prefix = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
rng = random.Random(seed)
CONTIGS = {"chrA": 6000, "chrB": 3000, "chrC": 2000}
genes = []
with open(prefix + ".gtf", "w") as out:
    for g in range(14):
        contig = "chrA" if g < 9 else "chrB"
        start = rng.randrange(100, CONTIGS[contig] - 1200)
        strand = rng.choice("+-")
        for t in range(rng.randrange(1, 4)):
            at = start + rng.randrange(0, 60)
            for e in range(rng.randrange(1, 5)):
                end = at + rng.randrange(30, 160)
                out.write(f'{contig}\tsim\texon\t{at}\t{end}\t.\t{strand}\t.\tgene_id "g{g:02d}"; '
                          f'transcript_id "g{g:02d}.t{t}"; gene_name "N{g}";\n')
                genes.append((contig, at, end))
                at = end + rng.randrange(20, 160)


def cigar(contig, pos):
    """A CIGAR of 40 bases that stays on the contig, and its reference length."""
    left, ops, ref = 40, [], 0
    if rng.random() < 0.15:
        k = rng.randrange(1, 10)
        ops.append((k, "S"))
        left -= k
    tail = rng.randrange(1, 10) if rng.random() < 0.15 else 0
    left -= tail
    while left > 0:
        k = left if rng.random() < 0.5 else rng.randrange(1, left + 1)
        ops.append((k, rng.choice("MMMM=X")))
        left -= k
        ref += k
        if left > 1:
            op = rng.choice("NNNNID")
            k = rng.randrange(20, 180) if op == "N" else rng.randrange(1, 4)
            if op == "I":
                k = min(k, left - 1)
                left -= k
            else:
                ref += k
            ops.append((k, op))
    if tail:
        ops.append((tail, "S"))
    merged = []
    for k, op in ops:
        if merged and merged[-1][1] == op:
            merged[-1] = (merged[-1][0] + k, op)
        else:
            merged.append((k, op))
    return "".join(f"{k}{op}" for k, op in merged), ref


def place(near=None):
    contig, a, b = rng.choice(genes)
    if rng.random() < 0.05:
        contig, a, b = "chrC", 100, 1500
    pos = rng.randrange(max(1, a - 40), b + 1)
    if near is not None and rng.random() < 0.9:
        contig, pos = near[0], max(1, near[1] + rng.randrange(-60, 200))
    while True:
        text, ref = cigar(contig, pos)
        if pos + ref - 1 <= CONTIGS[contig]:
            return contig, pos, text
        pos = max(1, pos - 50)


with open(prefix + ".sam", "w") as out:
    out.write("@HD\tVN:1.6\tSO:unsorted\n")
    for contig, length in CONTIGS.items():
        out.write(f"@SQ\tSN:{contig}\tLN:{length}\n")
    for i in range(n):
        nh = rng.choice([1, 1, 1, 1, 1, 1, 2, 3])
        dup = 0x400 if rng.random() < 0.08 else 0
        for h in range(nh):
            a = place()
            b = place(a)
            ra, rb = rng.random() < 0.5, None
            rb = (not ra) if rng.random() < 0.9 else ra
            ua, ub = rng.random() < 0.06, rng.random() < 0.06
            if h > 0:
                ua = ub = False
            fa = 0x41 | dup | (0x100 if h else 0)
            fb = 0x81 | dup | (0x100 if h else 0)
            if ua and ub:
                a = b = ("*", 0, "*")
            elif ua:
                a = (b[0], b[1], "*")
            elif ub:
                b = (a[0], a[1], "*")
            if ua:
                fa |= 4; fb |= 8
            elif ra:
                fa |= 0x10; fb |= 0x20
            if ub:
                fb |= 4; fa |= 8
            elif rb:
                fb |= 0x10; fa |= 0x20
            if not ua and not ub and a[0] == b[0] and ra != rb:
                fa |= 2; fb |= 2
            tlen = 0 if ua or ub or a[0] != b[0] else b[1] - a[1]
            lost = rng.random()
            for which, (me, mate, flag, t, gone) in enumerate(((a, b, fa, tlen, lost < 0.03),
                                                               (b, a, fb, -tlen, 0.03 <= lost < 0.06))):
                if gone and not (ua or ub):
                    continue
                mapq = rng.choice([60, 60, 60, 60, 20, 3, 0])
                rnext = "*" if mate[0] == "*" else "=" if mate[0] == me[0] else mate[0]
                tags = f"NH:i:{nh}\tHI:i:{h + 1}" if not flag & 4 else "NH:i:0"
                out.write(f"r{i}\t{flag}\t{me[0]}\t{me[1]}\t{mapq}\t{me[2]}\t{rnext}\t{mate[1]}\t{t}\t"
                          f"{'A' * 40}\t{'I' * 40}\tAS:i:7\t{tags}\n")
