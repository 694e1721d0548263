package org.flowbound.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Function;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.attack.SanityCheck;
import org.flowbound.certification.CertifiedAccuracy;
import org.flowbound.comparison.ComparisonResult;
import org.flowbound.comparison.ComparisonResult.Adversarial;
import org.flowbound.comparison.ComparisonResult.DatasetSummary;
import org.flowbound.comparison.ComparisonResult.GalleryImage;
import org.flowbound.comparison.ComparisonResult.Model;
import org.flowbound.comparison.ComparisonResult.Provenance;
import org.flowbound.comparison.Spread;
import org.flowbound.stability.Interval;
import org.flowbound.training.TrainingHistory;
import org.jspecify.annotations.Nullable;

/**
 * A comparison as one JSON object: everything but the pixels of the gallery.
 *
 * <pre>{@code
 * {format: 1, dataset: {…}, verdict: {outcome, headline, statement, caveats},
 *  models: [{name, stability, target, linearNorm, delta{lower, upper}, layerNorms{input, output},
 *            trainAccuracy, testAccuracy,
 *            attacks: [{attack, norm, results: [{eps, accuracy, correct, total}]}],
 *            sanity: [{name, passed, detail}],
 *            certified{norm, lipschitz{network, flow}, results: [{eps, certifiedAccuracy}]},
 *            history{seconds, projectionSeconds, samplesPerSecond, epochs: […]}, file}],
 *  gallery: [{index, label, eps, predictions: [{model, clean{…}, attacked{…}}]}],
 *  provenance: {…}}
 * }</pre>
 *
 * <p>Of several seeds, the models hold means, each accuracy with its sample standard deviation in a
 * field beside it ({@code testAccuracyDeviation}, {@code trainAccuracyDeviation}, {@code
 * accuracyDeviation}, {@code certifiedAccuracyDeviation}), and two more fields of the whole are
 * {@code seeds: […]} and {@code runs: [{seed, models: […]}]}.
 *
 * <p>Shares lie in [0, 1]. A number that is not finite, or does not apply, is null.
 */
public final class ComparisonJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Raised when a field changes its meaning or goes. */
  private static final int FORMAT = 1;

  private ComparisonJson() {}

  /** The whole result. */
  public static ObjectNode of(ComparisonResult result) {
    ObjectNode root = NODES.objectNode();
    root.put("format", FORMAT);
    root.set("dataset", dataset(result.dataset()));
    root.set("verdict", verdict(Verdict.of(result)));
    if (result.isReplicated()) {
      result.seeds().forEach(root.putArray("seeds")::add);
      root.set("models", array(result.models(), model -> mean(result, model)));
      root.set("runs", array(result.runs(), ComparisonJson::run));
    } else {
      root.set("models", array(result.models(), ComparisonJson::model));
    }
    root.set("gallery", array(result.gallery(), image -> galleryImage(image, result.models())));
    root.set("provenance", provenance(result.provenance()));
    return root;
  }

  /** The whole result as indented text that ends with a newline. */
  public static String write(ComparisonResult result) {
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(of(result))
          + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of JSON nodes can always be written.", e);
    }
  }

  private static ObjectNode dataset(DatasetSummary dataset) {
    ObjectNode node = NODES.objectNode();
    node.put("name", dataset.name());
    node.put("source", dataset.source());
    node.put("training", dataset.training());
    node.put("validation", dataset.validation());
    node.put("test", dataset.test());
    node.put("rows", dataset.rows());
    node.put("columns", dataset.columns());
    dataset.classNames().forEach(node.putArray("classNames")::add);
    return node;
  }

  private static ObjectNode verdict(Verdict verdict) {
    ObjectNode node = NODES.objectNode();
    node.put("outcome", verdict.outcome().name().toLowerCase(java.util.Locale.ROOT));
    node.put("headline", verdict.headline());
    node.put("statement", verdict.statement());
    verdict.caveats().forEach(node.putArray("caveats")::add);
    return node;
  }

  private static ObjectNode run(ComparisonResult.Run run) {
    ObjectNode node = NODES.objectNode();
    node.put("seed", run.seed());
    node.set("models", array(run.models(), ComparisonJson::model));
    return node;
  }

  /** The means with their deviations. */
  private static ObjectNode mean(ComparisonResult result, Model model) {
    ObjectNode node = model(model);
    deviation(node, "trainAccuracy", result.spread(model, Model::trainAccuracy));
    deviation(node, "testAccuracy", result.spread(model, Model::testAccuracy));
    for (int a = 0; a < model.attacks().size(); a++) {
      RobustnessCurve curve = model.attacks().get(a);
      JsonNode points = node.path("attacks").path(a).path("results");
      for (int k = 0; k < curve.results().size(); k++) {
        double eps = curve.results().get(k).eps();
        deviation(
            points.path(k),
            "accuracy",
            result.spread(model, at -> at.accuracy(curve.attack(), eps)));
      }
    }
    List<CertifiedAccuracy.Point> certified = model.certified().results();
    for (int k = 0; k < certified.size(); k++) {
      double eps = certified.get(k).eps();
      deviation(
          node.path("certified").path("results").path(k),
          "certifiedAccuracy",
          result.spread(model, at -> at.certifiedAccuracy(eps)));
    }
    return node;
  }

  private static void deviation(JsonNode node, String field, Spread spread) {
    put((ObjectNode) node, field + "Deviation", spread.deviation());
  }

  private static ObjectNode model(Model model) {
    ObjectNode node = NODES.objectNode();
    node.put("name", model.name());
    node.put("stability", model.stability());
    node.put("baseline", model.baseline());
    put(node, "target", model.target());
    put(node, "linearNorm", model.linearNorm());
    node.set("delta", interval(model.delta()));
    ObjectNode norms = node.putObject("layerNorms");
    put(norms, "input", model.inputNorm());
    put(norms, "output", model.outputNorm());
    put(node, "trainAccuracy", model.trainAccuracy());
    put(node, "testAccuracy", model.testAccuracy());
    node.set("attacks", array(model.attacks(), ComparisonJson::curve));
    node.set("sanity", array(model.sanity(), ComparisonJson::sanity));
    node.set("certified", certified(model.certified()));
    node.set("history", history(model.history()));
    node.put("file", model.file());
    return node;
  }

  private static ObjectNode interval(Interval interval) {
    ObjectNode node = NODES.objectNode();
    put(node, "lower", interval.lower());
    put(node, "upper", interval.upper());
    return node;
  }

  private static ObjectNode sanity(SanityCheck check) {
    ObjectNode node = NODES.objectNode();
    node.put("name", check.name());
    node.put("passed", check.passed());
    node.put("detail", check.detail());
    return node;
  }

  private static ObjectNode curve(RobustnessCurve curve) {
    ObjectNode node = NODES.objectNode();
    node.put("attack", curve.attack());
    node.put("norm", curve.norm());
    node.set(
        "results",
        array(
            curve.results(),
            point -> {
              ObjectNode at = NODES.objectNode();
              put(at, "eps", point.eps());
              put(at, "accuracy", point.accuracy());
              at.put("correct", point.correct());
              at.put("total", point.total());
              return at;
            }));
    return node;
  }

  private static ObjectNode certified(CertifiedAccuracy certified) {
    ObjectNode node = NODES.objectNode();
    node.put("norm", "l2");
    ObjectNode lipschitz = node.putObject("lipschitz");
    put(lipschitz, "network", certified.networkLipschitz());
    put(lipschitz, "flow", certified.flowLipschitz());
    node.set(
        "results",
        array(
            certified.results(),
            point -> {
              ObjectNode at = NODES.objectNode();
              put(at, "eps", point.eps());
              put(at, "certifiedAccuracy", point.certifiedAccuracy());
              return at;
            }));
    return node;
  }

  private static ObjectNode history(TrainingHistory history) {
    ObjectNode node = NODES.objectNode();
    put(node, "seconds", history.seconds());
    put(node, "projectionSeconds", history.projectionSeconds());
    put(node, "samplesPerSecond", history.samplesPerSecond());
    node.set(
        "epochs",
        array(
            history.epochs(),
            epoch -> {
              ObjectNode at = NODES.objectNode();
              at.put("epoch", epoch.epoch());
              put(at, "loss", epoch.loss());
              put(at, "trainAccuracy", epoch.trainAccuracy());
              put(at, "validationAccuracy", epoch.validationAccuracy());
              at.set("delta", interval(epoch.delta()));
              put(at, "seconds", epoch.seconds());
              return at;
            }));
    return node;
  }

  private static ObjectNode galleryImage(GalleryImage image, List<Model> models) {
    ObjectNode node = NODES.objectNode();
    node.put("index", image.index());
    node.put("label", image.label());
    put(node, "eps", image.eps());
    ArrayNode predictions = node.putArray("predictions");
    for (int k = 0; k < models.size(); k++) {
      Adversarial twin = image.twins().get(k);
      ObjectNode at = predictions.addObject();
      at.put("model", models.get(k).name());
      at.set("clean", prediction(twin.cleanPrediction(), twin.cleanConfidence()));
      at.set("attacked", prediction(twin.attackedPrediction(), twin.attackedConfidence()));
    }
    return node;
  }

  private static ObjectNode prediction(int label, double confidence) {
    ObjectNode node = NODES.objectNode();
    node.put("class", label);
    put(node, "confidence", confidence);
    return node;
  }

  private static ObjectNode provenance(Provenance provenance) {
    ObjectNode node = NODES.objectNode();
    node.put("version", provenance.version());
    node.put("java", provenance.java());
    node.put("platform", provenance.platform());
    node.put("processors", provenance.processors());
    node.put("seed", provenance.seed());
    node.put("commandLine", provenance.commandLine());
    node.put("startedAt", provenance.startedAt());
    put(node, "seconds", provenance.seconds());
    ObjectNode options = node.putObject("options");
    provenance.options().forEach(options::put);
    return node;
  }

  private static <T> ArrayNode array(List<T> items, Function<T, ObjectNode> convert) {
    ArrayNode array = NODES.arrayNode();
    items.forEach(item -> array.add(convert.apply(item)));
    return array;
  }

  private static void put(ObjectNode node, String field, @Nullable Double value) {
    if (value == null || !Double.isFinite(value)) {
      node.putNull(field);
    } else {
      node.put(field, value);
    }
  }
}
