package org.flowbound.training;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.network.Parameters;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.ExpansivityBound;

/**
 * {@link Stability#PENALTY}: adds {@code ρ Σ_D Σ_i (λ_i(sym(DA)) − aim)₊²} to the loss, over the
 * largest eigenvalues at a few vertices D that were found to be the worst, with the gradient {@code
 * 2ρ Σ (λ_i − aim)₊ D z_i z_iᵀ}.
 *
 * <p>A vertex makes one step of the monotone ascent with every step of the optimiser. After every
 * few steps a local search with its certified bound brings in a new one and sets the aim, which is
 * below the target by as much as the certified bound is above the local maximum; ρ is doubled where
 * the excess did not fall to a half.
 */
final class FlowPenalty implements FlowConstraint {
  private static final int VERTICES = 3;
  private static final int EIGENVALUES = 4;
  private static final double LARGEST_WEIGHT = 1e6;

  /** The ascent and one relaxation, no search; the time limit is never met. */
  private static final BoundOptions ROOT =
      BoundOptions.defaults()
          .withTolerance(1e-3)
          .withNodeLimit(1)
          .withTimeLimit(Duration.ofDays(1))
          .withThreads(1);

  private final int d;
  private final SlopeBox slopes;
  private final double target;
  private final FlowProjection projection;
  private final DoubleMatrix symmetric;
  private final DoubleMatrix left;
  private final DoubleMatrix right;
  private final DoubleMatrix product;
  private final SymmetricEigen eigen;
  private final double[] work;
  private final List<double[]> vertices = new ArrayList<>();
  private double weight;
  private double aim;
  private double excess;

  /**
   * @param memory the weight, the aim, the last excess and the vertices of an epoch before, empty
   *     if there was none
   */
  FlowPenalty(int d, SlopeBox slopes, double target, double startWeight, double[] memory) {
    this.d = d;
    this.slopes = slopes;
    this.target = target;
    this.projection = new FlowProjection(d, slopes, target, new double[0]);
    this.symmetric = DoubleMatrix.zeros(d, d);
    int most = Math.min(d, EIGENVALUES);
    this.left = DoubleMatrix.zeros(most, d);
    this.right = DoubleMatrix.zeros(most, d);
    this.product = DoubleMatrix.zeros(d, d);
    this.eigen = new SymmetricEigen(d);
    this.work = new double[d * d];
    this.weight = startWeight;
    this.aim = target;
    this.excess = Double.POSITIVE_INFINITY;
    if (memory.length > 0) {
      weight = memory[0];
      aim = memory[1];
      excess = memory[2];
      for (int from = 3; from < memory.length; from += d) {
        vertices.add(Arrays.copyOfRange(memory, from, from + d));
      }
    }
  }

  @Override
  public void beforeStep(Variables variables, Variables[] gradients) {
    if (vertices.isEmpty()) {
      enforce(variables.parameters());
    }
    double[] a = new double[d * d];
    variables.parameters().odeWeight().read(0, a, d * d);
    double[] sum = new double[d * d];
    boolean violated = false;
    for (double[] vertex : vertices) {
      violated |= addGradient(a, vertex, sum);
    }
    if (violated) {
      gradients[0].addToFlow(Matrix.of(d, d, sum));
    }
    removeDuplicates();
  }

  /** Adds the gradient at one vertex, and moves the vertex one step of the ascent. */
  private boolean addGradient(double[] a, double[] vertex, double[] sum) {
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        work[i * d + j] = 0.5 * (vertex[i] * a[i * d + j] + vertex[j] * a[j * d + i]);
      }
    }
    symmetric.write(0, work, d * d);
    int most = Math.min(d, EIGENVALUES);
    eigen.decomposeLargest(symmetric, most);
    double[] z = new double[d];
    int count = 0;
    while (count < most && eigen.value(count) > aim) {
      eigen.vector(count, z);
      right.rows(count, count + 1).write(0, z, d);
      double factor = 2 * weight * (eigen.value(count) - aim);
      for (int i = 0; i < d; i++) {
        z[i] *= factor * vertex[i];
      }
      left.rows(count, count + 1).write(0, z, d);
      count++;
    }
    eigen.vector(0, z);
    ascend(a, z, vertex);
    if (count == 0) {
      return false;
    }
    Blas.gemm(
        1, left.view(0, count, d), Op.TRANSPOSED, right.view(0, count, d), Op.PLAIN, 0, product);
    product.read(0, work, d * d);
    for (int k = 0; k < sum.length; k++) {
      sum[k] += work[k];
    }
    return true;
  }

  private void ascend(double[] a, double[] z, double[] vertex) {
    for (int i = 0; i < d; i++) {
      double image = 0;
      for (int j = 0; j < d; j++) {
        image += a[i * d + j] * z[j];
      }
      vertex[i] = z[i] * image > 0 ? slopes.upper() : slopes.lower();
    }
  }

  private void removeDuplicates() {
    for (int k = vertices.size() - 1; k > 0; k--) {
      for (int j = 0; j < k; j++) {
        if (Arrays.equals(vertices.get(k), vertices.get(j))) {
          vertices.remove(k);
          break;
        }
      }
    }
  }

  @Override
  public void enforce(Parameters parameters) {
    ExpansivityBound bound = Expansivity.of(parameters.odeWeight().toMatrix(), slopes).bound(ROOT);
    vertices.add(0, bound.vertex().clone());
    removeDuplicates();
    if (vertices.size() > VERTICES) {
      vertices.remove(VERTICES);
    }
    aim = target - (bound.upper() - bound.lower());
    double lastExcess = excess;
    excess = bound.upper() - target;
    if (excess > 1e-3 * Math.max(1, Math.abs(target)) && excess > 0.5 * lastExcess) {
      weight = Math.min(LARGEST_WEIGHT, 2 * weight);
    }
  }

  @Override
  public void endEpoch(Parameters parameters) {
    projection.enforce(parameters);
  }

  @Override
  public double deltaUpper() {
    return projection.deltaUpper();
  }

  @Override
  public int projections() {
    return projection.projections();
  }

  @Override
  public double projectedDistance() {
    return projection.projectedDistance();
  }

  @Override
  public double[] memory() {
    double[] memory = new double[3 + d * vertices.size()];
    memory[0] = weight;
    memory[1] = aim;
    memory[2] = excess;
    for (int k = 0; k < vertices.size(); k++) {
      System.arraycopy(vertices.get(k), 0, memory, 3 + k * d, d);
    }
    return memory;
  }
}
