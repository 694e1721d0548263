package org.flowbound.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvFormatTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("a.csv");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,-2.5,3e-2\n4,.5,+6\n",
        "1;-2.5;3e-2\r\n4;.5;+6",
        "1 -2.5   3e-2\n  4 .5\t+6 \n\n",
        "\ufeffa,b,c\n1, -2.5 ,0.03\n4,0.5,6.\n",
        "# numpy\n\"x\";\"y\";\"z\"\n\"1\";-2.5;3E-2\n4;.5;6\n# end\n"
      })
  void readsTheUsualForms(String text) throws Exception {
    Files.writeString(file, text);
    assertThat(Weights.read(file, null)).isEqualTo(Matrix.of(2, 3, 1, -2.5, 0.03, 4, 0.5, 6));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,2/3,x | line 2, field 2 is 'x'",
        "1,x/3,4 | line 1, field 2 is 'x'",
        "a,b/c,d | line 2, field 1 is 'c'",
        "1,2/3 | line 2 has 1 fields and the rows before it have 2",
        "1,2,/3,4,5 | line 1, field 3 is empty",
        ",0,1/0,1,2 | line 1, field 1 is empty",
        "1,5;2,5/3;4 | use a decimal point",
        "a,b | no numbers",
        "# nothing | no numbers",
        "1,nan/2,3 | holds NaN in row 1, column 2",
        "1,2/-inf,3 | holds -Infinity in row 2, column 1",
        "1,2/1e999,3 | holds Infinity in row 2, column 1",
        "0x1p3,1d | line 1, field 1",
        "1,1d | line 1, field 2"
      })
  void saysWhichLineIsWrong(String text, String reason) throws IOException {
    Files.writeString(file, text.replace('/', '\n'));
    if (text.startsWith("0x")) {
      Files.writeString(file, "1,2\n" + text + "\n");
      assertThatThrownBy(() -> Weights.read(file, null)).hasMessageContaining("line 2, field 1");
      return;
    }
    assertThatThrownBy(() -> Weights.read(file, null))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(reason);
  }

  @Test
  void binaryContentIsRefused() throws IOException {
    Files.write(file, new byte[] {'1', 0, '2', 0});
    assertThatThrownBy(() -> Weights.read(file, null)).hasMessageContaining("is not text");
  }

  @Test
  void longNonsenseIsRefusedAtOnce() throws IOException {
    Files.writeString(file, "1".repeat(1 << 20) + "x");
    assertThatThrownBy(() -> Weights.read(file, null)).isInstanceOf(UnusableFileException.class);
    Files.writeString(file, "1 ".repeat(1 << 20) + "x");
    assertThatThrownBy(() -> Weights.read(file, null)).hasMessageContaining("field 1048577");
  }

  @Test
  void everyDoubleRoundTripsInEveryLocale() throws Exception {
    Matrix matrix =
        Matrix.of(
            2, 3, Math.PI, 1 / 3.0, Double.MIN_VALUE, -Double.MAX_VALUE, Math.nextUp(1e22), -0.0);
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      Weights.write(file, "A", matrix);
      assertThat(Weights.read(file, "a")).isEqualTo(matrix);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void numpyReadsAndWritesTheSameNumbers() throws Exception {
    Python.assumeModule("numpy");
    Matrix matrix = Matrix.generate(4, 3, (i, j) -> Math.exp(10 * Math.sin(i + 10 * j)));
    Weights.write(file, "A", matrix);
    assertThat(
            Python.hexNumbers(
                Python.run(
                    folder,
                    """
                    import numpy as np
                    a = np.loadtxt('a.csv', delimiter=',')
                    np.savetxt('b.txt', a, fmt='%.17g', header='title')
                    print(*[float(x).hex() for x in a.ravel()])
                    """)))
        .containsExactlyElementsOf(Arrays.stream(matrix.toArray()).boxed().toList());
    assertThat(Weights.read(folder.resolve("b.txt"), null)).isEqualTo(matrix);
  }

  @ParameterizedTest
  @CsvSource({"a.csv,','", "a.tsv,'\t'", "a.txt,' '"})
  void theExtensionNamesTheSeparator(String name, String separator) throws Exception {
    Path target = folder.resolve(name);
    Weights.write(target, "A", Matrix.of(2, 2, 1, 2, 3, 4));
    assertThat(target).content().isEqualTo("1.0_2.0\n3.0_4.0\n".replace("_", separator));
    Weights.replace(target, null, Matrix.of(2, 2, 5, 6, 7, 8), target);
    assertThat(target).content().isEqualTo("5.0_6.0\n7.0_8.0\n".replace("_", separator));
  }

  @Test
  void replacingKeepsTitlesCommentsAndSeparators() throws Exception {
    Files.writeString(file, "\ufeffx;y\r\n1;2\r\n# half\r\n3;4");
    Matrix value = Matrix.of(2, 2, 0.5, 1.5, -2.5, 1e-9);
    assertThat(Weights.replace(file, null, value, file)).isEqualTo(value);
    assertThat(Files.readString(file)).isEqualTo("\ufeffx;y\r\n0.5;1.5\r\n# half\r\n-2.5;1.0E-9");
  }
}
