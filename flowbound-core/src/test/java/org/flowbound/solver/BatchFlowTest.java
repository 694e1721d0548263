package org.flowbound.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.flowbound.field.Activation;
import org.flowbound.field.LayerField;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.flow.DiscreteFlow;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.Precision;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The flow on batches and the solver are two implementations of the same maps and adjoints. */
class BatchFlowTest {
  private static final int D = 4;
  private static final int STEPS = 6;
  private static final double END = 1.2;

  @ParameterizedTest
  @EnumSource(RungeKutta.class)
  void statesAndGradientsAgree(RungeKutta method) {
    RandomGenerator random = new SplittableRandom(3);
    Matrix a = Matrix.generate(D, D, (i, j) -> random.nextGaussian());
    Matrix b = Matrix.generate(1, D, (i, j) -> random.nextGaussian());
    Matrix g = Matrix.generate(1, D, (i, j) -> random.nextGaussian());
    double[] u0 = random.doubles(D, -1, 1).toArray();
    Activation activation = new SmoothLeakyRelu(0.1);

    DiscreteFlow flow =
        new DiscreteFlow(
            new LayerField(DoubleMatrix.of(a), DoubleMatrix.of(b), activation),
            new Discretization(method, STEPS, END),
            Precision.FLOAT64,
            1);
    flow.initialStates(1).setFrom(Matrix.of(1, D, u0));
    double[] batchEnd = flow.forward().toMatrix().toArray();
    DoubleMatrix cotangents = DoubleMatrix.of(g);
    DoubleMatrix weightGradient = DoubleMatrix.zeros(D, D);
    DoubleMatrix biasGradient = DoubleMatrix.zeros(1, D);
    flow.pullBack(cotangents, weightGradient, biasGradient);

    Solver solver = new Solver(Method.of(method.id()), StepControl.fixed(STEPS));
    LayeredField field = LayeredField.of(new Layer(a, b, activation));
    assertThat(solver.solve(field, u0, 0, END).last()).containsExactly(batchEnd, within(1e-13));
    Gradient gradient =
        new DiscreteAdjoint(solver)
            .gradient(
                field,
                u0,
                new double[] {0, END},
                (index, state, cotangent) -> {
                  for (int k = 0; index == 1 && k < D; k++) {
                    cotangent[k] += g.get(0, k);
                  }
                  return 0;
                });
    assertThat(gradient.state()).containsExactly(cotangents.toMatrix().toArray(), within(1e-12));
    double[] parameters = new double[D * D + D];
    weightGradient.toMatrix().copyTo(parameters);
    System.arraycopy(biasGradient.toMatrix().toArray(), 0, parameters, D * D, D);
    assertThat(gradient.parameters()).containsExactly(parameters, within(1e-12));
  }
}
