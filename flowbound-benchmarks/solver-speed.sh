#!/usr/bin/env bash
# Lorenz's equations over [0, 100], tolerances 1e-8, in Flowbound and in SciPy, in turn; prints the
# ratios of the medians. Needs Debian's python3-scipy.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=${PYTHON:-/usr/bin/python3}
[ -n "${SKIP_BUILD:-}" ] || mvn -q -B -pl flowbound-benchmarks -am -DskipTests package
java_classes=${CLASSES:-'flowbound-benchmarks/target/classes:flowbound-benchmarks/target/lib/*'}

compare() {
  ours=$(java -cp "$java_classes" org.flowbound.benchmarks.SolverSpeed "$1")
  theirs=$("$python" flowbound-benchmarks/python/solver_speed_scipy.py "$2")
  awk -v a="$ours" -v b="$theirs" 'BEGIN {
    split(a, o, " "); split(b, s, " ")
    printf "%s: %.2f ms (first solve of the JVM %.0f ms, mean CPU %.2f ms), %d steps, %d evaluations\n", \
      o[1], 1e3 * o[2], 1e3 * o[3], 1e3 * o[4], o[5], o[6]
    printf "  SciPy %s: %.0f ms (CPU %.0f ms), %d steps, %d evaluations; ratio %.0f, of CPU %.0f, of the first solves %.1f\n", \
      s[1], 1e3 * s[2], 1e3 * s[4], s[5], s[6], s[2] / o[2], s[4] / o[4], s[3] / o[3] }'
}

for ((round = 1; round <= 2; round++)); do
  compare dop853 DOP853
  compare dormand-prince RK45
done
