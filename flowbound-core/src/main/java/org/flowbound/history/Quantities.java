package org.flowbound.history;

import java.util.LinkedHashMap;
import java.util.Map;
import org.flowbound.training.TrainingHistory;

/** The numbers of an epoch under the names that all files use. */
final class Quantities {
  private Quantities() {}

  /** All but the epoch's number, in the order to be written; NaN where one is not known. */
  static Map<String, Number> of(TrainingHistory.Epoch epoch) {
    Map<String, Number> numbers = new LinkedHashMap<>();
    numbers.put("loss", epoch.loss());
    numbers.put("trainAccuracy", epoch.trainAccuracy());
    numbers.put("validationAccuracy", epoch.validationAccuracy());
    numbers.put("deltaLower", epoch.delta().lower());
    numbers.put("deltaUpper", epoch.delta().upper());
    numbers.put("learningRate", epoch.learningRate());
    numbers.put("gradientNorm", epoch.norms().gradient());
    numbers.put("inputNorm", epoch.norms().input());
    numbers.put("odeNorm", epoch.norms().ode());
    numbers.put("outputNorm", epoch.norms().output());
    numbers.put("projections", epoch.projections());
    numbers.put("projectedDistance", epoch.projectedDistance());
    numbers.put("seconds", epoch.seconds());
    return numbers;
  }
}
