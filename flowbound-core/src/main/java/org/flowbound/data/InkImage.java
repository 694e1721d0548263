package org.flowbound.data;

/** A grey-scale image that a round pen draws on: 0 is paper, 1 is ink. */
final class InkImage {
  /** The height and width of the image. */
  static final int SIDE = 28;

  private final double[] ink = new double[SIDE * SIDE];

  /**
   * Draws a polyline; where strokes overlap the darker one counts.
   *
   * @param path per point x, y and the radius of the pen, in pixels
   */
  void stroke(double[] path) {
    for (int i = 0; i + 5 < path.length; i += 3) {
      segment(path, i);
    }
  }

  private void segment(double[] path, int i) {
    double x0 = path[i];
    double y0 = path[i + 1];
    double r0 = path[i + 2];
    double dx = path[i + 3] - x0;
    double dy = path[i + 4] - y0;
    double dr = path[i + 5] - r0;
    double reach = Math.max(r0, r0 + dr) + 0.5;
    double squared = dx * dx + dy * dy;
    int left = (int) Math.max(0, Math.ceil(Math.min(x0, x0 + dx) - reach));
    int right = (int) Math.min(SIDE - 1, Math.floor(Math.max(x0, x0 + dx) + reach));
    int top = (int) Math.max(0, Math.ceil(Math.min(y0, y0 + dy) - reach));
    int bottom = (int) Math.min(SIDE - 1, Math.floor(Math.max(y0, y0 + dy) + reach));
    for (int y = top; y <= bottom; y++) {
      for (int x = left; x <= right; x++) {
        double along = squared > 0 ? ((x - x0) * dx + (y - y0) * dy) / squared : 0;
        double t = Math.min(1, Math.max(0, along));
        double ex = x - x0 - t * dx;
        double ey = y - y0 - t * dy;
        double value = Math.min(1, r0 + t * dr + 0.5 - Math.sqrt(ex * ex + ey * ey));
        ink[y * SIDE + x] = Math.max(ink[y * SIDE + x], value);
      }
    }
  }

  /** Gives the part {@code share} of every pixel's ink to each of its neighbours, axis by axis. */
  void blur(double share) {
    blur(share, 1, SIDE);
    blur(share, SIDE, 1);
  }

  private void blur(double share, int step, int stride) {
    for (int line = 0; line < SIDE; line++) {
      double before = 0;
      for (int k = 0; k < SIDE; k++) {
        int p = line * stride + k * step;
        double after = k + 1 < SIDE ? ink[p + step] : 0;
        double here = ink[p];
        ink[p] = (1 - 2 * share) * here + share * (before + after);
        before = here;
      }
    }
  }

  /** The ink of pixel {@code p}, counted row by row. */
  double ink(int p) {
    return ink[p];
  }
}
