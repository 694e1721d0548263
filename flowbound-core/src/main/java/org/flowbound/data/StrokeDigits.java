package org.flowbound.data;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Handwritten-like digits, generated: ten classes of 28 × 28 images, a task that needs no files.
 *
 * <p>An image is a digit in one of several styles, drawn by {@link Handwriting} with random shape,
 * place, slant, pen and noise. Every image has a generator of its own, seeded by the seed and its
 * number, so that a data set depends neither on the number of threads nor, image by image, on its
 * size.
 */
public final class StrokeDigits {
  static final String DESCRIPTION =
      "handwritten-like digits, generated in memory, 12 000 + 2 000 images of 28 x 28";

  private static final int TRAINING = 12_000;
  private static final int TEST = 2_000;
  private static final long SEED = 1;
  private static final int CLASSES = 10;

  private StrokeDigits() {}

  /** 12 000 training images and 2 000 test images of seed 1. */
  public static Dataset generate() {
    return generate(TRAINING, TEST, SEED);
  }

  /**
   * Generates a data set on all cores; the classes are equally likely.
   *
   * @throws IllegalArgumentException if a number of images is negative or too large for one array
   */
  public static Dataset generate(int training, int test, long seed) {
    SplittableRandom seeds = new SplittableRandom(seed);
    return new Dataset(
        "strokes",
        "generated from seed " + seed,
        images(training, seeds.nextLong()),
        images(test, seeds.nextLong()),
        IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList());
  }

  private static LabeledImages images(int count, long seed) {
    int size = InkImage.SIDE * InkImage.SIDE;
    int most = Integer.MAX_VALUE / size;
    if (count < 0 || count > most) {
      throw new IllegalArgumentException(
          "The number of images (%d) must lie in [0, %d].".formatted(count, most));
    }
    byte[] pixels = new byte[count * size];
    byte[] labels = new byte[count];
    List<List<DigitStyles.Style>> styles = DigitStyles.all();
    IntStream.range(0, count)
        .parallel()
        .forEach(
            i -> {
              SplittableRandom random = new SplittableRandom(seed + i);
              int digit = random.nextInt(CLASSES);
              List<DigitStyles.Style> ways = styles.get(digit);
              labels[i] = (byte) digit;
              new Handwriting(random).draw(ways.get(random.nextInt(ways.size())), pixels, i * size);
            });
    return new LabeledImages(InkImage.SIDE, InkImage.SIDE, CLASSES, pixels, labels);
  }
}
