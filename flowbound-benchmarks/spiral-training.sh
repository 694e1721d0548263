#!/usr/bin/env bash
# Training the spiral neural ODE in Flowbound and in PyTorch, one thread each, in turn; prints the
# ratio. Needs Debian's python3-torch. Usage: spiral-training.sh [ITERATIONS]   (default: 500)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=${PYTHON:-/usr/bin/python3}
iterations=${1:-500}
[ -n "${SKIP_BUILD:-}" ] || mvn -q -B -pl flowbound-benchmarks -am -DskipTests package
java_classes=${CLASSES:-'flowbound-benchmarks/target/classes:flowbound-benchmarks/target/lib/*'}

ours=$(java -cp "$java_classes" org.flowbound.benchmarks.SpiralTraining "$iterations")
theirs=$("$python" flowbound-benchmarks/python/spiral_training_torch.py "$iterations" 1)
awk -v n="$iterations" -v a="$ours" -v b="$theirs" 'BEGIN {
  split(a, o, " "); split(b, s, " ")
  printf "%d iterations: Flowbound %.2f s (CPU %.2f s), PyTorch %.2f s (CPU %.2f s); ratio %.1f, of CPU %.1f\n", \
    n, o[1], o[2], s[1], s[2], s[1] / o[1], s[2] / o[2]
  printf "  loss %s to %s, and %s to %s; steps an iteration %s and %s\n", o[3], o[4], s[3], s[4], o[5], s[5] }'
