package org.flowbound.field;

/**
 * {@code x} for x ≥ 0, {@code αx} below: slopes α and 1.
 *
 * @param alpha the smaller slope α
 */
public record LeakyRelu(double alpha) implements Activation {
  static final String ID = "leaky-relu";

  /**
   * @throws IllegalArgumentException unless {@code 0 ≤ alpha ≤ 1}
   */
  public LeakyRelu {
    SlopeBox.of(alpha);
  }

  @Override
  public String id() {
    return ID;
  }

  @Override
  public SlopeBox slopes() {
    return SlopeBox.of(alpha);
  }

  @Override
  public double value(double x) {
    return x >= 0 ? x : alpha * x;
  }

  @Override
  public double slope(double x) {
    return x >= 0 ? 1 : alpha;
  }

  @Override
  public void apply(float[] x, float[] value, float[] slope, int n) {
    float left = (float) alpha;
    for (int i = 0; i < n; i++) {
      float point = x[i];
      value[i] = point >= 0 ? point : left * point;
      slope[i] = point >= 0 ? 1f : left;
    }
  }
}
