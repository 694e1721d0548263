"""Compares the root bound with CSDP and SDPA on the same semidefinite program.

    minimise t  subject to  [[tI - c sym(A) - (r/2) L, sqrt(r/2) A'], [sqrt(r/2) A, L]] >= 0,

L diagonal, c = (1 + alpha)/2, r = (1 - alpha)/2. Writes the program in SDPA's sparse format, runs
the programs csdp and sdpa (Debian packages coinor-csdp and sdpa) and org.flowbound.benchmarks
.RootBound one after the other, and prints a Markdown table. A peer's time is the wall time of its
process, the least of --repeats runs; ours is the median of 11 solves after 30 that warm up the
compiler, in the same run. Needs numpy and a build of flowbound-benchmarks:

    mvn -q -B -DskipTests -pl flowbound-benchmarks -am package
    python3 flowbound-benchmarks/python/compare_root.py
"""

import argparse
import pathlib
import re
import subprocess
import tempfile
import time

import numpy as np

TARGET = pathlib.Path(__file__).resolve().parents[1] / "target"


def sample(family, d, seed):
    random = np.random.default_rng(seed)
    gaussian = random.standard_normal((d, d)) / np.sqrt(d)
    if family == "gaussian":
        return gaussian
    if family == "shifted":
        return gaussian - 1.5 * np.eye(d)
    if family == "skew":
        return (gaussian - gaussian.T) / 2
    if family == "triangular":
        return np.triu(gaussian)
    raise ValueError(family)


def write_program(path, a, alpha):
    d = len(a)
    c, r = (1 + alpha) / 2, (1 - alpha) / 2
    constant = np.zeros((2 * d, 2 * d))
    constant[:d, :d] = c * (a + a.T) / 2
    constant[:d, d:] = -np.sqrt(r / 2) * a.T
    with open(path, "w", encoding="ascii") as file:
        file.write(f"{d + 1}\n1\n{2 * d}\n1{' 0' * d}\n")
        for i, j in zip(*np.triu_indices(2 * d)):
            if constant[i, j] != 0:
                file.write(f"0 1 {i + 1} {j + 1} {float(constant[i, j])!r}\n")
        for i in range(1, d + 1):
            file.write(f"1 1 {i} {i} 1\n")
        for i in range(1, d + 1):
            file.write(f"{i + 1} 1 {i} {i} {float(-r / 2)!r}\n{i + 1} 1 {d + i} {d + i} 1\n")


def run(command, pattern, folder, repeats):
    best = np.inf
    for _ in range(repeats):
        start = time.perf_counter()
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        best = min(best, time.perf_counter() - start)
    output = done.stdout
    if not re.search(pattern, output) and (folder / "out.txt").exists():
        output = (folder / "out.txt").read_text()
    return float(re.search(pattern, output).group(1)), best


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[64, 128])
    parser.add_argument(
        "--families", nargs="+", default=["gaussian", "shifted", "skew", "triangular"]
    )
    parser.add_argument("--alpha", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    print("| weights | d | CSDP s | SDPA s | ours s | CSDP / ours | SDPA / ours "
          "| with a vertex s | largest difference |")
    print("| --- | --: | --: | --: | --: | --: | --: | --: | --: |")
    for family in options.families:
        for d in options.sizes:
            with tempfile.TemporaryDirectory() as name:
                folder = pathlib.Path(name)
                a = sample(family, d, options.seed)
                np.save(folder / "a.npy", a)
                write_program(folder / "p.dat-s", a, options.alpha)
                csdp, csdp_time = run(
                    ["csdp", "p.dat-s", "s.sol"],
                    r"Primal objective value:\s*(\S+)", folder, options.repeats)
                sdpa, sdpa_time = run(
                    ["sdpa", "-ds", "p.dat-s", "-o", "out.txt"],
                    r"objValPrimal\s*=\s*(\S+)", folder, options.repeats)
                ours = subprocess.run(
                    ["java", "-cp", f"{TARGET}/classes:{TARGET}/lib/*", "org.flowbound.benchmarks.RootBound",
                     str(folder / "a.npy"), str(options.alpha), "30", "11"],
                    capture_output=True, text=True, check=True).stdout.split()
                upper, relaxation, root = map(float, ours)
                difference = max(abs(upper - csdp), abs(upper - sdpa))
                print(f"| {family} | {d} | {csdp_time:.3f} | {sdpa_time:.3f} | {relaxation:.4f} "
                      f"| {csdp_time / relaxation:.0f} | {sdpa_time / relaxation:.0f} "
                      f"| {root:.4f} | {difference:.1e} |", flush=True)


if __name__ == "__main__":
    main()
