"""Lorenz's equations over [0, 100] with both tolerances 1e-8 by SciPy's solve_ivp.

Prints "method median-seconds first-seconds mean-processor-seconds steps evaluations" for each method that is named.
"""
import statistics
import sys
import time

from scipy.integrate import solve_ivp


def lorenz(t, u):
    x, y, z = u
    return [10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z]


for method in sys.argv[1:]:
    seconds = []
    cpu = time.process_time()
    for _ in range(5):
        start = time.perf_counter()
        r = solve_ivp(lorenz, (0, 100), [1, 1, 1], method=method, rtol=1e-8, atol=1e-8)
        seconds.append(time.perf_counter() - start)
    cpu = (time.process_time() - cpu) / len(seconds)
    assert r.success
    print(method, f"{statistics.median(seconds):.6f} {seconds[0]:.6f} {cpu:.6f}", len(r.t) - 1, r.nfev)
