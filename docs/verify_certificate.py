#!/usr/bin/env python3
"""Checks a Flowbound certificate of expansivity in exact integer arithmetic.

    python3 verify_certificate.py proof.json

Needs nothing but Python 3.8 or newer. Nothing is rounded in a way that helps the claim, so there is
no rounding error to argue about; the price is time (a leaf at d = 64 takes about a second). Exit code
0 if the claim is proved, 4 if not. The file's format and the theorem are in certificates.md.
"""
import hashlib
import json
import math
import struct
import sys
from fractions import Fraction

BITS = 120  # entries are rounded to this many bits below the largest; the error is paid for


def digest(*parts):
    return hashlib.sha256(b"".join(parts)).hexdigest()


def doubles(values):
    return struct.pack(">%dd" % len(values), *values)


def integer(n):
    return struct.pack(">i", n)


def text(s):
    data = s.encode()
    return integer(len(data)) + data


def slopes_fixed(leaf):
    pairs = [entry.split(":") for entry in leaf["fixed"]]
    return [(int(i), {"lower": 0, "upper": 1}[end]) for i, end in pairs]


def check_digests(c, leaves):
    a = [x for row in c["matrix"] for x in row]
    d = len(c["matrix"])
    if digest(integer(d), integer(d), doubles(a)) != c["matrixDigest"]:
        return "the matrix was altered"
    parts = [text(c["producer"]), text(c["matrixDigest"]), text(c["norm"])]
    parts += [doubles([c["alpha"], c["beta"], c["gamma"]]), integer(len(leaves))]
    for fixed, multipliers in leaves:
        parts.append(integer(len(fixed)))
        parts += [integer(i) + bytes([end]) for i, end in fixed]
        parts += [integer(len(multipliers)), doubles(multipliers)]
    if digest(*parts) != c["digest"]:
        return "the certificate was altered"
    return None


def covered(leaves):
    """The share of the vertices that the leaves hold, if no two of them share one, else None."""

    def split(group, depth):
        # All leaves of the group agree on their first `depth` slopes.
        if len(group) == 1 and len(group[0]) == depth:
            return Fraction(1, 2**depth)
        if any(len(fixed) == depth for fixed in group):
            return None
        coordinate = group[0][depth][0]
        if any(fixed[depth][0] != coordinate for fixed in group):
            return None
        total = Fraction(0)
        for end in (0, 1):
            part = [fixed for fixed in group if fixed[depth][1] == end]
            share = split(part, depth + 1) if part else Fraction(0)
            if share is None:
                return None
            total += share
        return total

    for fixed in leaves:
        if len({i for i, _ in fixed}) < len(fixed):
            return None
    return split(leaves, 0) if leaves else Fraction(0)


def is_positive_definite(m):
    """Sylvester's criterion for a symmetric matrix of integers, by fraction-free elimination."""
    m = [row[:] for row in m]
    n = len(m)
    previous = 1
    for k in range(n):
        pivot = m[k][k]
        if pivot <= 0:
            return False
        for i in range(k + 1, n):
            factor = m[i][k]
            for j in range(k + 1, i + 1):
                m[i][j] = (m[i][j] * pivot - factor * m[j][k]) // previous
        previous = pivot
    return True


def exponent(x):
    """The e for which the positive fraction x is near 2**e."""
    return x.numerator.bit_length() - x.denominator.bit_length()


def rounded_up(x):
    scale = Fraction(2) ** (BITS - exponent(x))
    return math.ceil(x * scale) / scale


def proves(a, alpha, beta, gamma, fixed, multipliers):
    """Whether gamma I - M is positive semidefinite, M = sym(CA) + (R L + A^T R L^-1 A) / 2."""
    d = len(a)
    center = [(alpha + beta) / 2] * d
    radius = [(beta - alpha) / 2] * d
    for i, end in fixed:
        center[i] = beta if end else alpha
        radius[i] = Fraction(0)
    free = [i for i in range(d) if radius[i] > 0]
    if len(free) != len(multipliers) or not all(x > 0 for x in multipliers):
        return False
    m = [
        [(center[i] * a[i][j] + center[j] * a[j][i]) / 2 for j in range(i + 1)]
        for i in range(d)
    ]
    for k, multiplier in zip(free, multipliers):
        row = a[k]
        if not any(row):
            continue
        m[k][k] += radius[k] * multiplier / 2
        factor = rounded_up(radius[k] / (2 * multiplier))  # more is safe, and this is shorter
        for i in range(d):
            if row[i]:
                weight = factor * row[i]
                for j in range(i + 1):
                    m[i][j] += weight * row[j]
    s = [[(gamma if i == j else 0) - m[i][j] for j in range(i + 1)] for i in range(d)]
    # Entries rounded down to integers are off by less than 1 each, a row of them by less than d.
    largest = max(abs(x) for row in s for x in row)
    if largest == 0:
        return True
    scale = Fraction(2) ** (BITS - exponent(largest))
    rounded = [[math.floor(x * scale) for x in row] for row in s]
    for i in range(d):
        rounded[i][i] -= d
    return is_positive_definite(rounded)


def closed_form(a, alpha, beta, norm):
    """The bound in the 1- or inf-norm."""
    d = len(a)
    steepest = max(abs(alpha), abs(beta))
    values = []
    for i in range(d):
        line = [a[j][i] for j in range(d)] if norm == "1" else a[i]
        others = sum(abs(line[j]) for j in range(d) if j != i)
        for end in (alpha, beta):
            values.append(end * a[i][i] + (steepest if norm == "1" else abs(end)) * others)
    return max(values)


def verify(path):
    with open(path) as file:
        c = json.load(file)
    if c["format"] != "flowbound-expansivity-certificate-2":
        return "this is no certificate that this program knows"
    numbers = [c["alpha"], c["beta"], c["gamma"]] + [x for row in c["matrix"] for x in row]
    numbers += [x for leaf in c["leaves"] for x in leaf["multipliers"]]
    if not all(math.isfinite(x) for x in numbers):
        return "a number is not finite"
    d = len(c["matrix"])
    if d == 0 or c["dimension"] != d or any(len(row) != d for row in c["matrix"]):
        return "the matrix is not square"
    if not c["alpha"] <= c["beta"]:
        return "the slopes are no interval"
    leaves = [(slopes_fixed(leaf), leaf["multipliers"]) for leaf in c["leaves"]]
    if any(not 0 <= i < d for fixed, _ in leaves for i, _ in fixed):
        return "a leaf fixes a slope that is not there"
    flaw = check_digests(c, leaves)
    if flaw:
        return flaw
    a = [[Fraction(x) for x in row] for row in c["matrix"]]
    ends = Fraction(c["alpha"]), Fraction(c["beta"]), Fraction(c["gamma"])
    if c["norm"] != "2":
        if c["norm"] not in ("1", "inf") or leaves:
            return "the norm is not known, or has leaves that say nothing"
        proved = closed_form(a, *ends[:2], c["norm"]) <= ends[2]
        return None if proved else "the closed form is above gamma"
    if covered([fixed for fixed, _ in leaves]) != 1:
        return "the leaves do not cover every vertex exactly once"
    for k, (fixed, multipliers) in enumerate(leaves):
        if not proves(a, *ends, fixed, [Fraction(x) for x in multipliers]):
            return "leaf %d is not proved" % k
    return None


if __name__ == "__main__":
    reason = verify(sys.argv[1])
    print("refused: " + reason if reason else "valid")
    sys.exit(4 if reason else 0)
