package org.flowbound.exchange;

import java.math.BigDecimal;

/**
 * The question whether a classifier can be misled about one image by changing each pixel by at most
 * ε and keeping it in [0, 1].
 *
 * @param pixels the image, in [0, 1]
 * @param label its class
 * @param classes the number of classes
 * @param eps ε, in pixel units
 */
public record RobustnessProperty(float[] pixels, int label, int classes, double eps) {
  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public RobustnessProperty {
    if (label < 0 || label >= classes) {
      throw new IllegalArgumentException(
          "The label (%d) must lie in [0, %d].".formatted(label, classes - 1));
    }
    if (!(eps >= 0) || Double.isInfinite(eps)) {
      throw new IllegalArgumentException("The budget (%s) must lie in [0, inf).".formatted(eps));
    }
  }

  /**
   * The question in the VNN-LIB format, as the competitions of verifiers use it: satisfiable if and
   * only if an image in the ball has another class's logit at least as large as the label's.
   *
   * @see <a href="https://www.vnnlib.org">VNN-LIB</a>
   */
  public String vnnLib() {
    StringBuilder text = new StringBuilder();
    text.append("; Class ").append(label).append(" within ").append(decimal(eps));
    text.append(" of the image in the infinity norm, pixels in [0, 1].\n\n");
    for (int k = 0; k < pixels.length; k++) {
      text.append("(declare-const X_").append(k).append(" Real)\n");
    }
    for (int j = 0; j < classes; j++) {
      text.append("(declare-const Y_").append(j).append(" Real)\n");
    }
    for (int k = 0; k < pixels.length; k++) {
      // As decimals, so that 0.1f is 0.1 and its bounds are as short.
      double pixel = Double.parseDouble(Float.toString(pixels[k]));
      text.append("\n(assert (<= X_").append(k).append(' ');
      text.append(decimal(Math.min(1, pixel + eps))).append("))");
      text.append("\n(assert (>= X_").append(k).append(' ');
      text.append(decimal(Math.max(0, pixel - eps))).append("))");
    }
    text.append("\n\n(assert (or\n");
    for (int j = 0; j < classes; j++) {
      if (j != label) {
        text.append("    (and (>= Y_").append(j).append(" Y_").append(label).append("))\n");
      }
    }
    return text.append("))\n").toString();
  }

  private static String decimal(double value) {
    return BigDecimal.valueOf(value).toPlainString();
  }
}
