package org.flowbound.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.flowbound.io.Python;
import org.flowbound.linalg.FloatMatrix;
import org.flowbound.parallel.Workers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptimizerTest {
  private static final int SIZE = 20_000;
  private static final OptimizerOptions OPTIONS =
      OptimizerOptions.defaults().withSchedule(LearningRateSchedule.CONSTANT);

  @TempDir private Path folder;

  /** Minimises {@code Σ c_i (x_i − 1)²/2}, c_i = 1 + i/10, from {@code x_i = i/10}. */
  private static float[] minimise(OptimizerOptions options, int size, int decayed, int steps) {
    FloatMatrix x = FloatMatrix.zeros(1, size);
    FloatMatrix[] halves = {FloatMatrix.zeros(1, size), FloatMatrix.zeros(1, size)};
    for (int i = 0; i < size; i++) {
      x.set(0, i, i / 10.0);
    }
    Optimizer optimizer = Optimizer.of(options, size, decayed, 2);
    try (Workers workers = new Workers(2)) {
      for (int k = 0; k < steps; k++) {
        for (int i = 0; i < size; i++) {
          double gradient = (1 + i / 10.0) * (x.get(0, i) - 1);
          halves[0].set(0, i, gradient / 4);
          halves[1].set(0, i, gradient * 3 / 4);
        }
        optimizer.step(x, halves, options.learningRate(), workers);
      }
    }
    float[] result = new float[size];
    x.read(0, result, size);
    return result;
  }

  @Test
  @Tag("slow")
  void agreesWithPyTorch() throws Exception {
    Python.assumeModule("torch");
    OptimizerOptions sgd = OPTIONS.withMethod(OptimizerMethod.SGD).withLearningRate(0.01);
    OptimizerOptions adam = sgd.withMethod(OptimizerMethod.ADAM).withWeightDecay(0.1);
    List<OptimizerOptions> all =
        List.of(
            sgd.withWeightDecay(0.1),
            sgd.withNesterov(true),
            sgd.withMomentum(0).withWeightDecay(0.1).withClip(0.5),
            adam,
            adam.withMethod(OptimizerMethod.ADAMW).withClip(0.5));
    List<String> lines =
        Python.run(
                folder,
                """
                import torch
                from torch.optim import SGD, Adam, AdamW
                torch.set_default_dtype(torch.float64)
                c = 1 + torch.arange(20) / 10
                for clip, make in [
                    (float("inf"), lambda x: SGD(x, lr=0.01, momentum=0.9, weight_decay=0.1)),
                    (float("inf"), lambda x: SGD(x, lr=0.01, momentum=0.9, nesterov=True)),
                    (0.5, lambda x: SGD(x, lr=0.01, weight_decay=0.1)),
                    (float("inf"), lambda x: Adam(x, lr=0.01, weight_decay=0.1)),
                    (0.5, lambda x: AdamW(x, lr=0.01, weight_decay=0.1)),
                ]:
                    x = (torch.arange(20) / 10).requires_grad_()
                    optimizer = make([x])
                    for _ in range(50):
                        optimizer.zero_grad()
                        (c * (x - 1) ** 2 / 2).sum().backward()
                        torch.nn.utils.clip_grad_norm_([x], clip)
                        optimizer.step()
                    print(" ".join(map(str, x.tolist())))
                """)
            .lines()
            .toList();
    assertThat(lines).hasSize(all.size());
    for (int k = 0; k < lines.size(); k++) {
      float[] ours = minimise(all.get(k), 20, 20, 50);
      String[] theirs = lines.get(k).split(" ", -1);
      for (int i = 0; i < ours.length; i++) {
        assertThat((double) ours[i]).isCloseTo(Double.parseDouble(theirs[i]), within(1e-5));
      }
    }
  }

  private static List<FloatMatrix> gradients() {
    SplittableRandom random = new SplittableRandom(1);
    List<FloatMatrix> gradients = new ArrayList<>();
    for (int k = 0; k < 3; k++) {
      FloatMatrix gradient = FloatMatrix.zeros(1, SIZE);
      for (int i = 0; i < SIZE; i++) {
        gradient.set(0, i, random.nextGaussian());
      }
      gradients.add(gradient);
    }
    return gradients;
  }

  @ParameterizedTest
  @CsvSource({"SGD, 7", "ADAMW, 7", "ADAM, Infinity"})
  void neitherWorkersNorAResumptionChangeTheResult(OptimizerMethod method, double clip) {
    OptimizerOptions options = OPTIONS.withMethod(method).withWeightDecay(0.1).withClip(clip);
    List<float[]> results = new ArrayList<>();
    List<Double> norms = new ArrayList<>();
    for (int threads : new int[] {1, 4}) {
      FloatMatrix x = FloatMatrix.zeros(1, SIZE);
      Optimizer optimizer = Optimizer.of(options, SIZE, SIZE / 2, threads);
      try (Workers workers = new Workers(threads)) {
        for (int k = 0; k < 5; k++) {
          norms.add(optimizer.step(x, gradients().toArray(FloatMatrix[]::new), 1e-2, workers));
          if (threads == 4) {
            OptimizerState state = optimizer.state();
            optimizer = Optimizer.of(options, SIZE, SIZE / 2, threads);
            optimizer.resume(state);
          }
        }
      }
      float[] result = new float[SIZE];
      x.read(0, result, SIZE);
      results.add(result);
    }
    assertThat(results.get(1)).isEqualTo(results.get(0));
    assertThat(norms.subList(5, 10)).isEqualTo(norms.subList(0, 5));
    List<FloatMatrix> gradients = gradients();
    double square =
        IntStream.range(0, SIZE)
            .mapToDouble(i -> gradients.stream().mapToDouble(g -> g.get(0, i)).sum())
            .map(sum -> sum * sum)
            .sum();
    assertThat(norms.get(0)).isCloseTo(Math.sqrt(square), within(1e-3));
  }

  @Test
  void refusesTheStateOfAnotherMethod() {
    OptimizerState ofAdam = Optimizer.of(OPTIONS, 5, 5, 1).state();
    Optimizer momentum = Optimizer.of(OPTIONS.withMethod(OptimizerMethod.SGD), 5, 5, 1);
    assertThatThrownBy(() -> momentum.resume(ofAdam)).hasMessageContaining("[5, 5], and 1");
  }

  @Test
  void schedulesStartAndEndWhereTheyShould() {
    for (LearningRateSchedule schedule : LearningRateSchedule.values()) {
      for (double progress = 0; progress <= 1; progress += 1e-3) {
        assertThat(schedule.factor(progress)).isBetween(0.0, 1.0);
      }
    }
    assertThat(LearningRateSchedule.COSINE.factor(0.5)).isCloseTo(0.5, within(1e-15));
    assertThat(LearningRateSchedule.COSINE.factor(1)).isZero();
    assertThat(LearningRateSchedule.ONE_CYCLE.factor(0)).isCloseTo(0.04, within(1e-15));
    assertThat(LearningRateSchedule.ONE_CYCLE.factor(0.3)).isCloseTo(1, within(1e-15));
    assertThat(LearningRateSchedule.ONE_CYCLE.factor(1)).isCloseTo(4e-6, within(1e-15));
    assertThat(LearningRateSchedule.STEP.factor(0.6)).isEqualTo(0.1);
    OptimizerOptions warm = OPTIONS.withLearningRate(2).withWarmup(4);
    assertThat(warm.rate(0, 1, 10)).isEqualTo(0.5);
    assertThat(warm.rate(1, 2, 10)).isEqualTo(1);
    assertThat(warm.rate(4, 5, 10)).isEqualTo(2);
  }

  @Test
  void refusesValuesOutOfRange() {
    assertThatThrownBy(() -> OPTIONS.withMomentum(1)).hasMessageContaining("momentum (1.0)");
    assertThatThrownBy(() -> OPTIONS.withMomentum(0).withNesterov(true))
        .hasMessageContaining("Nesterov");
    assertThatThrownBy(() -> OPTIONS.withClip(0)).hasMessageContaining("norm (0.0)");
    assertThatThrownBy(() -> OPTIONS.withWarmup(-1)).hasMessageContaining("warm-up (-1.0)");
    assertThatThrownBy(() -> new SampleOptions(-1, 0)).hasMessageContaining("shift (-1)");
    assertThatThrownBy(() -> new SampleOptions(0, 1)).hasMessageContaining("smoothing (1.0)");
    assertThatThrownBy(() -> new SelectionOptions(true, 0)).hasMessageContaining("patience (0)");
  }
}
