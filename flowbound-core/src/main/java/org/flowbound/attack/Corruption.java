package org.flowbound.attack;

import java.util.SplittableRandom;
import org.flowbound.network.ParallelNetwork;

/**
 * A common corruption of grey-scale images, after the benchmark of Hendrycks and Dietterich
 * (<em>Benchmarking neural network robustness to common corruptions and perturbations</em>, ICLR
 * 2019). It asks nothing of the network: it is the world that perturbs. The budget ε is its
 * severity, 0 for none, whose unit depends on the kind.
 *
 * @param seed of what is random, which depends on it and on the image's index alone
 */
public record Corruption(Kind kind, long seed) implements Attack {
  /** What happens to the images. */
  public enum Kind {
    /** Gaussian noise of standard deviation ε. */
    GAUSSIAN_NOISE("gaussian-noise"),
    /** Poisson noise: a pixel x becomes ε times a count of mean x/ε. */
    SHOT_NOISE("shot-noise"),
    /** A Gaussian blur of standard deviation ε pixels. */
    BLUR("blur"),
    /** A share ε of the contrast is lost, all of it from 1 on. */
    CONTRAST("contrast"),
    /** Every pixel is brighter by ε. */
    BRIGHTNESS("brightness"),
    /** A rotation about the centre by ε radians, to either side. */
    ROTATION("rotation"),
    /** A shift by ε pixels in a random direction. */
    SHIFT("shift");

    private final String id;

    Kind(String id) {
      this.id = id;
    }

    /** The name on the command line and in results. */
    public String id() {
      return id;
    }
  }

  @Override
  public String id() {
    return kind.id();
  }

  @Override
  public String measure() {
    return "severity";
  }

  @Override
  public void perturb(ParallelNetwork.Batch batch, double eps, float[] target) {
    int rows = batch.network().architecture().imageRows();
    int columns = batch.network().architecture().imageColumns();
    int n = rows * columns;
    double[] image = new double[n];
    for (int i = 0; i < batch.size(); i++) {
      for (int k = 0; k < n; k++) {
        image[k] = batch.pixels()[i * n + k];
      }
      double[] corrupted =
          eps == 0
              ? image
              : corrupted(
                  image,
                  rows,
                  columns,
                  eps,
                  new SplittableRandom(Streams.of(seed, batch.first() + i, 0)));
      for (int k = 0; k < n; k++) {
        target[i * n + k] = (float) Math.min(Math.max(corrupted[k], 0), 1);
      }
    }
  }

  private double[] corrupted(
      double[] image, int rows, int columns, double eps, SplittableRandom random) {
    return switch (kind) {
      case GAUSSIAN_NOISE -> {
        double[] noisy = image.clone();
        for (int k = 0; k < noisy.length; k++) {
          noisy[k] += eps * random.nextGaussian();
        }
        yield noisy;
      }
      case SHOT_NOISE -> {
        double[] noisy = new double[image.length];
        for (int k = 0; k < noisy.length; k++) {
          noisy[k] = eps * poisson(image[k] / eps, random);
        }
        yield noisy;
      }
      case BLUR -> blurred(blurred(image, rows, columns, 1, eps), rows, columns, columns, eps);
      case CONTRAST -> {
        double mean = 0;
        for (double pixel : image) {
          mean += pixel / image.length;
        }
        double kept = Math.max(0, 1 - eps);
        double[] flat = new double[image.length];
        for (int k = 0; k < flat.length; k++) {
          flat[k] = mean + kept * (image[k] - mean);
        }
        yield flat;
      }
      case BRIGHTNESS -> {
        double[] bright = image.clone();
        for (int k = 0; k < bright.length; k++) {
          bright[k] += eps;
        }
        yield bright;
      }
      case ROTATION -> moved(image, rows, columns, random.nextBoolean() ? eps : -eps, 0, 0);
      case SHIFT -> {
        double direction = 2 * Math.PI * random.nextDouble();
        yield moved(image, rows, columns, 0, eps * Math.cos(direction), eps * Math.sin(direction));
      }
    };
  }

  private static double poisson(double mean, SplittableRandom random) {
    if (mean > 100) {
      return Math.max(0, Math.rint(mean + Math.sqrt(mean) * random.nextGaussian()));
    }
    double limit = Math.exp(-mean);
    int count = -1;
    double product = 1;
    while (product > limit) {
      product *= random.nextDouble();
      count++;
    }
    return Math.max(count, 0);
  }

  /** One pass of a separable blur, along pixels that lie {@code stride} apart. */
  private static double[] blurred(
      double[] image, int rows, int columns, int stride, double deviation) {
    int along = stride == 1 ? columns : rows;
    int radius = (int) Math.min(Math.ceil(3 * deviation), along);
    double[] result = new double[image.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int at = row * columns + column;
        int place = stride == 1 ? column : row;
        double sum = 0;
        double weights = 0;
        for (int shift = -radius; shift <= radius; shift++) {
          if (place + shift >= 0 && place + shift < along) {
            double weight = Math.exp(-0.5 * (shift / deviation) * (shift / deviation));
            sum += weight * image[at + shift * stride];
            weights += weight;
          }
        }
        result[at] = sum / weights;
      }
    }
    return result;
  }

  /** Rotated about the centre and shifted, with bilinear interpolation and black outside. */
  private static double[] moved(
      double[] image, int rows, int columns, double angle, double down, double right) {
    double cos = Math.cos(angle);
    double sin = Math.sin(angle);
    double middleRow = (rows - 1) / 2.0;
    double middleColumn = (columns - 1) / 2.0;
    double[] result = new double[image.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        double y = row - down - middleRow;
        double x = column - right - middleColumn;
        double fromRow = cos * y - sin * x + middleRow;
        double fromColumn = sin * y + cos * x + middleColumn;
        int top = (int) Math.floor(fromRow);
        int left = (int) Math.floor(fromColumn);
        double v = fromRow - top;
        double h = fromColumn - left;
        result[row * columns + column] =
            (1 - v) * (1 - h) * pixel(image, rows, columns, top, left)
                + (1 - v) * h * pixel(image, rows, columns, top, left + 1)
                + v * (1 - h) * pixel(image, rows, columns, top + 1, left)
                + v * h * pixel(image, rows, columns, top + 1, left + 1);
      }
    }
    return result;
  }

  private static double pixel(double[] image, int rows, int columns, int row, int column) {
    return row >= 0 && row < rows && column >= 0 && column < columns
        ? image[row * columns + column]
        : 0;
  }
}
