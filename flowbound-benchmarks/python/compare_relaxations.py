"""Compares relaxations of delta(A) that are stronger than diagonal scaling.

With x = v where the slope is 1 and 0 elsewhere, y = v - x, the maximum of v'DAv over the slopes and
unit vectors v is linear in Z = [[X, N], [N', Y]] = (x, y)(x, y)', and x_i y_i = 0. The relaxations keep
Z positive semidefinite with trace 1 and

    lift      diag N = 0: the same value as diagonal scaling;
    pairs     and |X_ij| + |N_ij| + |N_ji| + |Y_ij| <= sqrt((X_ii + Y_ii) (X_jj + Y_jj));
    hull      and every pair's part of Z in the convex hull of the four cases of its two slopes.

Prints a Markdown table of the gaps to the maximum, which flowbound finds, and of the solver's
seconds; SCS is accurate to about 1e-5.
Needs numpy, cvxpy and scs, and a build of flowbound:

    python3 flowbound-benchmarks/python/compare_relaxations.py
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

import cvxpy as cp
import numpy as np

from compare_root import sample

LAUNCHER = pathlib.Path(__file__).resolve().parents[2] / "flowbound"


def maximum(a, alpha):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "a.npy")
        np.save(path, a)
        done = subprocess.run(
            [LAUNCHER, "bound", path, "--alpha", str(alpha), "--tol", "1e-7", "--json"],
            capture_output=True,
            text=True,
            check=True,
        )
    result = json.loads(done.stdout)
    return result["lower"] if result["exact"] else float("nan")


def cone(t, p, q):
    """t^2 <= p q."""
    return cp.SOC(p + q, cp.vstack([2 * t, p - q]), axis=0)


def relax(a, alpha, kind):
    d = len(a)
    z = cp.Variable((2 * d, 2 * d), symmetric=True)
    x, n, y = z[:d, :d], z[:d, d:], z[d:, d:]
    constraints = [z >> 0, cp.diag(n) == 0, cp.trace(z) == 1]
    i, j = np.triu_indices(d, 1)
    dx, dy = cp.diag(x), cp.diag(y)
    parts = [x[i, j], n[i, j], n[j, i], y[i, j]]
    if kind == "pairs":
        t = cp.Variable(len(i))
        constraints += [sum(cp.abs(part) for part in parts) <= t, cone(t, (dx + dy)[i], (dx + dy)[j])]
    if kind == "hull":
        p = [cp.Variable(len(i)) for _ in range(4)]
        q = [cp.Variable(len(i)) for _ in range(4)]
        constraints += [p[0] + p[1] == dx[i], p[2] + p[3] == dy[i]]
        constraints += [q[0] + q[2] == dx[j], q[1] + q[3] == dy[j]]
        constraints += [cone(parts[k], p[k], q[k]) for k in range(4)]
    objective = cp.trace(a.T @ x) + cp.trace(a.T @ n) + alpha * (cp.trace(a @ n) + cp.trace(a.T @ y))
    problem = cp.Problem(cp.Maximize(objective), constraints)
    problem.solve(solver=cp.SCS, eps_abs=1e-5, eps_rel=1e-5, max_iters=20000)
    return problem.value, problem.solver_stats.solve_time


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 16, 24, 32])
    parser.add_argument(
        "--families", nargs="+", default=["shifted", "skew", "gaussian"]
    )
    parser.add_argument("--alpha", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    kinds = ["lift", "pairs", "hull"]
    print("| weights | d | " + " | ".join(f"{kind} | s" for kind in kinds) + " |")
    print("| --- | --: | " + " | ".join(["--: | --:"] * len(kinds)) + " |", flush=True)
    for family in options.families:
        for d in options.sizes:
            a = sample(family, d, options.seed)
            exact = maximum(a, options.alpha)
            cells = [family, str(d)]
            for kind in kinds:
                value, seconds = relax(a, options.alpha, kind)
                cells += [f"{100 * (value - exact) / abs(exact):.2f} %", f"{seconds:.2f}"]
            print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
