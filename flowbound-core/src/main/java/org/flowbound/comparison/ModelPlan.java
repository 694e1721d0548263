package org.flowbound.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.flowbound.training.TrainingOptions;
import org.jspecify.annotations.Nullable;

/**
 * One model of a comparison, before it is trained.
 *
 * @param target δ̄, null for a model whose flow is free
 * @param linearNorm κ, null for a model whose linear layers are free
 */
record ModelPlan(@Nullable Double target, @Nullable Double linearNorm) {
  /** Classical first, then by target; each without and, if κ is given, with its bound. */
  static List<ModelPlan> of(ComparisonOptions options) {
    List<@Nullable Double> targets = new ArrayList<>();
    targets.add(null);
    targets.addAll(options.targets());
    List<ModelPlan> plans = new ArrayList<>();
    for (Double target : targets) {
      plans.add(new ModelPlan(target, null));
      if (options.linearNorm() != null) {
        plans.add(new ModelPlan(target, options.linearNorm()));
      }
    }
    return plans;
  }

  String name() {
    String stability = target == null ? "classical" : "stable " + number(target);
    return linearNorm == null ? stability : stability + ", κ = " + number(linearNorm);
  }

  /** A name for files, without extension. */
  String fileName() {
    String stability = target == null ? "classical" : "stable_" + number(target);
    return linearNorm == null ? stability : stability + "_kappa_" + number(linearNorm);
  }

  String stability() {
    return target == null ? "none" : "project";
  }

  TrainingOptions training(TrainingOptions base) {
    return base.withTarget(target).withLinearNorm(linearNorm);
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e6
        ? String.format(Locale.ROOT, "%.0f", value)
        : Double.toString(value);
  }
}
