package org.flowbound.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.flowbound.exchange.ClassifierTensors;
import org.flowbound.exchange.ImageShape;
import org.flowbound.exchange.UnrecognizedGraphException;
import org.flowbound.exchange.UnrolledOde;
import org.flowbound.field.SlopeBox;
import org.flowbound.io.OnnxGraph;
import org.flowbound.io.TensorFile;
import org.flowbound.io.TensorReference;
import org.flowbound.io.UnusableFileException;
import org.flowbound.io.Weights;
import org.flowbound.linalg.Matrix;
import org.flowbound.model.ModelFile;
import org.flowbound.model.SavedModel;
import org.flowbound.model.WeightsFile;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.Interval;
import org.flowbound.training.TrainingHistory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flowbound import}: a model that was trained elsewhere. */
@Command(
    name = "import",
    header = "Makes a model of weights that were trained elsewhere.",
    description = {
      "%nReads a classifier softmax(C u(T) + c), u(0) = Bx + beta, u' = s(Au + b), and writes it as"
          + " a model, for attack, certify and stabilize.",
      "%nFrom .npz, .safetensors or .mat the tensors input.weight, input.bias, ode.weight, ode.bias,"
          + " output.weight and output.bias are taken, or those that --map names; what the file does"
          + " not say, the options of the network do.",
      "%nIn an .onnx file a classifier is recognised whose steps are unrolled and share their"
          + " weights, with its activation, solver, steps, final time and normalisation. Where there"
          + " is none, --weights writes the one matrix A."
    },
    footer = {
      "  flowbound import network.npz -o model.safetensors --activation tanh --steps 10",
      "  flowbound import network.safetensors -o model.safetensors --map"
          + " input.weight=fc1.weight,input.bias=fc1.bias",
      "  flowbound import network.onnx -o model.safetensors",
      "  flowbound import network.onnx --weights block.weight -o A.npy"
    })
final class ImportCommand extends HelpfulCommand {
  @Spec private CommandSpec command;

  @Parameters(paramLabel = "FILE", description = "The file: .npz, .safetensors, .mat or .onnx.")
  private Path source = Path.of("");

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "MODEL",
      description = "The model to be written, .safetensors; with --weights any file of weights.")
  private Path file = Path.of("");

  @Option(
      names = "--map",
      split = ",",
      paramLabel = "TENSOR=NAME",
      description =
          "What the file calls a tensor, such as ode.weight=block.weight; separated by commas.")
  private Map<String, String> names = Map.of();

  @Option(
      names = "--transposed",
      description = {
        "The weights have a row for each input and a column for each output, as in Flax and Keras."
      })
  private boolean transposed;

  @Option(
      names = "--image",
      paramLabel = "RxC",
      description = {
        "The images have R rows of C pixels (default: what an .onnx file says, else a square, else one"
            + " row)."
      })
  private @Nullable String image;

  @Option(
      names = "--weights",
      paramLabel = "NAME",
      description = "Write the square matrix of this name alone.")
  private @Nullable String weights;

  @Mixin private NetworkOptions network;
  @Mixin private ComputationOptions computation;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, UnusableFileException {
    return weights == null ? importModel() : importWeights(weights);
  }

  private int importModel() throws IOException, UnusableFileException {
    if (!file.toString().endsWith(".safetensors")) {
      throw usage("--output %s must end in .safetensors".formatted(file));
    }
    SavedModel model = model();
    ModelFile.write(file, model);
    Architecture architecture = model.classifier().architecture();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("source", source.toString());
    fields.put("model", file.toString());
    fields.put("image", List.of(architecture.imageRows(), architecture.imageColumns()));
    fields.put("classes", architecture.classes());
    fields.put("dimension", architecture.width());
    fields.put("activation", architecture.activation().id());
    fields.put("alpha", architecture.activation().slopes().lower());
    fields.put("solver", architecture.discretization().method().id());
    fields.put("steps", architecture.discretization().steps());
    fields.put("finalTime", architecture.discretization().horizon());
    fields.put("pixelMean", architecture.normalization().mean());
    fields.put("pixelDeviation", architecture.normalization().deviation());
    fields.put("delta", model.delta());
    output.print(fields, text(architecture, model.delta()));
    return ExitCode.DONE;
  }

  private SavedModel model() throws UnusableFileException {
    if (OnnxGraph.isOnnx(source)) {
      requireNoOption("an .onnx file says it itself", "--map", "--transposed");
      requireNoNetworkOption("an .onnx file says it itself");
      return saved(recognised());
    }
    if (ModelFile.isModel(source)) {
      requireNoNetworkOption("a model says it itself");
      return ModelFile.read(source);
    }
    ClassifierTensors.Conventions conventions =
        Usage.check(
            command,
            () ->
                new ClassifierTensors.Conventions(
                    names,
                    transposed,
                    imageShape(),
                    network.activation(),
                    network.discretization(),
                    network.normalization()));
    return saved(ClassifierTensors.read(source, conventions));
  }

  private Classifier recognised() throws UnusableFileException {
    ImageShape shape = Usage.check(command, this::imageShape);
    OnnxGraph graph = OnnxGraph.read(source);
    try {
      return UnrolledOde.in(graph, shape).classifier();
    } catch (UnrecognizedGraphException unrecognized) {
      throw new UnusableFileException(
          source,
          "holds no neural ODE that is recognised: %s; --weights NAME takes one matrix out of it"
              .formatted(unrecognized.getMessage()),
          unrecognized);
    }
  }

  private SavedModel saved(Classifier classifier) {
    Map<String, String> notes = new LinkedHashMap<>();
    notes.put("version", Version.flowbound());
    notes.put("command", CommandText.of(command));
    return new SavedModel(
        classifier,
        delta(classifier.odeWeight(), classifier.architecture().activation().slopes()),
        new TrainingHistory(List.of(), 0, 0, 0),
        notes);
  }

  private Interval delta(Matrix matrix, SlopeBox slopes) {
    return Expansivity.of(matrix, slopes)
        .bound(BoundOptions.defaults().withThreads(computation.threads()))
        .interval();
  }

  private void requireNoNetworkOption(String reason) {
    requireNoOption(
        reason,
        "--activation",
        "--alpha",
        "--solver",
        "--steps",
        "--final-time",
        "--pixel-mean",
        "--pixel-deviation");
  }

  private void requireNoOption(String reason, String... options) {
    for (String option : options) {
      if (command.commandLine().getParseResult().hasMatchedOption(option)) {
        throw usage("%s must not be given: %s".formatted(option, reason));
      }
    }
  }

  private ParameterException usage(String message) {
    IllegalArgumentException cause = new IllegalArgumentException(message);
    return new ParameterException(command.commandLine(), message, cause);
  }

  private @Nullable ImageShape imageShape() {
    if (image == null) {
      return null;
    }
    if (!image.matches("\\d{1,5}x\\d{1,5}")) {
      throw usage("--image %s must be two numbers, such as 28x28".formatted(image));
    }
    int cross = image.indexOf('x');
    return new ImageShape(
        Integer.parseInt(image.substring(0, cross)), Integer.parseInt(image.substring(cross + 1)));
  }

  private int importWeights(String name) throws IOException, UnusableFileException {
    requireNoOption("--weights takes one matrix alone", "--map", "--image");
    if (!TensorFile.isWritable(file)) {
      throw usage("--output %s must end in .npy, .npz, .safetensors, .mat or .csv".formatted(file));
    }
    Matrix stored = WeightsFile.read(new TensorReference(source, name)).matrix();
    Matrix matrix = transposed ? stored.transpose() : stored;
    Weights.write(file, "A", matrix);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("source", source.toString());
    fields.put("weights", file.toString());
    fields.put("dimension", matrix.rows());
    output.print(
        fields,
        """
        source      %s#%s
        written     %s, %d x %d
        """
            .formatted(source, name, file, matrix.rows(), matrix.rows()));
    return ExitCode.DONE;
  }

  private String text(Architecture architecture, Interval delta) {
    return """
        source      %s
        model       %s
        classifies  %d x %d pixels into %d classes; mean %s, deviation %s
        network     %d-dimensional, %s, slopes in [%s, %s]
        solver      %d steps of %s over [0, %s]
        delta       in [%s, %s]
        """
        .formatted(
            source,
            file,
            architecture.imageRows(),
            architecture.imageColumns(),
            architecture.classes(),
            architecture.normalization().mean(),
            architecture.normalization().deviation(),
            architecture.width(),
            architecture.activation().id(),
            architecture.activation().slopes().lower(),
            architecture.activation().slopes().upper(),
            architecture.discretization().steps(),
            architecture.discretization().method().id(),
            architecture.discretization().horizon(),
            Decimals.down(delta.lower()),
            Decimals.up(delta.upper()));
  }
}
