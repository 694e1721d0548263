// Bounds the expansivity of a random matrix, and makes it contractive.
//
//   mvn -q -Dmaven.test.skip=true package
//   jshell --class-path "flowbound-core/target/*:flowbound-cli/target/lib/*" examples/bound.jsh

import java.util.SplittableRandom;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.nearness.NearestStableMatrix;
import org.flowbound.stability.Expansivity;

var random = new SplittableRandom(1);
Matrix a = Matrix.generate(12, 12, (i, j) -> random.nextDouble(-1, 1));
var bound = Expansivity.of(a, SlopeBox.of(0.1)).bound();
System.out.printf("%.6f <= delta <= %.6f%n", bound.lower(), bound.upper());

var nearest = NearestStableMatrix.of(a, SlopeBox.of(0.1)).withTarget(0.5).solve();
System.out.printf("||Delta||_F = %.6f, none below %.6f%n", nearest.norm(), nearest.normLowerBound());
System.out.printf("delta <= %.6f afterwards%n", nearest.deltaAfter().upper());

/exit
