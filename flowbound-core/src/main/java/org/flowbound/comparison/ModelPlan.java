package org.flowbound.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.flowbound.training.TrainingOptions;
import org.jspecify.annotations.Nullable;

/**
 * One model of a comparison, before it is trained.
 *
 * @param baseline another way to train for robustness, null for none
 * @param target δ̄, null for a model whose flow is free
 * @param linearNorm κ, null for a model whose linear layers are free
 */
record ModelPlan(
    @Nullable Baseline baseline, @Nullable Double target, @Nullable Double linearNorm) {
  /**
   * Classical first, then by target; each without and, if κ is given, with its bound. Then the
   * baselines: alone, and with every target and the bound.
   */
  static List<ModelPlan> of(ComparisonOptions options) {
    List<@Nullable Double> targets = new ArrayList<>();
    targets.add(null);
    targets.addAll(options.targets());
    List<ModelPlan> plans = new ArrayList<>();
    for (Double target : targets) {
      plans.add(new ModelPlan(null, target, null));
      if (options.linearNorm() != null) {
        plans.add(new ModelPlan(null, target, options.linearNorm()));
      }
    }
    for (Baseline baseline : options.baselines()) {
      for (Double target : targets) {
        plans.add(new ModelPlan(baseline, target, target == null ? null : options.linearNorm()));
      }
    }
    return plans;
  }

  String name() {
    String stability =
        baseline == null
            ? target == null ? "classical" : "stable " + number(target)
            : target == null ? baseline.label() : baseline.label() + ", stable " + number(target);
    return linearNorm == null ? stability : stability + ", κ = " + number(linearNorm);
  }

  /** A name for files, without extension. */
  String fileName() {
    String stability = target == null ? "classical" : "stable_" + number(target);
    String trained = baseline == null ? stability : baseline.id() + "_" + stability;
    return linearNorm == null ? trained : trained + "_kappa_" + number(linearNorm);
  }

  String stability(ComparisonOptions options) {
    return target == null ? "none" : options.training().stability().method().id();
  }

  String baselineId() {
    return baseline == null ? "none" : baseline.id();
  }

  TrainingOptions training(ComparisonOptions options) {
    TrainingOptions plain = options.training().withTarget(target).withLinearNorm(linearNorm);
    return baseline == null ? plain : baseline.addTo(plain, options.strengths());
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e6
        ? String.format(Locale.ROOT, "%.0f", value)
        : Double.toString(value);
  }
}
