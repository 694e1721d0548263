package org.flowbound.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.flowbound.stability.Interval;
import org.flowbound.training.TrainingHistory;

/** A training history as JSON text; numbers round-trip, NaN is null. */
final class HistoryJson {
  private HistoryJson() {}

  static String of(TrainingHistory history, ObjectMapper json) {
    ObjectNode root = json.createObjectNode();
    root.put("seconds", history.seconds());
    root.put("projectionSeconds", history.projectionSeconds());
    root.put("samplesPerSecond", history.samplesPerSecond());
    for (TrainingHistory.Epoch epoch : history.epochs()) {
      ObjectNode node = root.withArray("epochs").addObject();
      node.put("epoch", epoch.epoch());
      node.put("loss", epoch.loss());
      node.put("trainAccuracy", epoch.trainAccuracy());
      putKnown(node, "validationAccuracy", epoch.validationAccuracy());
      node.put("deltaLower", epoch.delta().lower());
      node.put("deltaUpper", epoch.delta().upper());
      putKnown(node, "learningRate", epoch.learningRate());
      putKnown(node, "gradientNorm", epoch.norms().gradient());
      putKnown(node, "inputNorm", epoch.norms().input());
      putKnown(node, "odeNorm", epoch.norms().ode());
      putKnown(node, "outputNorm", epoch.norms().output());
      node.put("projections", epoch.projections());
      node.put("projectedDistance", epoch.projectedDistance());
      node.put("seconds", epoch.seconds());
    }
    return root.toString();
  }

  static TrainingHistory parse(String text, ObjectMapper json) throws JsonProcessingException {
    JsonNode root = json.readTree(text);
    List<TrainingHistory.Epoch> epochs = new ArrayList<>();
    for (JsonNode node : root.path("epochs")) {
      epochs.add(
          new TrainingHistory.Epoch(
              node.path("epoch").asInt(),
              number(node, "loss"),
              number(node, "trainAccuracy"),
              known(node, "validationAccuracy"),
              new Interval(number(node, "deltaLower"), number(node, "deltaUpper")),
              known(node, "learningRate"),
              new TrainingHistory.Norms(
                  known(node, "gradientNorm"),
                  known(node, "inputNorm"),
                  known(node, "odeNorm"),
                  known(node, "outputNorm")),
              node.path("projections").asInt(),
              node.path("projectedDistance").asDouble(),
              number(node, "seconds")));
    }
    return new TrainingHistory(
        epochs,
        number(root, "seconds"),
        number(root, "projectionSeconds"),
        number(root, "samplesPerSecond"));
  }

  private static void putKnown(ObjectNode node, String field, double value) {
    node.put(field, Double.isNaN(value) ? null : value);
  }

  private static double known(JsonNode node, String field) {
    return node.path(field).isNumber() ? node.path(field).asDouble() : Double.NaN;
  }

  private static double number(JsonNode node, String field) {
    if (!node.path(field).isNumber()) {
      throw new IllegalArgumentException("The field '%s' is no number.".formatted(field));
    }
    return node.path(field).asDouble();
  }
}
