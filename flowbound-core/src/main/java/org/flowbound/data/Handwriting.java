package org.flowbound.data;

import java.util.random.RandomGenerator;

/**
 * One hand writing one digit: every size below is drawn anew for each.
 *
 * <p>The strokes are bent by a smooth random displacement, a sum of a few plane waves, then scaled,
 * slanted, rotated and shifted; the pen follows them with a width that varies along the way; the
 * image is blurred and gets noise.
 */
final class Handwriting {
  /** Straight pieces into which the curve between two points is cut. */
  private static final int PIECES = 6;

  private static final int WAVES = 5;
  private static final int BROAD_WAVES = 3;

  private final RandomGenerator random;

  /** Per wave: a point p of the style is displaced by amplitude · sin(frequency · p + phase). */
  private final double[][] amplitude = new double[WAVES][2];

  private final double[][] frequency = new double[WAVES][2];
  private final double[] phase = new double[WAVES];

  /** The 2 × 2 matrix, row by row, from the box of the styles to pixels. */
  private final double[] linear;

  private final double penRadius;
  private final double penChange;
  private final double penPhase;

  Handwriting(RandomGenerator random) {
    this.random = random;
    for (int k = 0; k < WAVES; k++) {
      boolean broad = k < BROAD_WAVES;
      double waveNumber = 2 * Math.PI * (broad ? uniform(0.3, 0.9) : uniform(1, 1.8));
      double direction = uniform(0, 2 * Math.PI);
      frequency[k][0] = waveNumber * StrictMath.cos(direction);
      frequency[k][1] = waveNumber * StrictMath.sin(direction);
      phase[k] = uniform(0, 2 * Math.PI);
      double strength = broad ? 0.025 : 0.009;
      amplitude[k][0] = gaussian(strength);
      amplitude[k][1] = gaussian(strength);
    }
    double height = 19 * StrictMath.exp(gaussian(0.08));
    double width = height * StrictMath.exp(gaussian(0.12));
    double slant = 0.15 + gaussian(0.12);
    double rotation = gaussian(0.08);
    double cos = StrictMath.cos(rotation);
    double sin = StrictMath.sin(rotation);
    linear =
        new double[] {
          width * cos, -height * (slant * cos + sin), width * sin, height * (cos - slant * sin)
        };
    penRadius = uniform(0.9, 1.6);
    penChange = uniform(0, 0.3);
    penPhase = uniform(0, 2 * Math.PI);
  }

  private double uniform(double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  /** A bell-shaped variable of this standard deviation that never exceeds 3.5 times it. */
  private double gaussian(double deviation) {
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      sum += random.nextDouble();
    }
    return deviation * Math.sqrt(3) * (sum - 2);
  }

  /**
   * Draws a digit into the image of {@link InkImage#SIDE}² pixels that starts at {@code offset}.
   */
  void draw(DigitStyles.Style style, byte[] pixels, int offset) {
    double[][] paths = style.curves().stream().map(this::path).toArray(double[][]::new);
    center(paths);
    InkImage image = new InkImage();
    for (double[] path : paths) {
      image.stroke(path);
    }
    image.blur(uniform(0.1, 0.2));
    double contrast = uniform(0.8, 1);
    double noise = uniform(0, 0.03);
    for (int p = 0; p < InkImage.SIDE * InkImage.SIDE; p++) {
      double value = contrast * image.ink(p) + gaussian(noise);
      pixels[offset + p] = (byte) Math.round(255 * Math.min(1, Math.max(0, value)));
    }
  }

  /** Points of a Catmull–Rom curve, distorted: x and y in pixels, and the radius of the pen. */
  private double[] path(double[] curve) {
    int spans = curve.length / 2 - 1;
    double[] path = new double[3 * (spans * PIECES + 1)];
    for (int k = 0; k <= spans * PIECES; k++) {
      int span = Math.min(k / PIECES, spans - 1);
      double t = (double) (k - span * PIECES) / PIECES;
      double x = catmullRom(curve, span, 0, t) / 100;
      double y = catmullRom(curve, span, 1, t) / 100;
      double bentX = x;
      double bentY = y;
      for (int w = 0; w < WAVES; w++) {
        double wave = StrictMath.sin(frequency[w][0] * x + frequency[w][1] * y + phase[w]);
        bentX += amplitude[w][0] * wave;
        bentY += amplitude[w][1] * wave;
      }
      path[3 * k] = linear[0] * bentX + linear[1] * bentY;
      path[3 * k + 1] = linear[2] * bentX + linear[3] * bentY;
      path[3 * k + 2] = penRadius * (1 + penChange * StrictMath.sin(5 * (x + y) + penPhase));
    }
    return path;
  }

  private static double catmullRom(double[] curve, int span, int axis, double t) {
    int last = curve.length / 2 - 1;
    double b = curve[2 * span + axis];
    double c = curve[2 * (span + 1) + axis];
    double a = span > 0 ? curve[2 * (span - 1) + axis] : 2 * b - c;
    double d = span + 1 < last ? curve[2 * (span + 2) + axis] : 2 * c - b;
    return b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  }

  /** Moves the strokes to the middle of the image, give or take. */
  private void center(double[][] paths) {
    for (int axis = 0; axis < 2; axis++) {
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      for (double[] path : paths) {
        for (int i = axis; i < path.length; i += 3) {
          low = Math.min(low, path[i]);
          high = Math.max(high, path[i]);
        }
      }
      double room = Math.max(0, (InkImage.SIDE - 1 - (high - low)) / 2 - penRadius);
      double off = Math.min(room, Math.max(-room, gaussian(1.4)));
      double shift = (InkImage.SIDE - 1) / 2.0 - (low + high) / 2 + off;
      for (double[] path : paths) {
        for (int i = axis; i < path.length; i += 3) {
          path[i] += shift;
        }
      }
    }
  }
}
