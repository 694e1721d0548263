package org.flowbound.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.flowbound.data.Dataset;
import org.flowbound.exchange.ClassifierGraph;
import org.flowbound.exchange.ClassifierTensors;
import org.flowbound.exchange.RobustnessProperty;
import org.flowbound.io.AtomicFile;
import org.flowbound.io.OnnxGraph;
import org.flowbound.io.TensorFile;
import org.flowbound.io.UnusableFileException;
import org.flowbound.linalg.Precision;
import org.flowbound.model.ModelFile;
import org.flowbound.model.SavedModel;
import org.flowbound.network.BatchNetwork;
import org.flowbound.network.Classifier;
import org.flowbound.network.Logits;
import org.flowbound.network.Parameters;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code flowbound export}: a model for other tools. */
@Command(
    name = "export",
    header = "Writes a model for other tools.",
    description = {
      "%nThe ending of the file says what is written. .onnx: the whole classifier, unrolled, from"
          + " pixels [batch, pixels] in [0, 1] to logits [batch, classes]; all steps share the"
          + " constants ode.weight and ode.bias. .npz and .mat: the six tensors of the model."
          + " .safetensors: the model file itself, with everything else in its metadata.",
      "%nWith --vnnlib, also robustness properties of the first test images that are classified"
          + " correctly, for verifiers that read VNN-LIB: one file each, and instances.csv."
    },
    footer = {
      "  flowbound export stable.safetensors -o stable.onnx",
      "  flowbound export stable.safetensors -o stable.onnx --vnnlib properties --dataset mnist"
          + " --eps 0.03 --samples 20"
    })
final class ExportCommand extends HelpfulCommand {
  private static final int SECONDS_PER_INSTANCE = 300;

  @Spec private CommandSpec command;

  @Mixin private ModelArgument model;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "F",
      description = "The file to be written: .onnx, .npz, .mat or .safetensors.")
  private Path file = Path.of("");

  @Option(
      names = "--opset",
      paramLabel = "N",
      description = {
        "Version of ONNX's operators, in [13, 24] (default: ${DEFAULT-VALUE}); older ones for older"
            + " programs."
      })
  @Range("[13, 24]")
  private int opset = OnnxGraph.MAX_OPSET - 1;

  @Option(
      names = "--vnnlib",
      paramLabel = "DIR",
      description = "Write robustness properties of the .onnx file into this folder.")
  private @Nullable Path properties;

  @Mixin private DatasetOptions data;

  @Option(
      names = "--eps",
      paramLabel = "E",
      description = {
        "Radius of the properties' balls in the infinity norm, in pixel units, in [0, inf)"
            + " (default: ${DEFAULT-VALUE})."
      })
  @Range("[0, inf)")
  private double eps = 0.03;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "Number of the properties, in [1, inf) (default: ${DEFAULT-VALUE}).")
  @Range("[1, inf)")
  private int samples = 10;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, UnusableFileException {
    String extension = extension();
    if (properties != null && !extension.equals("onnx")) {
      throw usage("--vnnlib needs an .onnx file as --output, not " + file);
    }
    Dataset dataset = properties == null ? null : data.load(output);
    SavedModel saved =
        dataset == null ? ModelFile.read(model.file()) : model.read(dataset.name(), dataset.test());
    Classifier classifier = saved.classifier();
    switch (extension) {
      case "onnx" -> Usage.check(command, () -> ClassifierGraph.of(classifier)).write(file, opset);
      case "npz", "mat" -> new TensorFile(ClassifierTensors.of(classifier), Map.of()).write(file);
      case "safetensors" -> ModelFile.write(file, saved);
      default ->
          throw usage("--output %s must end in .onnx, .npz, .mat or .safetensors".formatted(file));
    }
    int written =
        properties == null || dataset == null
            ? 0
            : writeProperties(properties, dataset, classifier);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("model", model.file().toString());
    fields.put("output", file.toString());
    fields.put("format", extension);
    fields.put("opset", extension.equals("onnx") ? opset : null);
    fields.put("properties", written);
    output.print(fields, text(classifier, extension, written));
    return ExitCode.DONE;
  }

  private ParameterException usage(String message) {
    IllegalArgumentException cause = new IllegalArgumentException(message);
    return new ParameterException(command.commandLine(), message, cause);
  }

  private String extension() {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** Writes the properties and their list; how many they are. */
  private int writeProperties(Path folder, Dataset dataset, Classifier classifier)
      throws IOException {
    int classes = classifier.architecture().classes();
    BatchNetwork network = new BatchNetwork(Parameters.of(classifier, Precision.FLOAT64), 1);
    float[] pixels = new float[classifier.architecture().pixels()];
    double[] logits = new double[classes];
    StringBuilder instances = new StringBuilder();
    String onnx =
        folder
            .toAbsolutePath()
            .normalize()
            .relativize(file.toAbsolutePath().normalize())
            .toString();
    int written = 0;
    for (int image = 0; image < dataset.test().count() && written < samples; image++) {
      dataset.test().copyPixels(new int[] {image}, 0, 1, pixels);
      int label = dataset.test().label(image);
      network.load(pixels, 1);
      network.forward().read(0, logits, classes);
      if (!Logits.isCorrect(logits, label)) {
        continue;
      }
      String name = "image_%d_eps_%s.vnnlib".formatted(image, eps);
      write(
          folder.resolve(name),
          new RobustnessProperty(pixels.clone(), label, classes, eps).vnnLib());
      instances.append(onnx).append(',').append(name).append(',');
      instances.append(SECONDS_PER_INSTANCE).append('\n');
      written++;
    }
    write(folder.resolve("instances.csv"), instances.toString());
    return written;
  }

  private static void write(Path target, String text) throws IOException {
    AtomicFile.write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private String text(Classifier classifier, String extension, int written) {
    String form =
        switch (extension) {
          case "onnx" ->
              "%d steps of %s unrolled, opset %d"
                  .formatted(
                      classifier.architecture().discretization().steps(),
                      classifier.architecture().discretization().method().id(),
                      opset);
          case "safetensors" -> "the model, with its metadata";
          default -> "the tensors " + String.join(", ", ClassifierTensors.NAMES);
        };
    String text =
        """
        model       %s
        written     %s
                    %s
        """
            .formatted(model.file(), file, form);
    return properties == null
        ? text
        : text + "properties  %d, eps = %s, in %s%n".formatted(written, eps, properties);
  }
}
