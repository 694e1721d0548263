#!/usr/bin/env bash
# Training in Flowbound and in PyTorch, in turn, on two threads each; prints the ratios.
# Needs Debian's python3-torch. Usage: training-speed.sh [WIDTH...]   (default: 64 128 256)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=${PYTHON:-/usr/bin/python3}
rounds=3
mvn -q -B -pl flowbound-benchmarks -am -DskipTests package
java_classes='flowbound-benchmarks/target/classes:flowbound-benchmarks/target/lib/*'

field() {
  sed "s/.*\"$1\": \([0-9]*\).*/\1/"
}

[ $# -gt 0 ] || set -- 64 128 256
for width in "$@"; do
  for ((round = 1; round <= rounds; round++)); do
      ours=$(java -cp "$java_classes" org.flowbound.benchmarks.TrainingSpeed "$width" 2 24)
      theirs=$("$python" flowbound-benchmarks/python/training_speed_torch.py "$width" 2 6)
      awk -v d="$width" -v a="$(field samplesPerSecond <<<"$ours")" \
        -v f="$(field floorSamplesPerSecond <<<"$ours")" \
        -v b="$(field samplesPerSecond <<<"$theirs")" 'BEGIN {
          printf "d = %d: Flowbound %d samples/s, PyTorch %d, ratio %.2f; %.0f %% of the floor (%d)\n",
            d, a, b, a / b, 100 * a / f, f }'
  done
done
