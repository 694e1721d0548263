package org.flowbound.cli;

import org.flowbound.io.TensorReference;
import org.flowbound.io.UnusableFileException;
import org.flowbound.model.WeightsFile;
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
            + " picks a tensor where the file holds several; in an .onnx file with unrolled steps"
            + " their shared weights are found."
      })
  private String argument;

  /** The argument as it was given. */
  String name() {
    return argument;
  }

  /**
   * @throws UnusableFileException if there is no square matrix of finite numbers to be read
   */
  WeightsFile open() throws UnusableFileException {
    TensorReference reference = Usage.check(command, () -> TensorReference.parse(argument));
    return WeightsFile.read(reference);
  }
}
