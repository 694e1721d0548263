package org.flowbound.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.attack.SanityCheck;
import org.flowbound.certification.CertifiedAccuracy;
import org.flowbound.comparison.ComparisonResult;
import org.flowbound.comparison.ComparisonResult.Adversarial;
import org.flowbound.comparison.ComparisonResult.DatasetSummary;
import org.flowbound.comparison.ComparisonResult.GalleryImage;
import org.flowbound.comparison.ComparisonResult.Model;
import org.flowbound.comparison.ComparisonResult.Provenance;
import org.flowbound.comparison.MeanResult;
import org.flowbound.stability.Interval;
import org.flowbound.training.TrainingHistory;
import org.jspecify.annotations.Nullable;

/** Comparisons as they come out of trainings on handwritten digits, with made-up numbers. */
final class ComparisonFixture {
  static final double[] EPS = {0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15};
  static final int TEST_IMAGES = 10_000;
  private static final double[] RADII = {0, 0.05, 0.1, 0.25, 0.5};
  private static final int EPOCHS = 10;
  private static final int SIDE = 28;

  private ComparisonFixture() {}

  static ComparisonResult typical() {
    return comparison(List.of(classical(), stable(), stableAndBounded(), verySmooth()), digits());
  }

  /** Two seeds, whose stabilised networks keep 49.4 and 53.4 % under FGSM with ε = 0.05. */
  static ComparisonResult replicated() {
    double[] fgsm = {0.975, 0.94, 0.89, 0.81, 0.534, 0.258, 0.1, 0.02};
    Provenance first = provenance();
    Provenance second =
        new Provenance(
            first.version(),
            first.java(),
            first.platform(),
            first.processors(),
            43,
            first.commandLine(),
            first.startedAt(),
            first.seconds(),
            first.options());
    ComparisonResult other =
        comparison(
            List.of(classical(), model("stable −0.5", -0.5, null, -0.52, -0.51, 0.975, fgsm, 9.84)),
            digits());
    return MeanResult.of(
        List.of(
            comparison(List.of(classical(), stable()), digits()),
            new ComparisonResult(other.dataset(), other.models(), other.gallery(), second)));
  }

  static ComparisonResult classicalOnly() {
    return comparison(List.of(classical()), digits());
  }

  /** The stabilised network is as easily fooled as the classical one, and a little worse clean. */
  static ComparisonResult nothingGained() {
    double[] fgsm = {0.962, 0.916, 0.784, 0.603, 0.278, 0.095, 0.016, 0.002};
    return comparison(
        List.of(classical(), model("stable 0", 0.0, null, -0.0123, 0.0, 0.962, fgsm, 10.2)),
        digits());
  }

  static ComparisonResult lost() {
    double[] fgsm = {0.976, 0.88, 0.7, 0.51, 0.2, 0.05, 0.01, 0.001};
    return comparison(
        List.of(classical(), model("stable 0", 0.0, null, -0.0123, 0.0, 0.976, fgsm, 10.2)),
        digits());
  }

  /** Every text of the result tries to break out of its place. */
  static ComparisonResult hostile() {
    String evil = "</title><script>alert('x')</script>\"'&{{name}}\u001b[31m\u202e\u0000";
    ComparisonResult typical = typical();
    List<Model> models = new ArrayList<>();
    for (Model model : typical.models()) {
      models.add(
          new Model(
              model.name() + evil,
              evil,
              model.baseline(),
              model.target(),
              model.linearNorm(),
              model.delta(),
              model.inputNorm(),
              model.outputNorm(),
              model.trainAccuracy(),
              model.testAccuracy(),
              model.attacks(),
              List.of(new SanityCheck(evil, false, evil)),
              model.certified(),
              model.history(),
              evil));
    }
    DatasetSummary dataset =
        new DatasetSummary(
            evil, evil, 55_000, 5_000, TEST_IMAGES, SIDE, SIDE, List.of(evil, "b", "c"));
    Provenance provenance =
        new Provenance(evil, evil, evil, 2, 42, evil, evil, 1, Map.of(evil, evil));
    return new ComparisonResult(dataset, models, typical.gallery(), provenance);
  }

  /** What a run can leave undefined is undefined. */
  static ComparisonResult sparse() {
    Model model =
        new Model(
            "odd",
            "project",
            "none",
            -1.0,
            null,
            new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY),
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            List.of(),
            List.of(),
            new CertifiedAccuracy(Double.POSITIVE_INFINITY, Double.NaN, List.of()),
            new TrainingHistory(List.of(), Double.NaN, Double.NaN, Double.NaN),
            "odd.safetensors");
    return new ComparisonResult(
        new DatasetSummary("empty", "nowhere", 0, 0, 0, SIDE, SIDE, List.of()),
        List.of(model),
        List.of(),
        provenance());
  }

  static Model classical() {
    double[] fgsm = {0.976, 0.921, 0.79, 0.602, 0.274, 0.098, 0.016, 0.002};
    return model("classical", null, null, 2.5871, 2.5902, 0.976, fgsm, 7.31);
  }

  static Model stable() {
    double[] fgsm = {0.973, 0.935, 0.883, 0.80, 0.494, 0.238, 0.079, 0.011};
    return model("stable −0.5", -0.5, null, -0.5096, -0.5, 0.973, fgsm, 9.84);
  }

  static Model stableAndBounded() {
    double[] fgsm = {0.967, 0.942, 0.91, 0.862, 0.701, 0.502, 0.241, 0.062};
    return model("stable −0.5, κ = 2", -0.5, 2.0, -0.5241, -0.5, 0.967, fgsm, 2.0);
  }

  private static Model verySmooth() {
    double[] fgsm = {0.925, 0.896, 0.858, 0.803, 0.647, 0.43, 0.176, 0.048};
    return model("stable −2", -2.0, null, -2.1874, -2.0, 0.925, fgsm, 12.6);
  }

  static Model model(
      String name,
      @Nullable Double target,
      @Nullable Double linearNorm,
      double deltaLower,
      double deltaUpper,
      double clean,
      double[] fgsm,
      double inputNorm) {
    List<RobustnessCurve.Point> attacked = new ArrayList<>();
    List<RobustnessCurve.Point> noisy = new ArrayList<>();
    for (int k = 0; k < EPS.length; k++) {
      attacked.add(
          new RobustnessCurve.Point(EPS[k], (int) Math.round(fgsm[k] * TEST_IMAGES), TEST_IMAGES));
      int correct = (int) Math.round((clean - 0.5 * EPS[k] * EPS[k]) * TEST_IMAGES);
      noisy.add(new RobustnessCurve.Point(EPS[k], correct, TEST_IMAGES));
    }
    List<CertifiedAccuracy.Point> certified = new ArrayList<>();
    for (double radius : RADII) {
      double reach = 9 * radius * inputNorm * Math.exp(deltaUpper / 2) / 10;
      certified.add(new CertifiedAccuracy.Point(radius, clean * Math.max(0, 1 - reach * reach)));
    }
    List<TrainingHistory.Epoch> epochs = new ArrayList<>();
    for (int e = 1; e <= EPOCHS; e++) {
      double share = 1 - Math.exp(-0.45 * e);
      double upper = target == null ? deltaUpper * share : target - 0.0004 * e;
      epochs.add(
          new TrainingHistory.Epoch(
              e,
              0.9 * Math.exp(-0.35 * e) + 0.06,
              clean - 0.08 * Math.exp(-0.4 * e) + 0.012,
              clean - 0.06 * Math.exp(-0.4 * e),
              new Interval(upper - (deltaUpper - deltaLower) * (2 - share) * 3, upper),
              1e-3,
              TrainingHistory.Norms.UNKNOWN,
              target == null ? 0 : 9,
              target == null ? 0 : 0.2,
              4.6));
    }
    return new Model(
        name,
        target == null ? "none" : "project",
        "none",
        target,
        linearNorm,
        new Interval(deltaLower, deltaUpper),
        inputNorm,
        inputNorm * 0.6,
        clean + 0.012,
        clean,
        List.of(
            new RobustnessCurve("fgsm", "linf", attacked),
            new RobustnessCurve("noise", "linf", noisy)),
        List.of(
            new SanityCheck("gradients do not vanish", true, "at 100 of 100 images"),
            new SanityCheck("the integrator does not matter", target == null, "50.0 % & 48.5 %")),
        new CertifiedAccuracy(Math.exp(deltaUpper) * 1.31, Math.exp(deltaUpper), certified),
        new TrainingHistory(epochs, 46.2, target == null ? 0 : 3.1, 118_400),
        name.replaceAll("[^a-z0-9]+", "-") + ".safetensors");
  }

  static ComparisonResult comparison(List<Model> models, DatasetSummary dataset) {
    RandomGenerator random = new SplittableRandom(3);
    List<GalleryImage> gallery = new ArrayList<>();
    int[] labels = {7, 2, 1, 0, 4, 9, 5, 3};
    for (int k = 0; k < labels.length; k++) {
      float[] pixels = DigitPicture.draw(labels[k], SIDE);
      double eps = 0.1;
      List<Adversarial> twins = new ArrayList<>();
      for (int m = 0; m < models.size(); m++) {
        boolean fooled =
            random.nextDouble() > models.get(m).attacks().get(0).at(0.05).orElseThrow().accuracy();
        twins.add(
            new Adversarial(
                labels[k],
                0.9 + 0.0999 * random.nextDouble(),
                fooled ? (labels[k] + 3) % 10 : labels[k],
                0.4 + 0.55 * random.nextDouble(),
                attacked(pixels, eps, 6 - m, random)));
      }
      gallery.add(new GalleryImage(17 + 1231 * k, labels[k], eps, pixels, twins));
    }
    return new ComparisonResult(dataset, models, gallery, provenance());
  }

  private static float[] attacked(float[] pixels, double eps, int waves, RandomGenerator random) {
    double phase = 6 * random.nextDouble();
    float[] attacked = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      double wave =
          Math.sin(phase + waves * (i % SIDE) / 9.0)
              * Math.cos(phase + waves * (double) i / SIDE / 11);
      double step = eps * Math.signum(wave + 0.4 * (random.nextDouble() - 0.5));
      attacked[i] = (float) Math.min(1, Math.max(0, pixels[i] + step));
    }
    return attacked;
  }

  private static DatasetSummary digits() {
    return new DatasetSummary(
        "mnist",
        "/data/mnist (four IDX files)",
        55_000,
        5_000,
        TEST_IMAGES,
        SIDE,
        SIDE,
        List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
  }

  private static Provenance provenance() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("--dataset", "mnist");
    options.put("--target", "-0.5,-2");
    options.put("--linear-norm", "2");
    options.put("--dimension", "64");
    options.put("--activation", "leaky-tanh, α = 0.1");
    options.put("--solver", "euler, 20 steps, T = 1");
    options.put("--epochs", "10");
    options.put("--batch-size", "128");
    options.put("--optimizer", "adam, 0.001, cosine");
    return new Provenance(
        "0.1.0",
        "17.0.15 (Debian)",
        "Linux amd64",
        2,
        42,
        "./flowbound compare --dataset mnist --data-dir /data/mnist --target -0.5,-2 --linear-norm 2 --epochs 10 --seed 42 --threads 2 -o mnist-comparison",
        "2026-11-24T21:14:03Z",
        214.6,
        options);
  }
}
