package org.flowbound.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.attack.RobustnessCurve.Point;
import org.flowbound.certification.CertifiedAccuracy;
import org.flowbound.comparison.ComparisonResult;
import org.flowbound.comparison.ComparisonResult.Model;
import org.flowbound.comparison.Spread;
import org.flowbound.report.Proportion.Confidence;
import org.flowbound.report.text.Numbers;
import org.flowbound.report.text.Terms;

/**
 * What a comparison says about stability, in words with numbers.
 *
 * <p>The classical network and the best stabilised one are compared at one budget, which only the
 * classical network determines: the smallest ε of the grid at which FGSM leaves it less than half
 * of the images, or else the largest. A difference counts where its 95 % confidence interval
 * excludes zero and, of several seeds, every one agrees in its sign.
 *
 * @param outcome what came of it
 * @param headline one short sentence
 * @param statement the numbers behind it
 * @param caveats what a reader should bear in mind, one sentence each
 */
public record Verdict(Outcome outcome, String headline, String statement, List<String> caveats) {
  private static final String ATTACK = "fgsm";
  private static final String ONE_SEED =
      "One network of each kind was trained, from one seed: the intervals cover the choice of test images, not the luck of a training run.";

  public Verdict {
    caveats = List.copyOf(caveats);
  }

  /** What came of keeping networks stable. */
  public enum Outcome {
    /** A stabilised network withstands the attack better than the classical one. */
    GAINED,
    /** No difference beyond chance. */
    NOTHING_GAINED,
    /** Every stabilised network withstands the attack worse. */
    LOST,
    /** There is no attacked pair of a classical and a stabilised network. */
    NOT_COMPARED
  }

  private record Pair(
      ComparisonResult result,
      Model classical,
      Model stable,
      Point classicalPoint,
      Point stablePoint) {
    /** Of the choice of test images, which are the same for every seed. */
    Confidence gain() {
      int seeds = result.seeds().size();
      return Proportion.of(stablePoint, seeds)
          .confidenceOfDifference(Proportion.of(classicalPoint, seeds));
    }

    /** The difference of each seed. */
    double[] gains() {
      double eps = classicalPoint.eps();
      double[] stables = result.values(stable, model -> model.accuracy(ATTACK, eps));
      double[] classicals = result.values(classical, model -> model.accuracy(ATTACK, eps));
      return IntStream.range(0, stables.length)
          .mapToDouble(r -> stables[r] - classicals[r])
          .toArray();
    }

    Outcome outcome() {
      Confidence gain = gain();
      if (gain.low() > 0 && DoubleStream.of(gains()).allMatch(difference -> difference > 0)) {
        return Outcome.GAINED;
      }
      if (gain.high() < 0 && DoubleStream.of(gains()).allMatch(difference -> difference < 0)) {
        return Outcome.LOST;
      }
      return Outcome.NOTHING_GAINED;
    }
  }

  /** The verdict on a comparison. */
  public static Verdict of(ComparisonResult result) {
    Optional<Model> classical = plain(result).filter(model -> !isStabilised(model)).findFirst();
    List<Model> stabilised = plain(result).filter(Verdict::isStabilised).toList();
    Optional<Pair> pair =
        classical.flatMap(
            model -> breakingPoint(model).flatMap(p -> best(result, model, p, stabilised)));
    return pair.map(found -> compared(result, found, stabilised.size()))
        .orElseGet(() -> notCompared(result, classical, stabilised));
  }

  /** The networks that differ by stability alone, without other ways to train for robustness. */
  private static Stream<Model> plain(ComparisonResult result) {
    return result.models().stream().filter(model -> !model.isBaseline());
  }

  private static boolean isStabilised(Model model) {
    return model.target() != null;
  }

  private static Optional<Point> breakingPoint(Model classical) {
    List<Point> points =
        classical.attack(ATTACK).map(RobustnessCurve::results).orElse(List.of()).stream()
            .filter(point -> point.eps() > 0)
            .sorted(Comparator.comparingDouble(Point::eps))
            .toList();
    return points.stream()
        .filter(point -> point.accuracy() < 0.5)
        .findFirst()
        .or(() -> points.stream().reduce((first, second) -> second));
  }

  private static Optional<Pair> best(
      ComparisonResult result, Model classical, Point point, List<Model> stabilised) {
    return stabilised.stream()
        .flatMap(
            model ->
                model.attack(ATTACK).flatMap(curve -> curve.at(point.eps())).stream()
                    .map(stablePoint -> new Pair(result, classical, model, point, stablePoint)))
        .max(
            Comparator.comparingDouble((Pair pair) -> pair.stablePoint().accuracy())
                .thenComparingDouble(pair -> pair.stable().testAccuracy()));
  }

  private static Verdict compared(ComparisonResult result, Pair pair, int candidates) {
    Confidence gain = pair.gain();
    Outcome outcome = pair.outcome();
    String points = points(pair.stablePoint().accuracy() - pair.classicalPoint().accuracy());
    CleanChange clean = CleanChange.of(pair, result.dataset().test());
    String headline =
        switch (outcome) {
          case GAINED ->
              "%s bought %s of accuracy under attack %s."
                  .formatted(means(pair), points, clean.price());
          case LOST ->
              "Stability lost %s of accuracy under attack %s.".formatted(points, clean.price());
          default ->
              "Stability bought no measurable robustness %s.".formatted(clean.priceOfNothing());
        };
    return new Verdict(
        outcome, headline, statement(pair, gain, candidates), caveats(result, pair, candidates));
  }

  /** What the stabilised network has that the classical one lacks. */
  private static String means(Pair pair) {
    return Objects.equals(pair.stable().linearNorm(), pair.classical().linearNorm())
        ? "Stability"
        : "Stability with bounded linear layers";
  }

  private static String statement(Pair pair, Confidence gain, int candidates) {
    double difference = pair.stablePoint().accuracy() - pair.classicalPoint().accuracy();
    return (pair.result().isReplicated()
            ? "Means over %d seeds: ".formatted(pair.result().seeds().size())
            : "")
        + "%s with ε = %s leaves the classical network %s\u00a0%% of %s test images and “%s”, %s, %s\u00a0%%: a difference of %s points (95\u00a0%% interval %s to %s). Its flow has a certified δ ≤ %s. On clean images the two reach %s\u00a0%% and %s\u00a0%%."
            .formatted(
                Terms.attack(ATTACK),
                Numbers.shortest(pair.classicalPoint().eps()),
                Numbers.percent(pair.classicalPoint().accuracy()),
                Numbers.count(pair.classicalPoint().total() / pair.result().seeds().size()),
                pair.stable().name(),
                candidates > 1
                    ? "the best of %d stabilised networks".formatted(candidates)
                    : "the stabilised network",
                Numbers.percent(pair.stablePoint().accuracy()),
                Numbers.percent(difference),
                Numbers.percent(gain.low()),
                Numbers.percent(gain.high()),
                Numbers.upper(pair.stable().delta().upper(), 3),
                Numbers.percent(pair.classical().testAccuracy()),
                Numbers.percent(pair.stable().testAccuracy()))
        + proved(pair);
  }

  /** What is certified at the largest radius at which the stabilised network keeps half. */
  private static String proved(Pair pair) {
    return pair.stable().certified().results().stream()
        .filter(point -> point.eps() > 0 && point.certifiedAccuracy() >= 0.5)
        .max(Comparator.comparingDouble(CertifiedAccuracy.Point::eps))
        .flatMap(
            stable ->
                pair.classical().certified().results().stream()
                    .filter(point -> point.eps() == stable.eps())
                    .findFirst()
                    .map(
                        classical ->
                            " After any perturbation of Euclidean length %s, %s\u00a0%% are proved to stay right, against %s\u00a0%%."
                                .formatted(
                                    Numbers.shortest(stable.eps()),
                                    Numbers.percent(stable.certifiedAccuracy()),
                                    Numbers.percent(classical.certifiedAccuracy()))))
        .orElse("");
  }

  private static List<String> caveats(ComparisonResult result, Pair pair, int candidates) {
    List<String> caveats = new ArrayList<>();
    caveats.add(
        "ε = %s is %s; the stabilised networks had no say in it."
            .formatted(
                Numbers.shortest(pair.classicalPoint().eps()),
                pair.classicalPoint().accuracy() < 0.5
                    ? "the smallest budget tried at which FGSM leaves the classical network less than half of the images"
                    : "the largest budget tried"));
    Double linearNorm = pair.stable().linearNorm();
    Optional<Pair> control = control(result, pair);
    if (linearNorm != null && control.isPresent()) {
      caveats.add(share(pair, control.get(), linearNorm));
    } else if (linearNorm != null) {
      caveats.add(
          "“%s” also has linear layers of spectral norm at most κ = %s. No classical network with that bound was trained, so this comparison does not tell how much of the difference is due to δ alone."
              .formatted(pair.stable().name(), Numbers.shortest(linearNorm)));
    }
    Double target = pair.stable().target();
    if (target != null && pair.stable().delta().upper() > target) {
      caveats.add(
          "“%s” was trained for δ ≤ %s, but only δ ≤ %s is certified."
              .formatted(
                  pair.stable().name(),
                  Numbers.shortest(target),
                  Numbers.upper(pair.stable().delta().upper(), 6)));
    }
    if (candidates > 1) {
      caveats.add(
          "The best of %d stabilised networks was picked on the same test images that it is judged by, which flatters it a little."
              .formatted(candidates));
    }
    caveats.add(result.isReplicated() ? luck(pair) : ONE_SEED);
    caveats.add(
        "FGSM is a single gradient step. Stronger attacks can only lower these accuracies, and not all networks by the same amount.");
    return caveats;
  }

  private static String luck(Pair pair) {
    double[] gains = pair.gains();
    Spread spread = Spread.of(gains);
    return "One network of each kind was trained from each of %d seeds: the difference is %s points with a standard deviation of %s, at least %s and at most %s. The intervals cover the choice of test images alone."
        .formatted(
            gains.length,
            Numbers.percent(spread.mean()),
            Numbers.percent(spread.deviation()),
            Numbers.percent(DoubleStream.of(gains).min().orElseThrow()),
            Numbers.percent(DoubleStream.of(gains).max().orElseThrow()));
  }

  /** The stabilised network against the classical one with linear layers bounded alike. */
  private static Optional<Pair> control(ComparisonResult result, Pair pair) {
    double eps = pair.classicalPoint().eps();
    return plain(result)
        .filter(model -> !isStabilised(model))
        .filter(model -> Objects.equals(model.linearNorm(), pair.stable().linearNorm()))
        .flatMap(
            model ->
                model.attack(ATTACK).flatMap(curve -> curve.at(eps)).stream()
                    .map(
                        point -> new Pair(result, model, pair.stable(), point, pair.stablePoint())))
        .findFirst();
  }

  private static String share(Pair pair, Pair control, double linearNorm) {
    double ofBound = control.classicalPoint().accuracy() - pair.classicalPoint().accuracy();
    double ofFlow = control.stablePoint().accuracy() - control.classicalPoint().accuracy();
    Confidence gain = control.gain();
    return "Bounding the linear layers by κ = %s alone brings the classical network to %s\u00a0%%, %s points; the stable flow accounts for the other %s (95\u00a0%% interval %s to %s)."
        .formatted(
            Numbers.shortest(linearNorm),
            Numbers.percent(control.classicalPoint().accuracy()),
            Numbers.percent(ofBound),
            Numbers.percent(ofFlow),
            Numbers.percent(gain.low()),
            Numbers.percent(gain.high()));
  }

  private static Verdict notCompared(
      ComparisonResult result, Optional<Model> classical, List<Model> stabilised) {
    String headline;
    if (stabilised.isEmpty()) {
      headline = "Only classical networks were trained: what stability buys is not answered here.";
    } else if (classical.isEmpty()) {
      headline = "No classical network was trained: what stability buys is not answered here.";
    } else {
      headline = "The networks were not attacked alike: what stability buys is not answered here.";
    }
    Model model = classical.orElseGet(() -> result.models().get(0));
    String attacked =
        breakingPoint(model)
            .map(
                point ->
                    ", and %s\u00a0%% under %s with ε = %s"
                        .formatted(
                            Numbers.percent(point.accuracy()),
                            Terms.attack(ATTACK),
                            Numbers.shortest(point.eps())))
            .orElse("");
    String statement =
        "“%s” classifies %s\u00a0%% of %s clean test images correctly%s; its δ is certified to lie in %s."
            .formatted(
                model.name(),
                Numbers.percent(model.testAccuracy()),
                Numbers.count(result.dataset().test()),
                attacked,
                Numbers.interval(model.delta().lower(), model.delta().upper(), 3));
    return new Verdict(Outcome.NOT_COMPARED, headline, statement, List.of());
  }

  private static String points(double difference) {
    String points = Numbers.percent(Math.abs(difference));
    return points + (points.equals("1.0") ? " point" : " points");
  }

  /** What the stabilised network's clean accuracy lost or gained, beyond chance or not. */
  private record CleanChange(double change, boolean measurable) {
    static CleanChange of(Pair pair, int images) {
      double change = pair.stable().testAccuracy() - pair.classical().testAccuracy();
      if (images <= 0 || !Double.isFinite(change)) {
        return new CleanChange(change, false);
      }
      Confidence confidence =
          new Proportion(Math.round(pair.stable().testAccuracy() * images), images)
              .confidenceOfDifference(
                  new Proportion(Math.round(pair.classical().testAccuracy() * images), images));
      return new CleanChange(change, confidence.low() > 0 || confidence.high() < 0);
    }

    String price() {
      if (!measurable) {
        return "at no measurable cost in clean accuracy";
      }
      return change < 0
          ? "and cost %s of clean accuracy".formatted(points(change))
          : "and %s of clean accuracy".formatted(points(change));
    }

    String priceOfNothing() {
      if (!measurable) {
        return "and cost no measurable clean accuracy";
      }
      return change < 0
          ? "and cost %s of clean accuracy".formatted(points(change))
          : "but %s of clean accuracy".formatted(points(change));
    }
  }
}
