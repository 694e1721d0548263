package org.flowbound.cli;

import org.flowbound.io.TensorReference;
import org.flowbound.io.UnusableFileException;
import org.flowbound.io.Weights;
import org.flowbound.linalg.Matrix;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The weights A of a neural ODE, in a file. */
final class WeightsArgument {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Parameters(
      paramLabel = "W",
      description = {
        "The square matrix A: a .npy, .npz, .safetensors, .mat (v5), .csv or .onnx file. FILE#NAME"
            + " picks a tensor where the file holds several."
      })
  private String argument;

  /** The argument as it was given. */
  String name() {
    return argument;
  }

  /**
   * @throws UnusableFileException if there is no square matrix of finite numbers to be read
   */
  Matrix read() throws UnusableFileException {
    TensorReference reference = Usage.check(command, () -> TensorReference.parse(argument));
    Matrix matrix = Weights.read(reference.file(), reference.tensor());
    if (!matrix.isSquare()) {
      throw new UnusableFileException(
          reference.file(),
          "%s %d x %d matrix, and a square one is needed"
              .formatted(
                  reference.tensor() == null
                      ? "holds a"
                      : "its tensor '%s' is a".formatted(reference.tensor()),
                  matrix.rows(),
                  matrix.columns()));
    }
    return matrix;
  }
}
