package org.flowbound.comparison;

import org.flowbound.attack.RobustnessCurve;
import org.flowbound.training.TrainingListener;

/** Hears how a comparison goes. */
public interface ComparisonListener {
  /** Ignores everything. */
  ComparisonListener SILENT = new ComparisonListener() {};

  /**
   * Called before a model is trained.
   *
   * @param name the model's name
   * @param number counted from 1
   * @param all the number of models
   * @return what hears how its training goes
   */
  default TrainingListener training(String name, int number, int all) {
    return TrainingListener.SILENT;
  }

  /** Called after every attack on a model, for one budget. */
  default void attacked(String name, String attack, RobustnessCurve.Point point) {}

  /** Called when a model is trained, attacked and certified. */
  default void finished(ComparisonResult.Model model) {}
}
