package org.flowbound.io;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Text: one line for each row, numbers separated by commas, semicolons or white space, with a
 * decimal point whatever the locale. Blank lines and lines that start with {@code #} are skipped,
 * and so is a first line of column titles.
 *
 * @param separator what stands between the numbers of a new file
 */
record CsvFormat(String separator) implements TensorFormat {
  private static final int MAX_LINE = 1 << 24;
  private static final int MAX_NUMBER = 400;
  private static final Pattern NUMBER_START = Pattern.compile("[+-]?[.,]?\\d");
  private static final Pattern DECIMAL_COMMA = Pattern.compile("[+-]?\\d+,\\d+(?:[eE][+-]?\\d+)?");
  private static final Pattern NUMBER =
      Pattern.compile(
          "[+-]?(?:(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?|nan|inf|infinity)",
          Pattern.CASE_INSENSITIVE);

  @Override
  public Contents list(InputFile file) throws IOException {
    Rows rows = new Rows();
    readLines(file, (line, end, number) -> rows.add(line, number));
    double[] values = rows.toArray();
    Shape shape = Shape.of(rows.count, rows.columns);
    return Contents.of(new StoredTensor(file.stem(), shape, ElementType.FLOAT64, () -> values));
  }

  @Override
  public void write(TensorFile content, OutputStream out) throws IOException {
    Tensor tensor = content.requireSingle("text");
    Shape shape = tensor.shape();
    if (shape.rank() != 2) {
      throw new IllegalArgumentException(
          "A text file holds a matrix, not an array of shape %s.".formatted(shape));
    }
    for (int row = 0; row < shape.dimension(0); row++) {
      out.write((row(tensor, row, separator) + "\n").getBytes(StandardCharsets.US_ASCII));
    }
  }

  @Override
  public void replace(InputFile source, Tensor replacement, OutputStream out) throws IOException {
    Rows rows = new Rows();
    readLines(
        source,
        (line, end, number) -> {
          int row = rows.count;
          rows.add(line, number);
          String written = rows.count > row ? row(replacement, row, rows.separatorIn(line)) : line;
          out.write((written + end).getBytes(StandardCharsets.UTF_8));
        });
  }

  private static String row(Tensor tensor, int row, String separator) {
    int columns = (int) tensor.shape().dimension(1);
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < columns; column++) {
      line.append(column == 0 ? "" : separator)
          .append(tensor.sharedValues()[row * columns + column]);
    }
    return line.toString();
  }

  /** Takes a line without its end, the end, and the line's number from 1. */
  @FunctionalInterface
  private interface LineConsumer {
    void accept(String line, String end, int number) throws IOException;
  }

  private static void readLines(InputFile file, LineConsumer consumer) throws IOException {
    try (Reader in =
        new BufferedReader(
            new InputStreamReader(file.stream(0, file.size()), StandardCharsets.UTF_8))) {
      StringBuilder line = new StringBuilder();
      int number = 1;
      for (int c = in.read(); c >= 0; c = in.read()) {
        if (c == 0) {
          throw new MalformedException("is not text: line %d holds a zero byte".formatted(number));
        }
        if (c != '\n') {
          line.append((char) c);
        }
        if (line.length() > MAX_LINE) {
          throw new MalformedException(
              "is no table of numbers: line %d has more than %d characters"
                  .formatted(number, MAX_LINE));
        }
        if (c == '\n') {
          boolean windows = line.length() > 0 && line.charAt(line.length() - 1) == '\r';
          line.setLength(line.length() - (windows ? 1 : 0));
          consumer.accept(line.toString(), windows ? "\r\n" : "\n", number++);
          line.setLength(0);
        }
      }
      if (line.length() > 0) {
        consumer.accept(line.toString(), "", number);
      }
    }
  }

  /** The table as far as it has been read. */
  private static final class Rows {
    private char separator;
    private boolean titled;
    private int count;
    private int columns;
    private double[] values = new double[64];
    private int size;

    void add(String line, int number) throws MalformedException {
      String content = number == 1 && line.startsWith("\ufeff") ? line.substring(1) : line;
      if (content.isBlank() || content.startsWith("#")) {
        return;
      }
      if (count == 0) {
        separator = content.indexOf(';') >= 0 ? ';' : content.indexOf(',') >= 0 ? ',' : ' ';
        if (!titled && isTitles(content)) {
          titled = true;
          return;
        }
      }
      int fields = parse(content, number);
      if (count > 0 && fields != columns) {
        throw new MalformedException(
            "is no matrix: line %d has %d fields and the rows before it have %d"
                .formatted(number, fields, columns));
      }
      columns = fields;
      count++;
    }

    /** Whether no field starts as a number does: a misspelt one must not make its row vanish. */
    private boolean isTitles(String line) {
      for (int from = 0; from >= 0; from = next(line, from)) {
        String field = field(line, from);
        if (isNumber(field) || NUMBER_START.matcher(field).lookingAt()) {
          return false;
        }
      }
      return true;
    }

    private int parse(String line, int number) throws MalformedException {
      int fields = 0;
      for (int from = 0; from >= 0; from = next(line, from)) {
        String field = field(line, from);
        fields++;
        if (!isNumber(field)) {
          String hint = DECIMAL_COMMA.matcher(field).matches() ? ": use a decimal point" : "";
          throw new MalformedException(
              "is no table of numbers: line %d, field %d is %s%s"
                  .formatted(
                      number, fields, field.isEmpty() ? "empty" : Quotation.of(field), hint));
        }
        append(value(field));
      }
      return fields;
    }

    private void append(double value) throws MalformedException {
      if (size == values.length) {
        Heap.requireArray(2L * size);
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = value;
    }

    /** The end of the field that starts at {@code from}. */
    private int end(String line, int from) {
      if (separator != ' ') {
        int end = line.indexOf(separator, from);
        return end < 0 ? line.length() : end;
      }
      int end = skipSpace(line, from);
      while (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
        end++;
      }
      return end;
    }

    /** The start of the field after the one that starts at {@code from}, −1 if there is none. */
    private int next(String line, int from) {
      int end = end(line, from);
      if (separator != ' ') {
        return end < line.length() ? end + 1 : -1;
      }
      return skipSpace(line, end) < line.length() ? end : -1;
    }

    private static int skipSpace(String line, int from) {
      int position = from;
      while (position < line.length() && Character.isWhitespace(line.charAt(position))) {
        position++;
      }
      return position;
    }

    private String field(String line, int from) {
      String field = line.substring(from, end(line, from)).strip();
      boolean quoted = field.length() > 1 && field.startsWith("\"") && field.endsWith("\"");
      return quoted ? field.substring(1, field.length() - 1) : field;
    }

    private static boolean isNumber(String field) {
      return field.length() <= MAX_NUMBER && NUMBER.matcher(field).matches();
    }

    private static double value(String field) {
      String lower = field.toLowerCase(Locale.ROOT);
      if (lower.endsWith("nan")) {
        return Double.NaN;
      }
      if (lower.contains("inf")) {
        return lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      }
      return Double.parseDouble(field);
    }

    /** What separates the fields of a line; one blank, where blanks do, whatever their number. */
    String separatorIn(String line) {
      return separator == ' ' && line.strip().indexOf('\t') >= 0 ? "\t" : String.valueOf(separator);
    }

    double[] toArray() throws MalformedException {
      if (count == 0) {
        throw new MalformedException("holds no numbers");
      }
      return Arrays.copyOf(values, size);
    }
  }
}
