package org.flowbound.field;

/**
 * The smoothed leaky rectified linear unit of [2] (arXiv 2402.13092) and [3] (arXiv 2501.10740),
 * continuously differentiable with slopes in [α, 1]: with {@code z = arcosh(1/√α)},
 *
 * <pre>  σ(x) = x                    for x ≥ 0,
 *         tanh x               for −z ≤ x &lt; 0,
 *         α(x + z) − tanh z    for x &lt; −z.</pre>
 */
public final class SmoothLeakyRelu implements Activation {
  static final String ID = "smooth-leaky-relu";

  private final double alpha;
  private final double z;
  private final double tanhZ;

  /**
   * @param alpha the smallest slope α
   * @throws IllegalArgumentException unless {@code 0 < alpha ≤ 1}
   */
  public SmoothLeakyRelu(double alpha) {
    if (!(alpha > 0 && alpha <= 1)) {
      throw new IllegalArgumentException(
          "The slope alpha (%s) of %s must lie in (0, 1].".formatted(alpha, ID));
    }
    this.alpha = alpha;
    this.tanhZ = Math.sqrt(1 - alpha);
    // The same as arcosh, and without its cancellation where alpha is close to 1.
    this.z = Math.log1p(tanhZ) - 0.5 * Math.log(alpha);
  }

  @Override
  public String id() {
    return ID;
  }

  /** z, where at −z the tanh ends and the straight line begins. */
  public double z() {
    return z;
  }

  @Override
  public SlopeBox slopes() {
    return SlopeBox.of(alpha);
  }

  @Override
  public double value(double x) {
    if (x >= 0) {
      return x;
    }
    return x >= -z ? Math.tanh(x) : alpha * (x + z) - tanhZ;
  }

  @Override
  public double slope(double x) {
    if (x >= 0) {
      return 1;
    }
    double t = Math.tanh(x);
    return x >= -z ? 1 - t * t : alpha;
  }

  /**
   * Without branches: with {@code t = tanh(min(max(x, −z), 0))} the value is {@code max(x, 0) + t +
   * α min(x + z, 0)} and the slope {@code 1 − t²}, in all three pieces.
   */
  @Override
  public void apply(float[] x, float[] value, float[] slope, int n) {
    float left = (float) -z;
    float clamp = Math.max(left, -RationalTanh.LIMIT);
    float slopeLeft = (float) alpha;
    for (int i = 0; i < n; i++) {
      float point = x[i];
      float positive = 0.5f * (point + Math.abs(point));
      float negative = point - positive;
      float beyond = negative - left;
      float beyondClamp = negative - clamp;
      value[i] = positive + slopeLeft * (0.5f * (beyond - Math.abs(beyond)));
      slope[i] = negative - 0.5f * (beyondClamp - Math.abs(beyondClamp));
    }
    for (int i = 0; i < n; i++) {
      float t = RationalTanh.within(slope[i]);
      value[i] += t;
      slope[i] = 1f - t * t;
    }
  }

  @Override
  public String toString() {
    return ID + "(alpha=" + alpha + ")";
  }
}
