package org.flowbound.field;

import org.apache.commons.numbers.gamma.Erfc;

/** Activations without parameters; each with the interval of its slopes, rounded outwards. */
public enum StandardActivation implements Activation {
  /** {@code x}: a linear field. */
  IDENTITY("identity", 1, 1) {
    @Override
    public double value(double x) {
      return x;
    }

    @Override
    public double slope(double x) {
      return 1;
    }
  },
  TANH("tanh", 0, 1, 0) {
    @Override
    public double value(double x) {
      return Math.tanh(x);
    }

    @Override
    public double slope(double x) {
      double t = Math.tanh(x);
      return 1 - t * t;
    }

    @Override
    public void apply(float[] x, float[] value, float[] slope, int n) {
      for (int i = 0; i < n; i++) {
        float above = x[i] - RationalTanh.LIMIT;
        float below = x[i] + RationalTanh.LIMIT;
        slope[i] = x[i] - 0.5f * (above + Math.abs(above)) - 0.5f * (below - Math.abs(below));
      }
      for (int i = 0; i < n; i++) {
        float t = RationalTanh.within(slope[i]);
        value[i] = t;
        slope[i] = Math.max(1f - t * t, 0f);
      }
    }

    @Override
    public void apply(double[] x, double[] value, double[] slope, int n) {
      for (int i = 0; i < n; i++) {
        double t = Math.tanh(x[i]);
        value[i] = t;
        slope[i] = 1 - t * t;
      }
    }
  },
  /** {@code 1/(1 + e^{−x})}, slopes in [0, 1/4]. */
  SIGMOID("sigmoid", 0, 0.25, 0) {
    @Override
    public double value(double x) {
      return logistic(x);
    }

    @Override
    public double slope(double x) {
      return logistic(x) * logistic(-x);
    }
  },
  /** {@code log(1 + e^x)}. */
  SOFTPLUS("softplus", 0, 1) {
    @Override
    public double value(double x) {
      return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    @Override
    public double slope(double x) {
      return logistic(x);
    }
  },
  RELU("relu", 0, 1) {
    @Override
    public double value(double x) {
      return Math.max(x, 0);
    }

    @Override
    public double slope(double x) {
      return x >= 0 ? 1 : 0;
    }
  },
  /** {@code x} for x ≥ 0, {@code e^x − 1} below. */
  ELU("elu", 0, 1) {
    @Override
    public double value(double x) {
      return x >= 0 ? x : Math.expm1(x);
    }

    @Override
    public double slope(double x) {
      return x >= 0 ? 1 : Math.exp(x);
    }
  },
  /**
   * {@code x/(1 + e^{−x})}. With s = logistic(x), {@code σ'' = s(1 − s)(2 + x(1 − 2s))} vanishes at
   * {@code x tanh(x/2) = 2}, x = ±2.399357…, where the slope is extreme; the two extremes add up to
   * 1.
   */
  SILU("silu", -0.0998393201289, 1.0998393201289, -2.399357280515, 2.399357280515) {
    @Override
    public double value(double x) {
      return x * logistic(x);
    }

    @Override
    public double slope(double x) {
      double s = logistic(x);
      return s + x * s * logistic(-x);
    }
  },
  /**
   * {@code x Φ(x)} with the normal distribution Φ. {@code σ'' = φ(x)(2 − x²)} vanishes at ±√2,
   * where the slope {@code Φ(x) + xφ(x)} is extreme; the two extremes add up to 1.
   */
  GELU("gelu", -0.1289041451852, 1.1289041451852, -Math.sqrt(2), Math.sqrt(2)) {
    @Override
    public double value(double x) {
      return x * normalDistribution(x);
    }

    @Override
    public double slope(double x) {
      return normalDistribution(x) + x * normalDensity(x);
    }
  };

  private final String id;
  private final double lowerSlope;
  private final double upperSlope;

  @SuppressWarnings("ImmutableEnumChecker") // never written to, never handed out
  private final double[] inflections;

  StandardActivation(String id, double lowerSlope, double upperSlope, double... inflections) {
    this.id = id;
    this.inflections = inflections;
    this.lowerSlope = lowerSlope;
    this.upperSlope = upperSlope;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public SlopeBox slopes() {
    return new SlopeBox(lowerSlope, upperSlope);
  }

  @Override
  public double[] inflections() {
    return inflections.clone();
  }

  private static double normalDistribution(double x) {
    return 0.5 * Erfc.value(-x / Math.sqrt(2));
  }

  private static double normalDensity(double x) {
    return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  }

  private static double logistic(double x) {
    return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
  }
}
