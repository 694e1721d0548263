package org.flowbound.attack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.flowbound.data.LabeledImages;
import org.flowbound.flow.Discretization;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.network.Classifier;
import org.flowbound.network.ContinuousNetwork;
import org.flowbound.network.Logits;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.parallel.Workers;
import org.flowbound.solver.IntegrationException;

/**
 * Checks against false robustness: the signs by which one tells a network that withstands attacks
 * from one that only hides its gradients (Athalye, Carlini, Wagner, <em>Obfuscated gradients give a
 * false sense of security</em>, ICML 2018, section 3.1), and, for neural ODEs, from one whose
 * robustness is that of its integrator (Huang et al., arXiv 2009.13145).
 *
 * <p>All attacks have the budget that breaks about half of the images: the median of the distances
 * that {@link DeepFool} finds.
 */
public final class SanityChecks {
  private static final int ITERATIONS = 40;
  private static final int RESTARTS = 3;
  private static final int MANY_ITERATIONS = 200;
  private static final int QUERIES = 200;
  private static final int DRAWS = 50;

  /** What convergence and the change of the integrator may move the accuracy by. */
  private static final double TOLERANCE = 0.02;

  /** The share of images that another attack may break by luck where iterations do not. */
  private static final double LUCK = 0.005;

  private final Classifier classifier;
  private final LabeledImages images;
  private final PerturbationNorm norm;
  private final long seed;
  private final Workers workers;
  private final RobustnessEvaluation evaluation;

  /**
   * @param images some hundred are enough
   * @throws IllegalArgumentException if there are none
   */
  public SanityChecks(
      Classifier classifier,
      LabeledImages images,
      PerturbationNorm norm,
      long seed,
      Workers workers) {
    this.classifier = classifier;
    this.images = images;
    this.norm = norm;
    this.seed = seed;
    this.workers = workers;
    this.evaluation = new RobustnessEvaluation(classifier, images, workers);
  }

  /** Hears of every check that is done. */
  @FunctionalInterface
  public interface Listener {
    void check(SanityCheck check, int done, int all);
  }

  /** Runs all checks. */
  public List<SanityCheck> run(Listener listener) {
    List<SanityCheck> checks = new ArrayList<>();
    double eps = medianDistance();
    Pgd pgd = Pgd.of(norm, seed).withIterations(ITERATIONS).withRestarts(RESTARTS);
    AttackedImages attacked = attack(pgd, eps);
    int correct = attacked.countCorrect();
    List<Supplier<SanityCheck>> all =
        List.of(
            this::gradients,
            () -> oneStep(correct, eps),
            () -> blackBox(attacked, eps),
            () -> randomSearch(correct, eps),
            () -> largerBudgets(pgd, eps),
            () -> convergence(pgd, correct, eps),
            () -> integrator(pgd, eps));
    for (var check : all) {
      checks.add(check.get());
      listener.check(checks.get(checks.size() - 1), checks.size(), all.size());
    }
    return checks;
  }

  private AttackedImages attack(Attack attack, double eps) {
    return evaluation.attack(attack, eps, point -> {});
  }

  private double medianDistance() {
    AttackedImages closest = attack(DeepFool.of(norm), norm.diameter(images.size()));
    double[] distances = new double[images.count()];
    int broken = 0;
    for (int i = 0; i < distances.length; i++) {
      double distance = closest.distance(norm, i);
      if (!closest.correct()[i] && distance > 0) {
        distances[broken++] = distance;
      }
    }
    Arrays.sort(distances, 0, broken);
    // Where nothing is broken, any budget will do.
    return broken == 0 ? 0.1 * norm.diameter(images.size()) : distances[broken / 2];
  }

  private SanityCheck gradients() {
    AtomicInteger vanishing = new AtomicInteger();
    int n = images.size();
    ParallelNetwork.of(classifier, workers)
        .forEachBatch(
            images,
            batch -> {
              batch.network().forward();
              batch.network().loss(batch.labels(), 0, 1);
              NativeMatrix gradients = batch.network().pixelGradient();
              float[] gradient = new float[n];
              for (int i = 0; i < batch.size(); i++) {
                gradients.read(i * n, gradient, n);
                double length = PerturbationNorm.euclidean(gradient, n);
                if (!(length > 0 && length < Double.POSITIVE_INFINITY)) {
                  vanishing.incrementAndGet();
                }
              }
            });
    return new SanityCheck(
        "gradients do not vanish",
        vanishing.get() == 0,
        vanishing.get() == 0
            ? "the loss has a gradient at every one of %d images".formatted(images.count())
            : "the loss has no gradient in single precision at %d of %d images; attacks use a"
                    .formatted(vanishing.get(), images.count())
                + " scaled one");
  }

  private boolean isNoWeaker(int correct, int correctUnderTheOther) {
    return correct <= correctUnderTheOther + Math.max(1, LUCK * images.count());
  }

  private SanityCheck oneStep(int correct, double eps) {
    int single = attack(new Fgsm(norm), eps).countCorrect();
    return new SanityCheck(
        "iterations beat a single step",
        isNoWeaker(correct, single),
        "PGD-%d leaves %s, FGSM %s%s"
            .formatted(ITERATIONS, share(correct), share(single), at(eps)));
  }

  private SanityCheck blackBox(AttackedImages attacked, double eps) {
    AttackedImages square = attack(Square.of(norm, seed).withQueries(QUERIES), eps);
    int only = 0;
    for (int i = 0; i < images.count(); i++) {
      only += attacked.correct()[i] && !square.correct()[i] ? 1 : 0;
    }
    return new SanityCheck(
        "white box beats black box",
        isNoWeaker(attacked.countCorrect(), square.countCorrect()),
        "PGD-%d leaves %s, Square with %d queries %s; %d images are broken by Square alone%s"
            .formatted(
                ITERATIONS,
                share(attacked.countCorrect()),
                QUERIES,
                share(square.countCorrect()),
                only,
                at(eps)));
  }

  private SanityCheck randomSearch(int correct, double eps) {
    int random = attack(new Noise(norm, DRAWS, seed), eps).countCorrect();
    return new SanityCheck(
        "gradients beat random search",
        isNoWeaker(correct, random),
        "PGD-%d leaves %s, the worst of %d draws of noise %s%s"
            .formatted(ITERATIONS, share(correct), DRAWS, share(random), at(eps)));
  }

  private SanityCheck largerBudgets(Pgd pgd, double eps) {
    double[] budgets = {0.5 * eps, eps, 2 * eps, 4 * eps, norm.diameter(images.size())};
    Arrays.sort(budgets);
    int[] counts = new int[budgets.length];
    boolean falling = true;
    List<String> parts = new ArrayList<>();
    for (int b = 0; b < budgets.length; b++) {
      counts[b] = attack(pgd, budgets[b]).countCorrect();
      falling &= b == 0 || counts[b] <= counts[b - 1];
      parts.add("%s at %s".formatted(share(counts[b]), number(budgets[b])));
    }
    return new SanityCheck(
        "larger budgets break more, down to nothing",
        falling && counts[counts.length - 1] == 0,
        "PGD-%d leaves %s".formatted(ITERATIONS, String.join(", ", parts)));
  }

  private SanityCheck convergence(Pgd pgd, int correct, double eps) {
    int more = attack(pgd.withIterations(MANY_ITERATIONS), eps).countCorrect();
    return new SanityCheck(
        "more iterations change little",
        Math.abs(correct - more) <= Math.max(1, TOLERANCE * images.count()),
        "PGD-%d leaves %s, PGD-%d %s%s"
            .formatted(ITERATIONS, share(correct), MANY_ITERATIONS, share(more), at(eps)));
  }

  /** The examples found with the network's own grid, shown to a finer one and to the exact flow. */
  private SanityCheck integrator(Pgd pgd, double eps) {
    Discretization own = classifier.architecture().discretization();
    float[] perturbed = attack(pgd.withRestarts(1).toTheEnd(), eps).pixels();
    Discretization twice = new Discretization(own.method(), 2 * own.steps(), own.horizon());
    int before = countCorrect(own, perturbed);
    int doubled = countCorrect(twice, perturbed);
    double allowed = Math.max(1, TOLERANCE * images.count());
    String withstood =
        "of examples made with %d steps of %s, %s are withstood with these, %s with %d"
            .formatted(
                own.steps(), own.method().id(), share(before), share(doubled), twice.steps());
    int exact;
    try {
      exact = countCorrectContinuous(perturbed);
    } catch (IntegrationException failure) {
      return new SanityCheck(
          "the integrator does not matter",
          false,
          "%s; with adaptive steps: %s".formatted(withstood, failure.getMessage()));
    }
    return new SanityCheck(
        "the integrator does not matter",
        Math.abs(doubled - before) <= allowed && Math.abs(exact - before) <= allowed,
        "%s, %s with adaptive steps%s".formatted(withstood, share(exact), at(eps)));
  }

  private int countCorrectContinuous(float[] perturbed) {
    ContinuousNetwork[] networks = new ContinuousNetwork[workers.count()];
    for (int w = 0; w < networks.length; w++) {
      networks[w] = new ContinuousNetwork(classifier);
    }
    AtomicInteger correct = new AtomicInteger();
    workers.run(
        images.count(),
        (image, worker) -> {
          double[] logits = networks[worker].logits(perturbed, image * images.size());
          if (Logits.isCorrect(logits, images.label(image))) {
            correct.incrementAndGet();
          }
        });
    return correct.get();
  }

  private int countCorrect(Discretization discretization, float[] perturbed) {
    return new RobustnessEvaluation(classifier.withDiscretization(discretization), images, workers)
        .attack(new Replayed(perturbed, images.size()), 1, point -> {})
        .countCorrect();
  }

  /** Perturbed images that are there already. */
  private record Replayed(float[] perturbed, int n) implements Attack {
    @Override
    public String id() {
      return "replayed";
    }

    @Override
    public String measure() {
      return "none";
    }

    @Override
    public void perturb(ParallelNetwork.Batch batch, double eps, float[] target) {
      System.arraycopy(perturbed, batch.first() * n, target, 0, target.length);
    }
  }

  private String share(int count) {
    return String.format(Locale.ROOT, "%.1f %%", 100.0 * count / images.count());
  }

  private String at(double eps) {
    return " (%s eps = %s)".formatted(norm.id(), number(eps));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
