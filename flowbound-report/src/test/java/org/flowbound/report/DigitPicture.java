package org.flowbound.report;

/** Digits drawn as blurred seven-segment figures, to have something to look at. */
final class DigitPicture {
  /**
   * Segments lit per digit: top, upper left, upper right, middle, lower left, lower right, bottom.
   */
  private static final String[] LIT = {
    "1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010",
    "1111111", "1111011"
  };

  private static final double[][] ENDS = {
    {0, 0, 1, 0}, {0, 0, 0, 1}, {1, 0, 1, 1}, {0, 1, 1, 1}, {0, 1, 0, 2}, {1, 1, 1, 2}, {0, 2, 1, 2}
  };

  private DigitPicture() {}

  static float[] draw(int digit, int side) {
    float[] pixels = new float[side * side];
    for (int i = 0; i < side; i++) {
      for (int j = 0; j < side; j++) {
        double nearest = Double.POSITIVE_INFINITY;
        double y = 2.0 * (i - 0.18 * side) / (0.64 * side);
        double x = (j - 0.34 * side + 0.15 * (i - 0.5 * side)) / (0.32 * side);
        for (int s = 0; s < ENDS.length; s++) {
          if (LIT[digit].charAt(s) == '1') {
            nearest = Math.min(nearest, distance(x, y, ENDS[s]));
          }
        }
        pixels[i * side + j] = (float) Math.min(1, Math.max(0, 1.6 - nearest * 0.32 * side / 1.2));
      }
    }
    return pixels;
  }

  private static double distance(double x, double y, double[] ends) {
    double cx = Math.min(Math.max(x, ends[0]), ends[2]);
    double cy = Math.min(Math.max(y, ends[1]), ends[3]);
    return Math.hypot(x - cx, y - cy);
  }
}
