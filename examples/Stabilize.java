///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//DEPS org.flowbound:flowbound-core:0.1.0-SNAPSHOT

import java.nio.file.Path;
import org.flowbound.field.SlopeBox;
import org.flowbound.io.Weights;
import org.flowbound.linalg.Matrix;
import org.flowbound.nearness.NearestStableMatrix;
import org.flowbound.nearness.Perturbation;

/**
 * Stabilises the weights in a file: {@code jbang Stabilize.java weights.npy 0.5 stable.npy}.
 *
 * <p>JBang takes the library from the local repository, into which {@code mvn install} puts it.
 */
public final class Stabilize {
  public static void main(String[] args) throws Exception {
    Matrix a = Weights.read(args[0]);
    Perturbation nearest =
        NearestStableMatrix.of(a, SlopeBox.of(0.1)).withTarget(Double.parseDouble(args[1])).solve();
    Weights.write(Path.of(args[2]), "A", nearest.apply(a));
    System.out.printf(
        "||Delta||_F = %.6f, delta in [%.6f, %.6f]%n",
        nearest.norm(), nearest.deltaAfter().lower(), nearest.deltaAfter().upper());
  }
}
