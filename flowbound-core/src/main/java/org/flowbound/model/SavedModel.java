package org.flowbound.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.flowbound.network.Classifier;
import org.flowbound.stability.Interval;
import org.flowbound.training.TrainingHistory;

/**
 * A classifier as a model file holds it ({@link ModelFile}).
 *
 * @param delta the certified interval of δ(A)
 * @param history how it was trained, without epochs if that is unknown
 * @param notes what else is known of it, such as options and versions
 */
public record SavedModel(
    Classifier classifier, Interval delta, TrainingHistory history, Map<String, String> notes) {
  public SavedModel {
    notes = Collections.unmodifiableMap(new LinkedHashMap<>(notes));
  }
}
