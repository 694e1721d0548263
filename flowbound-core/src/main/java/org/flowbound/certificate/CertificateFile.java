package org.flowbound.certificate;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.flowbound.certificate.FixedSlope.End;
import org.flowbound.io.AtomicFile;
import org.flowbound.io.UnusableFileException;
import org.flowbound.linalg.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * Certificates in JSON files.
 *
 * <p>A number is the float64 nearest to its decimal text; the texts written identify their numbers.
 * A file is read strictly: a field that is missing, unknown, repeated or of another kind makes it
 * no certificate.
 */
public final class CertificateFile {
  private static final String FORMAT = "flowbound-expansivity-certificate-2";
  private static final Pattern FIXED = Pattern.compile("(0|[1-9][0-9]{0,8}):(lower|upper)");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .build();

  private CertificateFile() {}

  /** The JSON object of a certificate. */
  private record Content(
      String format,
      String producer,
      String norm,
      long dimension,
      double alpha,
      double beta,
      double gamma,
      String matrixDigest,
      double[][] matrix,
      List<LeafContent> leaves,
      String digest) {}

  /** The JSON object of a leaf; slopes are fixed as {@code "3:lower"}, {@code "5:upper"}. */
  private record LeafContent(List<String> fixed, double[] multipliers) {}

  /**
   * Writes a certificate.
   *
   * @throws IOException if writing fails; the file is then as it was
   */
  public static void write(Path file, ExpansivityCertificate certificate) throws IOException {
    Matrix matrix = certificate.matrix();
    double[][] rows = new double[matrix.rows()][matrix.columns()];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] = matrix.get(i, j);
      }
    }
    Content content =
        new Content(
            FORMAT,
            certificate.producer(),
            certificate.norm().toString(),
            rows.length,
            certificate.alpha(),
            certificate.beta(),
            certificate.gamma(),
            certificate.matrixDigest(),
            rows,
            certificate.leaves().stream().map(CertificateFile::content).toList(),
            certificate.digest());
    AtomicFile.write(file, out -> JSON.writer(new Layout()).writeValue(out, content));
  }

  private static LeafContent content(Leaf leaf) {
    return new LeafContent(
        leaf.fixed().stream()
            .map(slope -> slope.coordinate() + (slope.end() == End.LOWER ? ":lower" : ":upper"))
            .toList(),
        leaf.multipliers());
  }

  /**
   * Checks the certificate in a file; one that is JSON but no certificate is refused.
   *
   * @throws UnusableFileException if the file cannot be read or is no JSON
   */
  public static Verdict check(Path file) throws UnusableFileException {
    try {
      return CertificateChecker.check(read(file));
    } catch (MalformedCertificateException malformed) {
      return malformed.verdict();
    }
  }

  /**
   * Checks the certificate in a file, and that it speaks of {@code weights}.
   *
   * @throws UnusableFileException if the file cannot be read or is no JSON
   */
  public static Verdict check(Path file, Matrix weights) throws UnusableFileException {
    try {
      return CertificateChecker.check(read(file), weights);
    } catch (MalformedCertificateException malformed) {
      return malformed.verdict();
    }
  }

  /**
   * Reads a certificate, without checking it.
   *
   * @throws UnusableFileException if the file cannot be read or is no JSON
   * @throws MalformedCertificateException if it is JSON but no certificate
   */
  public static ExpansivityCertificate read(Path file)
      throws UnusableFileException, MalformedCertificateException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      in.mark(1);
      if (in.read() < 0) {
        throw new UnusableFileException(file, "is empty");
      }
      in.reset();
      return certificate(JSON.readValue(in, Content.class));
    } catch (NoSuchFileException missing) {
      throw new UnusableFileException(file, "does not exist", missing);
    } catch (JsonProcessingException problem) {
      if (isSyntax(problem)) {
        throw new UnusableFileException(
            file, "is truncated or corrupt: it is no JSON text" + position(problem), problem);
      }
      throw new MalformedCertificateException(describe(problem));
    } catch (IOException unreadable) {
      throw new UnusableFileException(
          file, "cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  private static ExpansivityCertificate certificate(@Nullable Content content)
      throws MalformedCertificateException {
    if (content == null || !content.format().equals(FORMAT)) {
      throw new MalformedCertificateException("its format is not '%s'".formatted(FORMAT));
    }
    List<Leaf> leaves = new ArrayList<>();
    for (LeafContent leaf : content.leaves()) {
      leaves.add(leaf(leaf));
    }
    return new ExpansivityCertificate(
        content.producer(),
        matrix(content),
        content.matrixDigest(),
        norm(content),
        content.alpha(),
        content.beta(),
        content.gamma(),
        leaves,
        content.digest());
  }

  private static CertifiedNorm norm(Content content) throws MalformedCertificateException {
    return CertifiedNorm.named(content.norm())
        .orElseThrow(
            () ->
                new MalformedCertificateException("its norm is neither \"1\", \"2\" nor \"inf\""));
  }

  private static Matrix matrix(Content content) throws MalformedCertificateException {
    double[][] rows = content.matrix();
    if (rows.length != content.dimension()) {
      throw new MalformedCertificateException(
          "its dimension is said to be %d, and its matrix has %d rows"
              .formatted(content.dimension(), rows.length));
    }
    for (double[] row : rows) {
      if (row == null || row.length != rows.length) {
        throw new MalformedCertificateException("its matrix is not square");
      }
    }
    return Matrix.generate(rows.length, rows.length, (i, j) -> rows[i][j]);
  }

  private static Leaf leaf(@Nullable LeafContent content) throws MalformedCertificateException {
    if (content == null) {
      throw new MalformedCertificateException("one of its leaves is null");
    }
    List<FixedSlope> fixed = new ArrayList<>();
    for (String text : content.fixed()) {
      Matcher matcher = FIXED.matcher(String.valueOf(text));
      if (!matcher.matches()) {
        throw new MalformedCertificateException(
            "one of its leaves fixes slopes by something else than \"0:lower\" or \"0:upper\"");
      }
      fixed.add(
          new FixedSlope(
              Integer.parseInt(matcher.group(1)),
              matcher.group(2).equals("lower") ? End.LOWER : End.UPPER));
    }
    return new Leaf(fixed, content.multipliers());
  }

  private static boolean isSyntax(Throwable problem) {
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      if (cause instanceof JsonParseException) {
        return true;
      }
    }
    return false;
  }

  private static String describe(JsonProcessingException problem) {
    String place =
        problem instanceof JsonMappingException mapping
            ? mapping.getPath().stream()
                .map(
                    reference ->
                        reference.getFieldName() == null
                            ? "[%d]".formatted(reference.getIndex())
                            : "." + reference.getFieldName())
                .collect(Collectors.joining())
            : "";
    return "it does not have the fields of one%s%s"
        .formatted(place.isEmpty() ? "" : ", see " + printable(place), position(problem));
  }

  /** A place whose names come from the file, fit for one line of a message. */
  private static String printable(String place) {
    String shown = place.length() > 80 ? place.substring(0, 80) + "..." : place;
    return shown.substring(1).replaceAll("\\p{Cntrl}", "?");
  }

  private static String position(JsonProcessingException problem) {
    return problem.getLocation() == null
        ? ""
        : ", line %d, column %d"
            .formatted(problem.getLocation().getLineNr(), problem.getLocation().getColumnNr());
  }

  /** One line for each field, each row of the matrix and each leaf. */
  private static final class Layout extends DefaultPrettyPrinter {
    private static final long serialVersionUID = 1L;

    Layout() {
      super(
          Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER));
      Lines lines = new Lines();
      indentObjectsWith(lines);
      indentArraysWith(lines);
    }

    private Layout(Layout base) {
      super(base);
    }

    @Override
    public DefaultPrettyPrinter createInstance() {
      return new Layout(this);
    }
  }

  /** Breaks lines at the outer two levels. */
  private static final class Lines implements DefaultPrettyPrinter.Indenter {
    @Override
    public void writeIndentation(JsonGenerator json, int level) throws IOException {
      if (level <= 2) {
        DefaultIndenter.SYSTEM_LINEFEED_INSTANCE.withLinefeed("\n").writeIndentation(json, level);
      }
    }

    @Override
    public boolean isInline() {
      return false;
    }
  }
}
