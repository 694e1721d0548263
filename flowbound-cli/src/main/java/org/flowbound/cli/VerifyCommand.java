package org.flowbound.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.flowbound.certificate.CertificateFile;
import org.flowbound.certificate.Verdict;
import org.flowbound.io.TensorReference;
import org.flowbound.io.UnusableFileException;
import org.flowbound.io.Weights;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flowbound verify}: checks a certificate again. */
@Command(
    name = "verify",
    header = "Checks a certificate of an upper bound of delta.",
    description = {
      "%nProves again, from the certificate alone and without the search that made it, that delta(A)"
          + " is at most gamma for the matrix A and the slopes in the file: in real arithmetic, with"
          + " every rounding error bounded. A certificate that does not prove its claim, or in which"
          + " anything was altered, is refused with exit code 4."
    },
    footer = {
      "  flowbound verify proof.json",
      "  flowbound verify proof.json --weights model.safetensors#ode.weight --json"
    })
final class VerifyCommand extends HelpfulCommand {
  @Spec private CommandSpec command;

  @Parameters(
      paramLabel = "FILE",
      description = "The certificate, as 'flowbound bound W --certificate FILE' writes it.")
  private Path file = Path.of("");

  @Option(
      names = "--weights",
      paramLabel = "W",
      description = {
        "Check also that the certificate speaks of exactly this matrix: a file of weights, or"
            + " FILE#NAME."
      })
  private @Nullable String weights;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws UnusableFileException {
    Verdict verdict = verdict();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("valid", verdict.valid());
    fields.put("gamma", verdict.gamma());
    fields.put("reason", verdict.reason());
    output.print(
        fields, (verdict.valid() ? "valid: %s." : "refused: %s.").formatted(verdict.reason()));
    return verdict.valid() ? ExitCode.DONE : ExitCode.REFUSED;
  }

  private Verdict verdict() throws UnusableFileException {
    if (weights == null) {
      return CertificateFile.check(file);
    }
    String argument = weights;
    TensorReference reference = Usage.check(command, () -> TensorReference.parse(argument));
    return CertificateFile.check(file, Weights.read(reference.file(), reference.tensor()));
  }
}
