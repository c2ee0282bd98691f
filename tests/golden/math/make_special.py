# make_special.py -- golden values for src/math/special.c to 17 digits: python3 make_special.py
# One line per (counts, r): see test_special.c. Made with mpmath at 60 digits.
# SPDX-License-Identifier: GPL-3.0-or-later
import random
from mpmath import mp, mpf, loggamma, psi, log

mp.dps = 60
random.seed(5)
sets = {
    "zero": [0, 0, 0, 0],
    "tiny": [0, 1, 0, 2, 1, 1, 9, 0, 3],
    "edge": [8, 9, 10, 11, 9, 10],
    "mixed": [0, 3, 14, 159, 26, 535, 8979, 3, 23, 84, 6, 26, 4338, 3, 2, 7, 95],
    "large": [120003, 98004, 250111, 87012, 1300999, 5, 77777],
    "fraction": [0.25, 3.5, 9.75, 10.25, 88.125, 0.0, 2.0],
}
radii = [1e-8, 0.001, 0.1, 0.37, 1, 2.5, 7.9, 9.999, 10, 31.4, 1000, 123456.7, 1e8, 1e12]

def show(x):
    return mp.nstr(x, 20, strip_zeros=False)

with open("special.tsv", "w") as out:
    def put(name, values):
        out.write("\t".join([name, str(len(values))] + [show(mpf(v)) for v in values]) + "\n")
    put("r", radii)
    for name, y in sets.items():
        mu = [random.uniform(0.5, 1.5) * (v + 1) for v in y]
        put(name, y)
        put(name + "_mu", mu)
        rows = {k: [] for k in
                ["lgamma", "digamma", "trigamma", "scale", "value", "slope", "curve"]}
        for r0 in radii:
            r = mpf(r0)
            terms = [loggamma(v + r) - loggamma(r) for v in map(mpf, y)]
            rows["lgamma"].append(sum(terms))
            rows["scale"].append(sum(1 + abs(t) for t in terms))
            rows["digamma"].append(sum(psi(0, v + r) - psi(0, r) for v in map(mpf, y)))
            rows["trigamma"].append(sum(psi(1, v + r) - psi(1, r) for v in map(mpf, y)))
            pairs = [(mpf(a), mpf(b)) for a, b in zip(y, mu)]
            rows["value"].append(sum(terms) -
                                 sum(v * log(m + r) + r * log(1 + m / r) for v, m in pairs))
            rows["slope"].append(rows["digamma"][-1] +
                                 sum((m - v) / (m + r) - log(1 + m / r) for v, m in pairs))
            rows["curve"].append(rows["trigamma"][-1] +
                                 sum(m / (r * (m + r)) + (v - m) / (m + r) ** 2 for v, m in pairs))
        for k, v in rows.items():
            put(name + "_" + k, v)
