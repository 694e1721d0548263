package org.flowbound.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StrokeDigitsTest {
  private static String digest(Dataset dataset) {
    return IdxFile.sha256(
        dataset.training().pixels(),
        dataset.training().labels(),
        dataset.test().pixels(),
        dataset.test().labels());
  }

  @Test
  void aSeedGivesTheSameImagesEverywhere() {
    assertThat(digest(StrokeDigits.generate(300, 100, 1)))
        .isEqualTo("a34a2a8702ff04f5d10105797d9efc4b69f0b35900a010c2323126085b19bbaa");
  }

  @Test
  void theNumberOfThreadsDoesNotChangeTheImages() throws Exception {
    String expected = digest(StrokeDigits.generate(500, 200, 7));
    for (int threads : new int[] {1, 3}) {
      ForkJoinPool pool = new ForkJoinPool(threads);
      try {
        assertThat(pool.submit(() -> digest(StrokeDigits.generate(500, 200, 7))).get())
            .isEqualTo(expected);
      } finally {
        pool.shutdown();
      }
    }
  }

  @Test
  void largerSetsBeginWithTheSmallerOnes() {
    Dataset small = StrokeDigits.generate(20, 10, 3);
    Dataset large = StrokeDigits.generate(40, 30, 3);
    assertThat(large.training().take(20).pixels()).isEqualTo(small.training().pixels());
    assertThat(large.test().take(10).pixels()).isEqualTo(small.test().pixels());
    assertThat(large.test().take(10).labels()).isEqualTo(small.test().labels());
    assertThat(large.test().take(10).pixels()).isNotEqualTo(large.training().take(10).pixels());
    assertThat(StrokeDigits.generate(20, 10, 4).training().pixels())
        .isNotEqualTo(small.training().pixels());
  }

  @Test
  void theClassesAreBalancedAndTheImagesDistinct() {
    LabeledImages images = StrokeDigits.generate(5000, 0, 2).training();
    int[] counts = new int[10];
    for (int i = 0; i < images.count(); i++) {
      counts[images.label(i)]++;
    }
    // 500 expected, standard deviation 21
    assertThat(Arrays.stream(counts).min().orElseThrow()).isGreaterThan(400);
    assertThat(Arrays.stream(counts).max().orElseThrow()).isLessThan(600);
    long distinct =
        IntStream.range(0, images.count())
            .mapToObj(i -> ByteBuffer.wrap(images.slice(i, i + 1).pixels()))
            .distinct()
            .count();
    assertThat(distinct).isEqualTo(images.count());
  }

  @Test
  void everyImageShowsInkAndKeepsOffTheBorder() {
    LabeledImages images = StrokeDigits.generate(3000, 0, 5).training();
    for (int i = 0; i < images.count(); i++) {
      double ink = 0;
      double border = 0;
      for (int p = 0; p < images.size(); p++) {
        double value = Byte.toUnsignedInt(images.pixels()[i * images.size() + p]) / 255.0;
        ink += value;
        int row = p / 28;
        int column = p % 28;
        if (row == 0 || row == 27 || column == 0 || column == 27) {
          border += value;
        }
      }
      assertThat(ink).isBetween(20.0, 260.0);
      assertThat(border / ink).isLessThan(0.1);
    }
  }

  @Test
  void refusesImpossibleNumbersOfImages() {
    assertThatThrownBy(() -> StrokeDigits.generate(-1, 10, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> StrokeDigits.generate(10, Integer.MAX_VALUE, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[0, ");
  }

  /** A linear classifier must not do: the best over several strengths of its regularisation. */
  @Test
  @Tag("slow")
  void aLinearClassifierStaysBelow95Percent() {
    Dataset dataset = StrokeDigits.generate();
    assertThat(dataset.training().count()).isEqualTo(12_000);
    assertThat(dataset.test().count()).isEqualTo(2_000);
    for (double decay : new double[] {3e-4, 3e-5}) {
      SoftmaxRegression classifier = SoftmaxRegression.train(dataset.training(), decay);
      // A ceiling of a badly trained classifier would say nothing.
      assertThat(classifier.accuracy(dataset.training())).isGreaterThan(0.93);
      assertThat(classifier.accuracy(dataset.test())).isBetween(0.9, 0.95);
    }
  }
}
