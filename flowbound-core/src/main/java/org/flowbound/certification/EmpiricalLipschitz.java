package org.flowbound.certification;

import java.util.SplittableRandom;
import org.flowbound.data.LabeledImages;
import org.flowbound.field.LayerField;
import org.flowbound.flow.DiscreteFlow;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Classifier;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.network.Parameters;
import org.flowbound.parallel.Workers;

/**
 * A lower bound of the ℓ₂ Lipschitz constant of the discrete flow map {@code u(0) ↦ u(T)}: the
 * largest singular value of its Jacobian at the images of a data set, by power iteration on {@code
 * JᵀJ}. It shows how tight an upper bound can be.
 */
public final class EmpiricalLipschitz {
  private EmpiricalLipschitz() {}

  /**
   * The largest {@code ‖Jw‖₂} found with {@code ‖w‖₂ = 1}, over all images; every iterate counts,
   * so the result is a lower bound however few there are.
   *
   * @param iterations number of power iterations, at least 1
   */
  public static double of(
      Classifier classifier, LabeledImages images, int iterations, long seed, Workers workers) {
    if (iterations < 1) {
      throw new IllegalArgumentException(
          "The number of iterations (%d) must be at least 1.".formatted(iterations));
    }
    Parameters parameters = Parameters.of(classifier, Precision.FLOAT64);
    double[] largest = new double[workers.count()];
    DiscreteFlow[] flows = new DiscreteFlow[workers.count()];
    for (int w = 0; w < flows.length; w++) {
      flows[w] =
          new DiscreteFlow(
              new LayerField(
                  parameters.odeWeight(),
                  parameters.odeBias(),
                  classifier.architecture().activation()),
              classifier.architecture().discretization(),
              Precision.FLOAT64,
              ParallelNetwork.BATCH);
    }
    new ParallelNetwork(parameters, workers)
        .forEachBatch(
            images,
            batch -> {
              DiscreteFlow flow = flows[batch.worker()];
              NativeMatrix states = flow.initialStates(batch.size());
              NativeMatrix inputs = batch.network().inputs(batch.size());
              for (int i = 0; i < batch.size(); i++) {
                states.rows(i, i + 1).copyFrom(parameters.inputBias());
              }
              Blas.gemm(1, inputs, Op.PLAIN, parameters.inputWeight(), Op.TRANSPOSED, 1, states);
              flow.forward();
              SplittableRandom random = new SplittableRandom(seed + batch.first());
              double found = largestGain(flow, batch.size(), states.columns(), iterations, random);
              largest[batch.worker()] = Math.max(largest[batch.worker()], found);
            });
    double result = 0;
    for (double value : largest) {
      result = Math.max(result, value);
    }
    return result;
  }

  private static double largestGain(
      DiscreteFlow flow, int m, int d, int iterations, SplittableRandom random) {
    NativeMatrix w = NativeMatrix.zeros(Precision.FLOAT64, m, d);
    double[] row = new double[d];
    for (int i = 0; i < m; i++) {
      for (int k = 0; k < d; k++) {
        row[k] = random.nextGaussian();
      }
      w.write(i * d, row, d);
    }
    normalize(w, row);
    double largest = 0;
    for (int k = 0; k < iterations; k++) {
      flow.pushForward(w);
      largest = Math.max(largest, normalize(w, row));
      flow.pullBack(w);
      normalize(w, row);
    }
    return largest;
  }

  /** Scales every row to length 1; returns the largest length before. */
  private static double normalize(NativeMatrix w, double[] row) {
    int d = w.columns();
    double largest = 0;
    for (int i = 0; i < w.rows(); i++) {
      w.read(i * d, row, d);
      double sum = 0;
      for (double entry : row) {
        sum += entry * entry;
      }
      double length = Math.sqrt(sum);
      largest = Math.max(largest, length);
      for (int k = 0; k < d && length > 0; k++) {
        row[k] /= length;
      }
      w.write(i * d, row, d);
    }
    return largest;
  }
}
